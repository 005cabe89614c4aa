import { expect } from '@jest/globals'
import { rule, ruleForEach } from '../support/rule.js'
import { MOST, nextTurn, own, prepare, range, toIssuer } from './support/tenants.js'

rule(
  'TENANT-01',
  'judges tokens of more issuers at once than it keeps, also of those that make room',
  async () => {
    let release: (keySet: Response) => void = () => undefined
    const held = new Promise<Response>((resolve) => {
      release = resolve
    })
    const answer = (url: string) => (url.startsWith(toIssuer(0)) ? held : undefined)
    const { clock, resourceServer, requests, verdictsOn } = prepare({ answer })
    const waiting = verdictsOn(range(10).map(() => toIssuer(0)))
    await nextTurn()
    const [forged, good] = await Promise.all([
      verdictsOn(range(MOST, 1), 'x'),
      verdictsOn(range(20, MOST + 1)),
    ])
    expect([forged, good]).toEqual([['ERR_TOKEN_KEY'], ['accepted']])
    const issuers = resourceServer.health().authorizationServers.map(({ issuer }) => issuer)
    expect(issuers.length).toBe(MOST)
    expect(issuers).not.toContain(toIssuer(0))
    release(Response.json({ keys: [own.jwk] }))
    expect(await waiting).toEqual(['accepted'])
    expect(requests.length).toBe(2 * (1 + MOST + 20))
    expect(clock.timers).toBe(2 * 20) // of forged tokens, none
    resourceServer.close()
    expect(clock.timers).toBe(0)
  },
)

rule('TENANT-01', 'asks no server twice for the issuers that it keeps, whatever tokens say', async () => {
  const { requests, verdictsOn } = prepare()
  const tenants = range(200)
  for (const kid of ['x', 'y', 'z']) expect(await verdictsOn(tenants, kid)).toEqual(['ERR_TOKEN_KEY'])
  expect(requests.length).toBe(2 * 200)
  expect(await verdictsOn(range(5))).toEqual(['accepted'])
})

rule('TENANT-02', 'keeps nothing of 3000 made-up issuers, and asks no server for them', async () => {
  const { clock, resourceServer, lookUps, requests, verdictsOn } = prepare()
  expect(await verdictsOn([toIssuer(0)])).toEqual(['accepted'])
  const madeUp = range(3_000).map((issuer) => `${issuer}.evil.example`)
  expect(await verdictsOn(madeUp)).toEqual(['ERR_TOKEN_ISSUER'])
  expect([lookUps.length, requests.length, clock.timers]).toEqual([3_001, 2, 2])
  expect(resourceServer.health().authorizationServers.map(({ issuer }) => issuer)).toEqual([toIssuer(0)])
  expect(await verdictsOn([toIssuer(0)])).toEqual(['accepted'])
  expect(requests.length).toBe(2)
})

const FAILURES: Readonly<Record<string, () => Promise<never>>> = {
  rejects: () => Promise.reject(new Error('down')),
  'rejects with nothing': () =>
    Promise.resolve().then(() => {
      throw undefined as unknown as Error
    }),
  throws: () => {
    throw new Error('down')
  },
  'never answers': () => new Promise(() => {}),
}

ruleForEach(
  'TENANT-03',
  FAILURES,
  'cannot tell where the look-up %s, asks once for 500 requests, and recovers with the next one',
  async (fail) => {
    let isFailing = true
    const { clock, lookUps, requests, verdictsOn } = prepare({
      look: (options) => (isFailing ? fail() : Promise.resolve(options)),
    })
    const pending = verdictsOn(range(500).map(() => toIssuer(7)))
    await nextTurn()
    clock.advance(5)
    expect(await pending).toEqual(['ERR_ISSUER_LOOKUP'])
    expect([lookUps.length, requests.length, clock.timers]).toEqual([1, 0, 0])
    isFailing = false
    expect(await verdictsOn([toIssuer(7)])).toEqual(['accepted'])
  },
)

ruleForEach<() => Promise<Response>>(
  'TENANT-03',
  {
    hangs: () => new Promise(() => {}),
    'answers with errors': () => Promise.resolve(new Response('', { status: 500 })),
  },
  'does not let the requests of one issuer feel that the server of another %s',
  async (fail) => {
    const { clock, verdictsOn } = prepare({
      answer: (url) => (url.startsWith(toIssuer(1)) ? fail() : undefined),
    })
    const sick = verdictsOn([toIssuer(1)])
    await nextTurn()
    expect(await verdictsOn([toIssuer(0), toIssuer(2)])).toEqual(['accepted'])
    clock.advance(3)
    expect(await sick).not.toEqual(['accepted'])
    expect(await verdictsOn([toIssuer(0), toIssuer(2)])).toEqual(['accepted'])
  },
)
