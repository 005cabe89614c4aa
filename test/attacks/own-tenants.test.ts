import { expect } from '@jest/globals'
import { createOwnKey } from '../support/jws.js'
import { rule, ruleForEach } from '../support/rule.js'
import { createKeySetSnapshot } from '../support/snapshot.js'
import { MOST, nextTurn, own, prepare, range, toIssuer } from './support/tenants.js'

rule('OWN-71', 'lets forged tokens put out no issuer that a good token came from', async () => {
  const { resourceServer, requests, verdictsOn } = prepare()
  const [inUse, named] = [range(5), range(5, 5)]
  expect(await verdictsOn(inUse)).toEqual(['accepted'])
  expect(await verdictsOn(named, 'x')).toEqual(['ERR_TOKEN_KEY'])
  for (const start of [1_000, 2_000, 3_000]) {
    expect(await verdictsOn(range(MOST, start), 'x')).toEqual(['ERR_TOKEN_KEY'])
  }
  const issuers = resourceServer.health().authorizationServers.map(({ issuer }) => issuer)
  expect(issuers.length).toBe(5 + MOST)
  expect(issuers).toEqual(expect.arrayContaining([...inUse]))
  expect(issuers).not.toEqual(expect.arrayContaining(named.slice(0, 1)))
  const before = requests.length
  expect(await verdictsOn(inUse)).toEqual(['accepted'])
  expect(requests.length).toBe(before)
  resourceServer.close()
})

rule('OWN-81', 'plans no request for issuers that nothing but forged tokens name', async () => {
  const { clock, resourceServer, requests, verdictsOn } = prepare()
  expect(await verdictsOn(range(50), 'x')).toEqual(['ERR_TOKEN_KEY'])
  expect([requests.length, clock.timers]).toEqual([2 * 50, 0])
  expect(await verdictsOn(range(5))).toEqual(['accepted'])
  expect([requests.length, clock.timers]).toEqual([2 * 50, 2 * 5])
  resourceServer.close()
  expect(clock.timers).toBe(0)
})

rule('OWN-98', 'lets forged tokens make no issuer one that was used last', async () => {
  const { resourceServer, requests, verdictsOn } = prepare()
  const all = range(MOST)
  expect(await verdictsOn(all)).toEqual(['accepted'])
  for (const isCached of [false, true]) {
    expect([isCached, await verdictsOn([toIssuer(0)])]).toEqual([isCached, ['accepted']])
    await verdictsOn(all.slice(1), 'x')
    expect(await verdictsOn([toIssuer(isCached ? MOST + 1 : MOST)])).toEqual(['accepted'])
    const issuers = resourceServer.health().authorizationServers.map(({ issuer }) => issuer)
    expect(issuers).toContain(toIssuer(0))
  }
  const before = requests.length
  expect(await verdictsOn([toIssuer(0)])).toEqual(['accepted'])
  expect(requests.length).toBe(before)
  resourceServer.close()
})

rule('OWN-98', 'counts looking an issuer up again for no use of it either', async () => {
  const { clock, resourceServer, verdictsOn } = prepare()
  const all = range(MOST)
  expect(await verdictsOn(all)).toEqual(['accepted'])
  clock.advance(601) // the answers of the look-up have to be renewed
  expect(await verdictsOn([toIssuer(0)])).toEqual(['accepted'])
  await verdictsOn(all.slice(1), 'x')
  expect(await verdictsOn([toIssuer(MOST)])).toEqual(['accepted'])
  const issuers = resourceServer.health().authorizationServers.map(({ issuer }) => issuer)
  expect([issuers.length, issuers.includes(toIssuer(0))]).toEqual([MOST, true])
  resourceServer.close()
})

rule('OWN-95', 'believes no withdrawn key because its issuer was named during an outage', async () => {
  const keys = { old: own.jwk, newer: createOwnKey('P-256', 'newer').jwk }
  let published: keyof typeof keys | undefined = 'old'
  const { clock, resourceServer, verdictsOn } = prepare({
    answer: () =>
      published === undefined
        ? Promise.reject(new TypeError('fetch failed'))
        : Promise.resolve(Response.json({ keys: [keys[published]] })),
  })
  const tenants = range(3)
  expect(await verdictsOn(tenants, 'x')).toEqual(['ERR_TOKEN_KEY'])
  clock.advance(601)
  published = undefined
  const waiting = verdictsOn(tenants, 'x')
  for (let turn = 0; turn < 10; turn += 1) {
    await nextTurn()
    clock.advance(0.25) // for the next attempt
  }
  await waiting
  expect(await verdictsOn([toIssuer(0)])).toEqual(['accepted']) // while it is down
  published = 'newer'
  clock.advance(18_000)
  expect(await verdictsOn([toIssuer(1)])).toEqual(['ERR_TOKEN_KEY'])
  resourceServer.close()
})

/** Tenants whose keys an earlier process had, and what their server says now. */
async function prepareRestored(answer: (url: string) => Promise<Response>) {
  const prepared = prepare({ answer })
  const [fetchedAt, restored] = [prepared.clock.now(), range(20)]
  const keySets = restored.map((issuer) => createKeySetSnapshot(issuer, { fetchedAt, keys: [own.jwk] }))
  await prepared.resourceServer.restore({ version: 1, keySets })
  const snapshot = () =>
    prepared.resourceServer
      .snapshot()
      .keySets.map(({ issuer }) => issuer)
      .sort()
  return { ...prepared, restored, snapshot }
}

rule(
  'OWN-83',
  'lets forged tokens use up no restored keys while the authorization server is down',
  async () => {
    const { resourceServer, restored, snapshot, verdictsOn } = await prepareRestored(() =>
      Promise.reject(new TypeError('fetch failed')),
    )
    for (const start of [0, 1_000, 2_000]) await verdictsOn(range(MOST, start), 'x')
    expect(snapshot()).toEqual([...restored].sort())
    expect(await verdictsOn(restored)).toEqual(['accepted'])
    expect(snapshot()).toEqual([...restored].sort())
    resourceServer.close()
  },
)

/** What becomes of restored keys after their issuer is told of another `jwksUri`: the verdict, and what is kept. */
async function moveKeySet(isRefusedFirst: boolean): Promise<unknown> {
  const now: { jwksUri?: string; isRefused?: boolean } = {}
  const { clock, resourceServer, verdictsOn } = prepare({
    look: (options) => {
      const { isRefused = false, ...changes } = now
      return Promise.resolve(isRefused ? undefined : { ...options, ...changes })
    },
    answer: () => Promise.reject(new TypeError('fetch failed')),
  })
  const members = { fetchedAt: clock.now(), lifetime: 3_600, keys: [own.jwk] }
  await resourceServer.restore({ version: 1, keySets: [createKeySetSnapshot(toIssuer(0), members)] })
  expect(await verdictsOn([toIssuer(0)])).toEqual(['accepted'])
  if (isRefusedFirst) {
    now.isRefused = true
    clock.advance(601)
    expect(await verdictsOn([toIssuer(0)])).toEqual(['ERR_TOKEN_ISSUER'])
    now.isRefused = false
  }
  now.jwksUri = `${toIssuer(0)}/moved`
  clock.advance(601)
  const verdicts = verdictsOn([toIssuer(0)])
  await nextTurn()
  clock.advance(3)
  resourceServer.close()
  return { verdicts: await verdicts, kept: resourceServer.snapshot().keySets }
}

ruleForEach(
  ['OWN-83', 'OWN-100'],
  { '': false, ', and was refused meanwhile': true },
  'believes no restored keys of an issuer whose key set is somewhere else by now%s',
  async (isRefusedFirst) => {
    expect(await moveKeySet(isRefusedFirst)).toEqual({
      verdicts: ['ERR_AUTHORIZATION_SERVER_UNREACHABLE'],
      kept: [],
    })
  },
)

rule('OWN-83', 'believes no restored keys again after newer ones have come', async () => {
  const keys = [createOwnKey('P-256', 'newer').jwk]
  const { resourceServer, restored, verdictsOn } = await prepareRestored(() =>
    Promise.resolve(Response.json({ keys })),
  )
  expect(await verdictsOn(restored)).toEqual(['accepted']) // while they are fetched
  await nextTurn()
  expect(await verdictsOn(restored)).toEqual(['ERR_TOKEN_KEY'])
  for (const start of [1_000, 2_000]) await verdictsOn(range(MOST, start), 'x')
  expect(await verdictsOn(restored)).toEqual(['ERR_TOKEN_KEY'])
  resourceServer.close()
})
