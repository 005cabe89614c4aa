import { createResourceServer } from '@bearward/core'
import { createVirtualClock } from '@bearward/testing'
import { describe, expect, test } from '@jest/globals'
import { verdictOn } from '../support/request.js'
import { createAnyIssuer } from './support/any-issuer.js'
import { ATTACKER_KEY, AUDIENCE, KEY_POOL, signToken, type PoolKey } from './support/tokens.js'

const [key] = KEY_POOL as readonly [PoolKey]
const issuerOf = (name: string) => `https://${name}.example.com`

/** A resource server for these issuers; it is asked with a token of one of them. */
function createServers(names: readonly string[]) {
  const clock = createVirtualClock()
  const { fetch, count } = createAnyIssuer()
  const resourceServer = createResourceServer({
    audience: AUDIENCE,
    clock,
    authorizationServers: names.map((name) => ({ issuer: issuerOf(name), fetch })),
  })
  return {
    clock,
    count: (name: string) => count(issuerOf(name)),
    async ask(name: string, kid?: string): Promise<string> {
      const signer = kid === undefined ? { key } : { key: ATTACKER_KEY, kid }
      const token = signToken({ ...signer, issuer: issuerOf(name), issuedAt: clock.now() })
      const verdict = verdictOn(resourceServer, token)
      await clock.settle()
      return verdict
    },
  }
}

describe('C1: calls are bounded by issuers', () => {
  test('each costs two, and one that nobody has a token of costs none', async () => {
    const names = ['one', 'two', 'three']
    const { ask, count } = createServers(names)
    for (let round = 0; round < 10; round += 1) {
      expect([await ask('one'), await ask('two')]).toEqual(['accepted', 'accepted'])
    }
    expect(names.map(count)).toEqual([2, 2, 0])
  })

  test('each has a budget of its own: a flood of one leaves the others alone', async () => {
    const { clock, ask, count } = createServers(['flooded', 'other'])
    await ask('flooded')
    await ask('other')
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1)
      await ask('flooded', `stranger-${String(second)}`)
    }
    expect(count('other')).toBe(2)
    expect(count('flooded')).toBeGreaterThan(2)
    const before = count('other')
    expect(await ask('other', 'stranger')).toBe('ERR_TOKEN_KEY')
    expect(count('other')).toBeGreaterThan(before)
    expect(await ask('flooded')).toBe('accepted')
  })
})
