import { describe, expect, test } from '@jest/globals'
import { countBy, flood, openBreaker, timesOf } from './support-introspection/counts.js'
import { createWorld, type World } from './support-introspection/world.js'

/** Asks about another token each tenth of a second. */
async function ask(world: World, seconds: number): Promise<void> {
  for (let tenth = 0; tenth < seconds * 10; tenth += 1) {
    await world.clock.advance(0.1)
    world.send('random')
    await world.clock.settle()
  }
}

describe('C1: while the introspection endpoint is down', () => {
  test.each(['refuse', 'reset', 'unavailable', 'too-many-requests', 'unauthorized'] as const)(
    'nobody asks after five failures in a row, for 4 seconds at least: %s',
    async (fault) => {
      const world = await createWorld()
      world.behave('introspection', { fault, headers: { 'retry-after': 'soon' } })
      for (let failures = 0; failures < 5; failures += 1) {
        await world.ask('random')
        await world.clock.advance(0.25)
      }
      const { length } = world.calls
      expect(length).toBe(fault === 'refuse' || fault === 'reset' ? 10 : 5)
      await ask(world, 3.5)
      expect(world.calls).toHaveLength(length)
      expect(world.history.at(-1)?.verdict).toBe('cannot tell')
      expect(world.resourceServer.health().authorizationServers[0]?.introspection?.paused).toBe(true)
    },
  )

  test('with four, and a good answer between them, everybody asks', async () => {
    const world = await createWorld()
    for (let round = 0; round < 3; round += 1) {
      world.behave('introspection', { fault: 'unauthorized' })
      await flood(world, 4, () => world.send('random'))
      world.behave('introspection', undefined)
      expect((await world.ask('random')).code).toBe('ERR_TOKEN_INACTIVE')
    }
    expect(world.calls).toHaveLength(15)
  })

  test.each(['server-error', 'bad-request', 'forbidden', 'wrong-json', 'error-page', 'truncate'] as const)(
    'a failure that may be of one token alone counts for nothing: %s',
    async (fault) => {
      const world = await createWorld()
      world.behave('introspection', { fault })
      await flood(world, 20, () => world.send('random'))
      expect(world.calls).toHaveLength(20)
      world.behave('introspection', undefined)
      expect((await world.ask('plain')).verdict).toBe('accept')
    },
  )

  test('who waits for a turn when it goes down does not ask any more', async () => {
    const world = await createWorld({ concurrency: 5 })
    world.behave('introspection', { fault: 'unauthorized', delay: 1 })
    const requests = await flood(world, 100, () => world.send('random'))
    await world.clock.advance(1)
    expect(countBy(requests)).toEqual({ ERR_INTROSPECTION_REFUSED: 96, waiting: 4 })
    await world.clock.advance(1)
    expect(countBy(requests)).toEqual({ ERR_INTROSPECTION_REFUSED: 100 })
    expect(world.calls).toHaveLength(9) // four had their turn before the fifth failure
  })

  test('pauses double from 5 to 60 seconds, each less up to a fifth, and one alone asks after each', async () => {
    const world = await createWorld()
    await openBreaker(world)
    await ask(world, 400)
    const times = timesOf(world)
    expect(times.filter((at) => at === 0)).toHaveLength(5)
    const trials = [0, ...times.slice(5)]
    const pauses = trials.slice(1).map((at, index) => at - (trials[index] ?? 0))
    const expected = pauses.map((_, index) => Math.min(5 * 2 ** index, 60))
    expect(pauses.length).toBeGreaterThan(7)
    expect(pauses.filter((pause, index) => pause < 0.8 * (expected[index] ?? 0) - 1e-6)).toEqual([])
    expect(pauses.filter((pause, index) => pause > (expected[index] ?? 0) + 0.1 + 1e-6)).toEqual([])
  })

  test('a good answer ends it; of a hundred who come at that moment, one asks, and the next all do', async () => {
    const world = await createWorld()
    await openBreaker(world)
    await world.clock.advance(5)
    world.behave('introspection', { delay: 1 })
    const requests = await flood(world, 100, () => world.send('random'))
    expect(world.calls).toHaveLength(6)
    expect(countBy(requests)).toEqual({ ERR_INTROSPECTION_REFUSED: 99, waiting: 1 })
    await world.clock.advance(1)
    expect(requests[0]?.code).toBe('ERR_TOKEN_INACTIVE')
    await flood(world, 50, () => world.send('random'))
    expect(world.calls).toHaveLength(56)
  })

  test('a trial that fails begins the next pause', async () => {
    const world = await createWorld()
    await openBreaker(world)
    await world.clock.advance(5)
    expect((await world.ask('random')).verdict).toBe('cannot tell')
    world.behave('introspection', undefined)
    await world.clock.advance(7.9)
    expect((await world.ask('plain')).verdict).toBe('cannot tell')
    await world.clock.advance(2.1)
    expect((await world.ask('plain')).verdict).toBe('accept')
  })
})

describe('C1: a Retry-After of the introspection endpoint', () => {
  test.each([
    ['30', 'too-many-requests', { 'retry-after': '30' }, 30],
    ['100', 'unavailable', { 'retry-after': '100' }, 100],
    ['86400', 'unavailable', { 'retry-after': '86400' }, 300],
    ['a date', 'unavailable', {}, 20],
  ] as const)('is heeded from the first, and handed on: %s', async (_, fault, headers, seconds) => {
    const world = await createWorld()
    world.behave('introspection', { fault, headers })
    expect(await world.ask('random')).toMatchObject({ verdict: 'cannot tell', retryAfter: seconds })
    world.behave('introspection', undefined)
    for (let left = seconds - 1; left >= 1; left -= 1) {
      await world.clock.advance(1)
      expect(await world.ask('plain')).toMatchObject({ verdict: 'cannot tell', retryAfter: left })
    }
    expect(world.calls).toHaveLength(1)
    await world.clock.advance(1)
    expect((await world.ask('endless')).verdict).toBe('accept')
  })
})
