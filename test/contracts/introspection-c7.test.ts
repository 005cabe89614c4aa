import { createVirtualClock } from '@bearward/testing'
import { describe, expect, test } from '@jest/globals'
import { createVerdicts } from '../../packages/core/src/token/introspection-verdicts.js'
import type { VerifiedClaims } from '../../packages/core/src/token/verified.js'
import { flood, openBreaker } from './support-introspection/counts.js'
import { createWorld } from './support-introspection/world.js'

const MOST_INACTIVE = 10_000

/** Claims whose JSON has so many characters. */
function claimsOf(length: number): VerifiedClaims {
  return { sub: 'x'.repeat(length - '{"sub":""}'.length) } as unknown as VerifiedClaims
}

describe('C7: what is kept of introspection is bounded', () => {
  test('10⁵ random tokens leave 10,000 verdicts, and those of active tokens where they were', () => {
    const verdicts = createVerdicts(
      { maxAge: 60, inactiveMaxAge: 5, maxSize: 1_000_000 },
      createVirtualClock(),
    )
    const isKept = (_: unknown, index: number) => verdicts.find(String(index), 60) !== undefined
    for (let index = 0; index < 100; index += 1)
      verdicts.store(String(index), { claims: claimsOf(100), askedAt: 0 })
    for (let index = 100; index < 100_100; index += 1)
      verdicts.store(String(index), { claims: undefined, askedAt: 0 })
    const kept = Array.from({ length: 100_100 }, isKept)
    expect(kept.slice(0, 100)).not.toContain(false)
    expect(kept.slice(100).filter(Boolean)).toHaveLength(MOST_INACTIVE)
    expect(kept.slice(-MOST_INACTIVE)).not.toContain(false)
  })

  test('in bytes, for active tokens: cache.maxSize, of which each takes 512, and 2 for each character', () => {
    const verdicts = createVerdicts({ maxAge: 60, inactiveMaxAge: 5, maxSize: 71_200 }, createVirtualClock())
    for (let index = 0; index < 500; index += 1)
      verdicts.store(String(index), { claims: claimsOf(100), askedAt: 0 })
    const kept = Array.from({ length: 500 }, (_, index) => verdicts.find(String(index), 60) !== undefined)
    const count = kept.filter(Boolean).length
    expect(count).toBeLessThanOrEqual(100)
    expect(count).toBeGreaterThan(50)
    expect(kept.slice(-count)).not.toContain(false) // the last ones
  })

  test('what is larger than cache.maxSize is not kept, and pushes out nothing', () => {
    const verdicts = createVerdicts({ maxAge: 60, inactiveMaxAge: 5, maxSize: 10_000 }, createVirtualClock())
    verdicts.store('small', { claims: claimsOf(100), askedAt: 0 })
    verdicts.store('large', { claims: claimsOf(10_000), askedAt: 0 })
    expect(verdicts.find('large', 60)).toBeUndefined()
    expect(verdicts.find('small', 60)).toBeDefined()
  })

  test('a server with no room for verdicts asks for each request, and accepts what is good', async () => {
    const world = await createWorld({ cache: { maxSize: 0 } })
    for (let sent = 0; sent < 3; sent += 1) expect((await world.ask('plain')).verdict).toBe('accept')
    expect(world.calls).toHaveLength(3)
  })

  test('through a whole resource server: 3,000 random tokens, and the verdict of the good one is there', async () => {
    const world = await createWorld()
    await world.ask('plain')
    for (let round = 0; round < 3; round += 1) await flood(world, 1_000, () => world.send('random'))
    await world.ask('plain')
    expect(world.calls).toHaveLength(3_001)
    await world.clock.advance(1)
    world.send('random', 'random-3000')
    await world.ask('plain')
    expect(world.calls).toHaveLength(3_001)
  })
})

describe('C7: no timer is left', () => {
  test.each(['hang', 'refuse', 'unavailable', 'bad-request', 'slow-body'] as const)(
    'after a flood of tokens, where the fault is %s',
    async (fault) => {
      const world = await createWorld()
      world.behave('introspection', { fault })
      await flood(world, 1_100, () => world.send('random'))
      await world.clock.advance(11)
      world.resourceServer.close() // the next look for the metadata
      expect(world.timers()).toBe(0)
    },
  )

  test('a caller who is sent away at once has none', async () => {
    const world = await createWorld()
    await openBreaker(world)
    const before = world.timers()
    await flood(world, 1_000, () => world.send('random'))
    expect(world.timers()).toBe(before)
  })
})
