import { createVirtualClock } from '@bearward/testing'
import { describe, expect, test } from '@jest/globals'
import { createSearchBudget } from '../../packages/core/src/keys/search-budget.js'
import { callTimes, flood, mostWithin, verdictsOf } from './support/counts.js'
import type { TokenKind } from './support/schedule.js'
import { createWorld, type World } from './support/world.js'

/** Ten requests in a second, for so many. */
async function keepFlooding(world: World, kind: TokenKind, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await flood(world, 10, () => world.send(kind))
    await world.clock.advance(1)
  }
}

describe('C1: key set refreshes for unknown kids are at most two in 30 seconds for an issuer', () => {
  test.each([
    'stranger',
    'old-stranger',
    'known-stranger',
    'forged',
    'forged-without-kid',
    'withdrawn',
  ] as const)('a flood of tokens of the kind %s does not pass it in 100 seconds', async (kind) => {
    const world = await createWorld()
    await world.ask('good')
    world.rotate()
    await world.clock.advance(1)
    await world.ask('good')
    await keepFlooding(world, kind, 100)
    const looks = callTimes(world, 'jwks').slice(1)
    expect(mostWithin(looks, 30)).toBeLessThanOrEqual(2)
    expect(looks.length).toBeGreaterThanOrEqual(3)
    expect(looks.length).toBeLessThanOrEqual(8)
  })

  test('a million tokens, half with a kid of their own and half with one of a few, get two searches', () => {
    const budget = createSearchBudget(createVirtualClock())
    let searches = 0
    for (let index = 0; index < 1_000_000; index += 1) {
      const kid = String(index % 2 === 0 ? index : index % 501)
      if (budget.decide(kid, index % 3 === 0, false) === 'search') searches += 1
    }
    expect(searches).toBe(2)
  })

  test('a kid that was not found is refused, and not looked for, for 30 seconds, of a token that is no newer', async () => {
    const world = await createWorld()
    await world.ask('good')
    await world.clock.advance(1)
    const ask = () => world.ask(world.mint('known-stranger', { issuedAt: world.clock.now() - 60 }))
    for (let second = 0; second < 30; second += 1) {
      expect((await ask()).code).toBe('ERR_TOKEN_KEY')
      await world.clock.advance(1)
    }
    expect(callTimes(world, 'jwks')).toHaveLength(2)
    expect((await ask()).code).toBe('ERR_TOKEN_KEY')
    expect(callTimes(world, 'jwks')).toHaveLength(3)
  })

  test('of a token that is newer it is looked for once more at most, and otherwise not told', async () => {
    const world = await createWorld()
    await world.ask('good')
    for (let second = 0; second < 30; second += 1) {
      await world.clock.advance(1)
      const looks = callTimes(world, 'jwks').length
      const { verdict } = await world.ask('known-stranger')
      const hasLooked = callTimes(world, 'jwks').length > looks
      expect(verdict).toBe(hasLooked ? 'refuse' : 'cannot tell')
    }
    expect(callTimes(world, 'jwks').length).toBeLessThanOrEqual(1 + 2)
  })
})

describe('C1: a flood cannot use up the slot that a real rotation needs', () => {
  test('under a flood a rotated key is accepted with the second request that carries it, a second later', async () => {
    const world = await createWorld()
    await world.ask('good')
    await keepFlooding(world, 'stranger', 10)
    world.rotate()
    await keepFlooding(world, 'stranger', 2)
    const first = await world.ask('good')
    expect(first).toMatchObject({ verdict: 'cannot tell', code: 'ERR_KEY_SEARCH_LIMIT', retryAfter: 1 })
    await keepFlooding(world, 'stranger', 1)
    expect((await world.ask('good')).verdict).toBe('accept')
  })

  test('under a flood of tokens that are no newer than the keys it is accepted with the first', async () => {
    const world = await createWorld()
    await world.ask('good')
    await keepFlooding(world, 'old-stranger', 10)
    world.rotate()
    await keepFlooding(world, 'old-stranger', 2)
    expect((await world.ask('good')).verdict).toBe('accept')
  })

  test('whoever knows the kid of the next key cannot have its tokens refused, nor held up for more than 30 seconds', async () => {
    const world = await createWorld()
    await world.ask('good')
    for (let second = 0; second < 5; second += 1) {
      await world.clock.advance(1)
      await world.ask(world.mint('stranger', { kid: 'key-2' }))
    }
    world.rotate()
    await world.clock.advance(1)
    const rotatedAt = world.clock.monotonic()
    let request = await world.ask('good')
    while (request.verdict === 'cannot tell') {
      await world.clock.advance(request.retryAfter ?? 0)
      request = await world.ask('good')
    }
    expect(request.verdict).toBe('accept')
    expect(world.clock.monotonic() - rotatedAt).toBeLessThanOrEqual(30)
  })

  test('nor where the wall clock was set back, and new tokens look old', async () => {
    const world = await createWorld()
    await world.ask('good')
    await keepFlooding(world, 'stranger', 2)
    world.clock.step(-3_600)
    world.rotate()
    await keepFlooding(world, 'stranger', 2)
    expect(await world.ask('good')).toMatchObject({ verdict: 'cannot tell', retryAfter: 1 })
    await keepFlooding(world, 'stranger', 1)
    expect((await world.ask('good')).verdict).toBe('accept')
  })

  test('without a flood a rotated key is accepted with the first, also after a stranger has come', async () => {
    const world = await createWorld()
    await world.ask('good')
    await world.clock.advance(1)
    await world.ask('stranger')
    await world.clock.advance(5)
    world.rotate()
    expect((await world.ask('good')).verdict).toBe('accept')
  })

  test('a flood refuses no good token: one that cannot be told has 503, and the others are accepted', async () => {
    const world = await createWorld()
    await world.ask('good')
    await keepFlooding(world, 'stranger', 5)
    world.rotate({ keepOld: true })
    const requests = [world.send('older'), world.send('good')]
    await world.clock.settle()
    expect(requests.map(({ verdict }) => verdict)).toEqual(['accept', 'cannot tell'])
    expect(verdictsOf(world.history.filter(({ token }) => token.isGenuine))).not.toContain('refuse')
  })
})
