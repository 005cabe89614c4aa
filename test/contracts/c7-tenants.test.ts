import { createResourceServer, type ResourceServer } from '@bearward/core'
import { createVirtualClock, type VirtualClock } from '@bearward/testing'
import { describe, expect, test } from '@jest/globals'
import { verdictOn } from '../support/request.js'
import { createAnyIssuer } from './support/any-issuer.js'
import { countTimers } from './support/clock.js'
import { AUDIENCE, KEY_POOL, signToken, type PoolKey } from './support/tokens.js'

const [key] = KEY_POOL as readonly [PoolKey]

interface Tenants {
  readonly resourceServer: ResourceServer
  readonly clock: VirtualClock
  /** How many timers the resource server has waiting. */
  timers(): number
  /** The verdicts on good tokens of these issuers, that come at once. */
  ask(...names: readonly string[]): Promise<readonly string[]>
}

/** A resource server that accepts the issuers whose name begins with `tenant`. */
function createTenants(): Tenants {
  const clock = createVirtualClock()
  const timers = countTimers(clock)
  const { fetch } = createAnyIssuer()
  const resourceServer = createResourceServer({
    audience: AUDIENCE,
    clock: timers.clock,
    resolveAuthorizationServer: (issuer) =>
      issuer.startsWith('https://tenant') ? { issuer, audience: AUDIENCE, fetch } : undefined,
  })
  return {
    resourceServer,
    clock,
    timers: timers.waiting,
    async ask(...names) {
      const verdicts = names.map((name) =>
        verdictOn(
          resourceServer,
          signToken({ key, issuer: `https://${name}.example.com`, issuedAt: clock.now() }),
        ),
      )
      await clock.settle()
      return Promise.all(verdicts)
    },
  }
}

/** So many names, from a number on. */
const tenants = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `tenant-${String(from + index)}`)

describe('C7: issuers that are looked up', () => {
  test('are kept, 1,000 of them: those used least recently go, and their timers with them', async () => {
    const { resourceServer, timers, ask } = createTenants()
    for (let number = 0; number < 1_100; number += 100) {
      expect(new Set(await ask(...tenants(number, 100)))).toEqual(new Set(['accepted']))
      await ask('tenant-0')
    }
    const issuers = () => resourceServer.health().authorizationServers.map(({ issuer }) => issuer)
    expect(issuers()).toHaveLength(1_000)
    expect(issuers()).toContain('https://tenant-0.example.com')
    expect(issuers()).not.toContain('https://tenant-50.example.com')
    expect(timers()).toBe(2 * 1_000)
    expect(await ask('tenant-50')).toEqual(['accepted'])
    expect(issuers()).toContain('https://tenant-50.example.com')
    expect(issuers()).toHaveLength(1_000)
  })

  test('leave no timer when the resource server is closed', async () => {
    const { resourceServer, timers, ask } = createTenants()
    await ask(...tenants(0, 10))
    expect(timers()).toBe(2 * 10)
    resourceServer.close()
    expect(timers()).toBe(0)
  })

  test('leave no trace where they are not accepted', async () => {
    const { resourceServer, timers, ask } = createTenants()
    const madeUp = tenants(0, 100).map((name) => `not-${name}`)
    expect(new Set(await ask(...madeUp))).toEqual(new Set(['ERR_TOKEN_ISSUER']))
    expect(timers()).toBe(0)
    expect(resourceServer.health().authorizationServers).toEqual([])
    expect(await ask('tenant')).toEqual(['accepted'])
  })
})
