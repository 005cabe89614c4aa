import { createVirtualClock } from '@bearward/testing'
import { describe, expect, test } from '@jest/globals'
import { createSearchBudget, type Decision } from '../../packages/core/src/keys/search-budget.js'
import { flood, verdictsOf } from './support/counts.js'
import { createWorld } from './support/world.js'

/** A budget that has noted that one kid was not found, and then others; what does it say of the first? */
function decideAfter(others: number, name: (index: number) => string = String): Decision {
  const budget = createSearchBudget(createVirtualClock())
  budget.miss('first')
  for (let index = 0; index < others; index += 1) budget.miss(name(index))
  return budget.decide('first', false, false)
}

describe('C7: what is remembered of unknown keys is bounded', () => {
  test('in entries: 999 others leave the first in memory, 1,000 push it out', () => {
    expect(decideAfter(999)).toBe('refuse')
    expect(decideAfter(1_000)).toBe('search')
  })

  test('in characters: a kid of more than 256 is neither remembered, nor does it push out others', () => {
    expect(decideAfter(1_000, (index) => String(index).padStart(257, '0'))).toBe('refuse')
    expect(decideAfter(1_000, (index) => String(index).padStart(256, '0'))).toBe('search')
  })

  test('and such a kid is never looked for', () => {
    const budget = createSearchBudget(createVirtualClock())
    expect(budget.decide('x'.repeat(257), true, false)).toBe('refuse')
    expect(budget.decide('x'.repeat(256), true, false)).toBe('search')
  })

  test('also of those that wait for the second slot: 999 others leave the first in memory, 1,000 push it out', () => {
    for (const [others, expected] of [
      [999, 'search'],
      [1_000, 1],
    ] as const) {
      const budget = createSearchBudget(createVirtualClock())
      budget.decide('takes the first slot', true, false)
      for (const kid of ['waits', ...Array.from({ length: others }, (_, index) => String(index))]) {
        expect(budget.decide(kid, true, false)).toBe(1)
      }
      expect(budget.decide('waits', true, false)).toBe(expected)
    }
  })
})

describe('C7: what is kept of a key set is bounded', () => {
  test('in keys: the first hundred', async () => {
    const world = await createWorld()
    const others = Array.from({ length: 99 }, () => ({ kty: 'unknown' }))
    const good = world.truth.published().map(({ jwk }) => jwk)
    world.server.publish([...others, ...good])
    expect((await world.ask('good')).verdict).toBe('accept')
    world.server.publish([...others, { kty: 'unknown' }, ...good])
    await world.clock.advance(600)
    expect(world.resourceServer.health().authorizationServers[0]?.lastError?.code).toBe('ERR_KEY_SET_INVALID')
  })

  test('in bytes: a body of more than 64 KiB is not read to its end, and replaces nothing', async () => {
    const world = await createWorld()
    await world.ask('good')
    world.behave('jwks', { fault: 'huge-body' })
    await world.clock.advance(490)
    expect(world.resourceServer.health().authorizationServers[0]?.lastError).toBeDefined()
    expect((await world.ask('good')).verdict).toBe('accept')
  })
})

describe('C7: a full memory never means accept', () => {
  test('of unknown keys: they are refused, or cannot be told, before and after', async () => {
    const world = await createWorld()
    await world.ask('good')
    const fresh = await flood(world, 1_500, () => world.send('stranger'))
    await world.clock.advance(1)
    const old = await flood(world, 1_500, () => world.send('old-stranger'))
    const forged = await flood(world, 100, () => world.send('forged'))
    expect(verdictsOf([...fresh, ...old, ...forged])).not.toContain('accept')
    expect((await world.ask('good')).verdict).toBe('accept')
  })
})

describe('C7: hostile input leaves no timer behind', () => {
  test.each(['stranger', 'forged', 'forged-without-kid', 'garbage', 'other-issuer', 'expired'] as const)(
    'of the kind %s',
    async (kind) => {
      const world = await createWorld()
      await world.ask('good')
      const before = world.timers()
      await flood(world, 500, () => world.send(kind))
      expect(world.timers()).toBeLessThanOrEqual(before)
      expect(before).toBe(2)
    },
  )

  test('and while the server hangs, a timer for each request that waits, and four for the issuer', async () => {
    const world = await createWorld()
    world.behave('metadata', { fault: 'hang' })
    await flood(world, 1_000, () => world.send('stranger'))
    expect(world.timers()).toBeLessThanOrEqual(1_000 + 4)
    await world.clock.advance(3)
    expect(verdictsOf(world.history)).toEqual(new Set(['cannot tell']))
    expect(world.timers()).toBeLessThanOrEqual(4)
  })

  test('and none is left when the resource server is closed', async () => {
    const world = await createWorld()
    await world.ask('good')
    expect(world.timers()).toBe(2)
    world.resourceServer.close()
    expect(world.timers()).toBe(0)
  })
})
