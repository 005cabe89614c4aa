import { once } from 'node:events'
import { describe, expect } from '@jest/globals'
import type { Behaviour } from '@bearward/testing'
import { FRAMEWORKS } from '../support/frameworks.js'
import { holdKeySet } from '../support/held-key-set.js'
import { openRequest, withServer } from '../support/raw.js'
import { judge, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { createVirtualServers, type VirtualServers } from '../support/virtual-servers.js'
import { createFlood } from './flood.js'

const UNREACHABLE = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'
const ONE_OF_EACH = { metadata: 1, jwks: 1, token: 0, introspection: 0, revocation: 0, other: 0 }

/** How a request ended, and how long that took. */
interface Ending {
  readonly verdict: string
  readonly waited: number
}

/** Sends requests with one token at once. Live: endings come as they do. */
async function send(servers: VirtualServers, size: number): Promise<readonly Ending[]> {
  const { clock, authorizationServer, resourceServer } = servers
  const token = await authorizationServer.mint()
  const sentAt = clock.monotonic()
  const endings: Ending[] = []
  for (let sent = 0; sent < size; sent += 1) {
    void verdictOn(resourceServer, token).then((verdict) => {
      endings.push({ verdict, waited: clock.monotonic() - sentAt })
    })
  }
  await clock.settle()
  return endings
}

const countVerdicts = (endings: readonly Ending[]) =>
  Object.fromEntries(
    [...new Set(endings.map(({ verdict }) => verdict))].map((verdict) => [
      verdict,
      endings.filter((ending) => ending.verdict === verdict).length,
    ]),
  )

rule('JWKS-10', 'asks once where 500 first requests come at once', async () => {
  const servers = await createVirtualServers()
  expect(countVerdicts(await send(servers, 500))).toEqual({ accepted: 500 })
  expect(servers.authorizationServer.requests).toEqual(ONE_OF_EACH)
  expect(servers.clock.timers).toBe(2) // the next refreshes
})

rule(
  'JWKS-10',
  'asks once where 10000 first requests come at once, most of them with unknown keys',
  async () => {
    const servers = await createVirtualServers()
    const { authorizationServer } = servers
    const [good, flood] = await Promise.all([send(servers, 100), createFlood(servers)(9_900)])
    expect(countVerdicts(good)).toEqual({ accepted: 100 })
    expect(flood).toEqual(['ERR_TOKEN_KEY'])
    expect(authorizationServer.requests).toEqual(ONE_OF_EACH)
  },
)

ruleForEach<Readonly<Partial<Record<'metadata' | 'jwks', Behaviour>>>>(
  'DOS-05',
  {
    'takes the request for the metadata': { metadata: { fault: 'hang' } },
    'takes the request for the key set': { jwks: { fault: 'hang' } },
    'sends one byte each second': { jwks: { fault: 'slow-body' } },
    'takes them and heeds no hanging up': { metadata: { fault: 'hang', deaf: true } },
  },
  'lets 1000 requests at once wait 3 seconds for a server that %s and never answers, over one connection',
  async (behaviours) => {
    const servers = await createVirtualServers()
    const { clock, authorizationServer, verdict } = servers
    authorizationServer.behave('metadata', behaviours.metadata)
    authorizationServer.behave('jwks', behaviours.jwks)
    const endings = await send(servers, 1_000)
    await clock.advance(2.999)
    expect(endings).toEqual([])
    await clock.advance(0.001)
    expect(countVerdicts(endings)).toEqual({ [UNREACHABLE]: 1_000 })
    expect(new Set(endings.map(({ waited }) => waited))).toEqual(new Set([3]))
    const { metadata, jwks } = authorizationServer.requests
    expect([metadata, jwks]).toEqual([1, behaviours.jwks === undefined ? 0 : 1])
    authorizationServer.behave('metadata', undefined)
    authorizationServer.behave('jwks', undefined)
    await clock.advance(30)
    expect(await verdict()).toBe('accepted')
  },
)

rule('DOS-05', 'lets nobody wait longer, and asks seldom, however long a server hangs', async () => {
  const servers = await createVirtualServers()
  const { clock, authorizationServer } = servers
  authorizationServer.behave('metadata', { fault: 'hang' })
  const all: (readonly Ending[])[] = []
  for (let second = 0; second < 300; second += 1) {
    all.push(await send(servers, 3))
    await clock.advance(1)
  }
  await clock.advance(3)
  expect(countVerdicts(all.flat())).toEqual({ [UNREACHABLE]: 900 })
  expect(Math.max(...all.flat().map(({ waited }) => waited))).toBe(3)
  // 5 seconds a fetch, 10 at most between two: the pause of those who ask, besides the retries
  expect(authorizationServer.requests.metadata).toBeLessThanOrEqual(2 * (300 / 15))
  authorizationServer.behave('metadata', undefined)
  await clock.advance(20)
  expect(countVerdicts(await send(servers, 3))).toEqual({ accepted: 3 })
})

rule('JWKS-11', 'gives the keys to who can wait, though others who asked before have given up', async () => {
  const servers = await createVirtualServers()
  const { clock, authorizationServer } = servers
  authorizationServer.behave('jwks', { delay: 4 })
  const early = await send(servers, 10)
  await clock.advance(2)
  const late = await send(servers, 10)
  await clock.advance(2)
  expect(countVerdicts(early)).toEqual({ [UNREACHABLE]: 10 })
  expect(countVerdicts(late)).toEqual({ accepted: 10 })
  expect(authorizationServer.requests).toEqual(ONE_OF_EACH)
})

rule('JWKS-11', 'gives each of those who wait an error of its own', async () => {
  const { authorizationServer, resourceServer } = await createVirtualServers()
  authorizationServer.behave('jwks', { fault: 'server-error' })
  const request = requestWithToken(await authorizationServer.mint())
  const outcomes = await Promise.all([judge(resourceServer, request), judge(resourceServer, request)])
  const [one, other] = outcomes.map((outcome) => 'error' in outcome && outcome.error)
  expect(one).toMatchObject({ status: 503 })
  expect(other).toMatchObject({ status: 503 })
  expect(one).not.toBe(other)
})

const real = useServers()

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  rule('JWKS-11', 'answers the second of two who wait, though the first one hangs up', async () => {
    const { authorizationServer, resourceServer } = real()
    const fields = [['Authorization', `Bearer ${await authorizationServer.mint()}`]] as const
    const { asked, release } = holdKeySet(authorizationServer)
    const arrivals: Promise<unknown>[] = []
    const { listener, handled } = createApp(({ step, requireToken, handler }) => [
      step(({ message }) => void arrivals.push(once(message.socket, 'close'))),
      requireToken(resourceServer),
      handler(),
    ])
    await withServer(listener, async (port) => {
      const first = openRequest(port, { fields })
      await asked
      const second = openRequest(port, { fields })
      while (arrivals.length < 2) await new Promise(setImmediate)
      first.destroy()
      await arrivals[0]
      release()
      expect(String((await once(second, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /)
    })
    expect(handled()).toBeGreaterThanOrEqual(1)
    expect(authorizationServer.requests).toEqual(ONE_OF_EACH)
  })
})
