import { expect } from '@jest/globals'
import { createResourceServer, type Seconds } from '@bearward/core'
import { createScriptedAuthorizationServer } from '@bearward/testing'
import { createMachineClock } from '../contracts/support/clock.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

const OUTAGE = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'

/** A resource server on a machine that can be suspended: time goes on, and no timer runs. */
async function prepare() {
  const clock = createMachineClock(1)
  const authorizationServer = await createScriptedAuthorizationServer({ clock })
  const { issuer, fetch, mint } = authorizationServer
  const start = () => createResourceServer({ issuer, audience: AUDIENCE, fetch, clock })
  let resourceServer = start()
  const mintNow = (): Promise<string> => {
    const iat = Math.floor(clock.now())
    return mint({ iat, exp: iat + 7_200 })
  }
  const sleep = (seconds: Seconds): void => {
    clock.sleep(seconds)
    authorizationServer.resetCounters()
  }
  /** Has another process take its place, with its keys. */
  const restart = async (): Promise<void> => {
    const snapshot = resourceServer.snapshot()
    resourceServer.close()
    resourceServer = start()
    await resourceServer.restore(snapshot)
  }
  const close = (): void => {
    resourceServer.close()
  }
  /** Each verdict that there was on a number of requests at once, once. */
  const verdictsOn = async (token: string, size = 1): Promise<readonly string[]> => {
    const verdicts = Array.from({ length: size }, () => verdictOn(resourceServer, token))
    return [...new Set(await Promise.all(verdicts))]
  }
  return { clock, authorizationServer, mintNow, sleep, verdictsOn, restart, close }
}

rule('JWKS-10', 'asks once where 500 requests come at once after the machine has slept', async () => {
  const { authorizationServer, mintNow, sleep, verdictsOn } = await prepare()
  expect(await verdictsOn(await mintNow())).toEqual(['accepted'])
  sleep(3_600)
  expect(await verdictsOn(await mintNow(), 500)).toEqual(['accepted'])
  expect(authorizationServer.requests).toEqual({
    metadata: 1,
    jwks: 1,
    token: 0,
    introspection: 0,
    revocation: 0,
    other: 0,
  })
})

rule(['JWKS-06', 'TIME-11'], 'believes no key that was withdrawn while the machine slept', async () => {
  const { authorizationServer, mintNow, sleep, verdictsOn } = await prepare()
  const old = await mintNow()
  expect(await verdictsOn(old)).toEqual(['accepted'])
  sleep(3_600)
  expect(await verdictsOn(old, 10)).toEqual(['accepted'])
  await authorizationServer.rotateKeys()
  sleep(3_600 - 1)
  expect(await verdictsOn(old, 10)).toEqual(['ERR_TOKEN_KEY'])
  expect(await verdictsOn(await mintNow(), 10)).toEqual(['accepted'])
})

rule(
  'JWKS-10',
  'waits 3 seconds once, and goes on with its keys, where the server hangs after the sleep',
  async () => {
    const { clock, authorizationServer, mintNow, sleep, verdictsOn } = await prepare()
    expect(await verdictsOn(await mintNow())).toEqual(['accepted'])
    sleep(3_600)
    authorizationServer.behave('jwks', { fault: 'hang' })
    const endings: string[] = []
    const token = await mintNow()
    const all = verdictsOn(token, 100).then((verdicts) => endings.push(...verdicts))
    await clock.advance(2.999)
    expect(endings).toEqual([])
    await clock.advance(0.001)
    await all
    expect(endings).toEqual(['accepted'])
    const others = verdictsOn(token, 100)
    await clock.settle()
    expect(await others).toEqual(['accepted'])
    expect(authorizationServer.requests.jwks).toBe(1)
  },
)

ruleForEach(
  'OWN-103',
  { 'the key set': ['jwks'], 'the metadata': ['metadata'], 'both documents': ['metadata', 'jwks'] } as const,
  'believes no key that was withdrawn while it was frozen, where the connections for %s are broken',
  async (endpoints) => {
    const { clock, authorizationServer, mintNow, sleep, verdictsOn } = await prepare()
    const stolen = await mintNow()
    expect(await verdictsOn(stolen)).toEqual(['accepted'])
    await authorizationServer.rotateKeys()
    sleep(3_600)
    const refusals = Array.from({ length: 5 }, () => ({ fault: 'refuse' }) as const)
    for (const endpoint of endpoints) authorizationServer.behave(endpoint, [...refusals, {}])
    const verdicts = [verdictsOn(stolen, 4), verdictsOn(await mintNow(), 4)]
    await clock.advance(2.9)
    expect(await Promise.all(verdicts)).toEqual([['ERR_TOKEN_KEY'], ['accepted']])
    expect(await verdictsOn(stolen)).toEqual(['ERR_TOKEN_KEY'])
  },
)

rule(
  'OWN-103',
  'believes none either in a process that began with restored keys, and an outage',
  async () => {
    const { clock, authorizationServer, mintNow, sleep, verdictsOn, restart } = await prepare()
    const stolen = await mintNow()
    expect(await verdictsOn(stolen)).toEqual(['accepted'])
    for (const endpoint of ['metadata', 'jwks'] as const)
      authorizationServer.behave(endpoint, { fault: 'refuse' })
    await restart()
    await clock.advance(1)
    expect(await verdictsOn(stolen)).toEqual(['accepted'])
    await authorizationServer.rotateKeys()
    sleep(3_600)
    for (const endpoint of ['metadata', 'jwks'] as const) {
      authorizationServer.behave(endpoint, [{ fault: 'refuse' }, { fault: 'refuse' }, {}])
    }
    const verdicts = verdictsOn(stolen, 4)
    await clock.advance(2.9)
    expect(await verdicts).toEqual(['ERR_TOKEN_KEY'])
  },
)

ruleForEach(
  'OWN-104',
  { 'while it is drained': 0, 'and by who waits for newer ones': 3_600 },
  'believes no key past its lifetime once it is closed, %s',
  async (slept) => {
    const { clock, authorizationServer, mintNow, sleep, verdictsOn, close } = await prepare()
    const stolen = await mintNow()
    expect(await verdictsOn(stolen)).toEqual(['accepted'])
    await authorizationServer.rotateKeys()
    authorizationServer.behave('metadata', { fault: 'hang' })
    sleep(slept)
    const waiting = slept > 0 ? verdictsOn(stolen, 2) : undefined
    await clock.settle()
    close()
    expect(await waiting).toEqual(slept > 0 ? [OUTAGE] : undefined)
    if (slept === 0) expect(await verdictsOn(stolen, 2)).toEqual(['accepted'])
    for (const seconds of [600, 60, 3_600, 72_000]) {
      await clock.advance(seconds)
      expect(await verdictsOn(stolen, 2)).toEqual([OUTAGE])
    }
  },
)

rule('OWN-103', 'goes on with its keys where nobody answers after the sleep, and asks seldom', async () => {
  const { clock, authorizationServer, mintNow, sleep, verdictsOn } = await prepare()
  const token = await mintNow()
  expect(await verdictsOn(token)).toEqual(['accepted'])
  sleep(3_600)
  for (const endpoint of ['metadata', 'jwks'] as const)
    authorizationServer.behave(endpoint, { fault: 'refuse' })
  const verdicts = verdictsOn(token, 100)
  await clock.advance(2.9)
  expect(await verdicts).toEqual(['accepted'])
  expect(authorizationServer.requests).toMatchObject({ metadata: 6, jwks: 6 })
  expect(await verdictsOn(token, 100)).toEqual(['accepted'])
  expect(authorizationServer.requests).toMatchObject({ metadata: 6, jwks: 6 })
})

ruleForEach(
  'OWN-99',
  { once: 1, twice: 2, 'five times': 5 },
  'believes no key that was withdrawn while it was frozen during a fetch, %s',
  async (times) => {
    const { clock, authorizationServer, mintNow, sleep, verdictsOn } = await prepare()
    expect(await verdictsOn(await mintNow())).toEqual(['accepted'])
    authorizationServer.behave('jwks', { fault: 'hang' })
    for (let waited = 0; authorizationServer.requests.jwks < 2; waited += 1) {
      expect(waited).toBeLessThan(480)
      await clock.advance(1)
    }
    for (let turn = 1; turn < times; turn += 1) {
      sleep(300)
      await clock.advance(0.1)
    }
    sleep(300)
    authorizationServer.behave('jwks', undefined)
    const stolen = await mintNow()
    await authorizationServer.rotateKeys()
    const verdicts = [verdictsOn(stolen, 4), verdictsOn(await mintNow(), 4)]
    await clock.advance(0.1) // what is overdue
    expect(await Promise.all(verdicts)).toEqual([['ERR_TOKEN_KEY'], ['accepted']])
    expect(authorizationServer.requests.jwks).toBe(1)
  },
)
