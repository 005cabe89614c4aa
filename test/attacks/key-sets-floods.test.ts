import { expect } from '@jest/globals'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { createVirtualServers, type VirtualServers } from '../support/virtual-servers.js'
import { createFlood } from './flood.js'

const REFUSED = 'ERR_TOKEN_KEY'
const LIMIT = 'ERR_KEY_SEARCH_LIMIT'

/** A resource server that has keys since a minute, and a flood against it. */
async function prepare() {
  const servers = await createVirtualServers()
  expect(await servers.verdict()).toBe('accepted')
  await servers.clock.advance(60)
  servers.authorizationServer.resetCounters()
  return { ...servers, flood: createFlood(servers) }
}

/** The most requests for the key set that there were in any 30 seconds. */
function busiestInterval({ log }: VirtualServers['authorizationServer']): number {
  const instants = log.filter(({ endpoint }) => endpoint === 'jwks').map(({ at }) => at)
  return Math.max(...instants.map((start) => instants.filter((at) => at >= start && at < start + 30).length))
}

/** What tokens may say of when they were issued. */
const AGES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'were issued now': {},
  'were issued long ago': { iat: 1 },
  'were issued in the future': { iat: 4_000_000_000, exp: 4_000_000_100 },
  'do not say when they were issued': { iat: undefined },
  'say in words when they were issued': { iat: 'now' },
}

ruleForEach(
  ['JWKS-01', 'JWKS-10'],
  AGES,
  'asks once for 2000 unknown key identifiers of tokens that come at once and %s, and known keys go on working',
  async (claims) => {
    const { authorizationServer, flood, verdict } = await prepare()
    expect(await flood(2_000, { claims })).toEqual([REFUSED])
    expect(authorizationServer.requests).toMatchObject({ metadata: 1, jwks: 1 })
    expect(await verdict()).toBe('accepted')
  },
)

ruleForEach(
  'JWKS-01',
  AGES,
  'asks twice in 30 seconds at most, however long a flood of tokens lasts that %s',
  async (claims) => {
    const { clock, authorizationServer, flood, verdict } = await prepare()
    for (let second = 0; second < 90; second += 1) {
      await clock.advance(1)
      for (const answer of await flood(5, { claims })) expect([REFUSED, LIMIT]).toContain(answer)
      expect(await verdict()).toBe('accepted')
    }
    expect(busiestInterval(authorizationServer)).toBeLessThanOrEqual(2)
    expect(authorizationServer.requests.jwks).toBeGreaterThanOrEqual(3)
  },
)

rule(
  'JWKS-01',
  'asks no more often where each key identifier comes twice, to look like a rotation',
  async () => {
    const { clock, authorizationServer, flood, verdict } = await prepare()
    for (let second = 0; second < 90; second += 1) {
      await clock.advance(0.5)
      for (const round of [1, 2]) {
        await clock.advance(0.2 + round / 100)
        await flood(3, { kid: () => `repeated-${String(second)}` })
      }
      expect(await verdict()).toBe('accepted')
    }
    expect(busiestInterval(authorizationServer)).toBe(2)
  },
)

ruleForEach(
  'JWKS-01',
  { 'that are never the same': undefined, 'that are missing': () => undefined, 'of 8 KB': longKid },
  'refuses nobody whose key was rotated in under a flood of key identifiers %s, and accepts within 30 seconds',
  async (kid) => {
    const { clock, authorizationServer, resourceServer, flood } = await prepare()
    await flood(20, kid && { kid })
    await clock.advance(2)
    await authorizationServer.rotateKeys()
    const verdicts: string[] = []
    for (let second = 0; second < 30; second += 1) {
      verdicts.push(await verdictOn(resourceServer, await authorizationServer.mint()))
      await flood(8, kid && { kid })
      await clock.advance(1)
    }
    const { length } = verdicts
    const accepted = verdicts.indexOf('accepted')
    expect(accepted).toBeGreaterThanOrEqual(0)
    expect(new Set(verdicts.slice(0, accepted))).not.toContain(REFUSED)
    expect(new Set(verdicts.slice(accepted, length))).toEqual(new Set(['accepted']))
  },
)

function longKid(number: number): string {
  return `${String(number)}${'x'.repeat(8_000)}`
}

rule('JWKS-01', 'accepts a thousand tokens of a rotated key that come at once, with one look', async () => {
  const { authorizationServer, resourceServer } = await prepare()
  await authorizationServer.rotateKeys()
  const token = await authorizationServer.mint()
  const verdicts = Array.from({ length: 1_000 }, () => verdictOn(resourceServer, token))
  expect(new Set(await Promise.all(verdicts))).toEqual(new Set(['accepted']))
  expect(authorizationServer.requests.jwks).toBe(1)
})

ruleForEach(
  'JWKS-04',
  {
    'refuses connections': { fault: 'refuse' },
    'breaks them': { fault: 'reset' },
    'answers with errors': { fault: 'server-error' },
    'sends no keys': { fault: 'empty-key-set' },
  } as const,
  'counts a search that failed: a burst against a server that %s leads to one request, and a flood to a few',
  async (behaviour) => {
    const { clock, authorizationServer, flood, verdict } = await prepare()
    authorizationServer.behave('jwks', behaviour)
    expect(await flood(1_000)).not.toContain(REFUSED)
    expect(authorizationServer.requests.jwks).toBe(1)
    for (let second = 0; second < 120; second += 1) {
      expect(await flood(10)).not.toContain(REFUSED)
      expect(await verdict()).toBe('accepted')
      await clock.advance(1)
    }
    expect(busiestInterval(authorizationServer)).toBeLessThanOrEqual(5) // 3 retries, and 2 searches
    authorizationServer.behave('jwks', undefined)
    await clock.advance(60)
    expect(await flood(10)).toEqual([REFUSED])
    expect(await verdict()).toBe('accepted')
  },
)
