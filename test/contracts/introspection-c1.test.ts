import type { Seconds } from '@bearward/core'
import { describe, expect, test } from '@jest/globals'
import { withoutStacks } from './support/stacks.js'
import { countBy, flood, timesOf } from './support-introspection/counts.js'
import { createWorld } from './support-introspection/world.js'

describe('C1: calls to an introspection endpoint are bounded', () => {
  test('a start makes no call; the first token makes one for the metadata and one for the answer', async () => {
    const world = await createWorld()
    await world.clock.advance(3_600)
    expect(world.server.log).toEqual([])
    expect((await world.ask('plain')).code).toBe('ERR_TOKEN_INACTIVE') // it has expired meanwhile
    expect((await world.ask('endless')).verdict).toBe('accept')
    expect(world.server.log.map(({ endpoint }) => endpoint)).toEqual([
      'metadata',
      'introspection',
      'introspection',
    ])
  })

  test('1,000 requests at once with one opaque token make one call', async () => {
    const world = await createWorld()
    world.behave('introspection', { delay: 1 })
    const requests = Array.from({ length: 1_000 }, () => world.send('plain'))
    await world.clock.advance(1)
    expect(countBy(requests)).toEqual({ accept: 1_000 })
    expect(timesOf(world)).toEqual([0])
  })

  test('one call answers all who wait, also where it fails', async () => {
    const world = await createWorld()
    world.behave('introspection', { delay: 1, fault: 'server-error' })
    const requests = await flood(world, 1_000, () => world.send('plain'))
    await world.clock.advance(1)
    expect(countBy(requests)).toEqual({ ERR_AUTHORIZATION_SERVER_RESPONSE: 1_000 })
    expect(timesOf(world)).toEqual([0])
  })

  test('of 10,000 random tokens, 50 are asked about at once, 1,000 wait, and the rest get 503 at once', async () => {
    const world = await createWorld()
    world.behave('introspection', { delay: 0.9 })
    const requests = await flood(world, 10_000, () => world.send('random'))
    expect(countBy(requests)).toEqual({ ERR_INTROSPECTION_BUSY: 8_950, waiting: 1_050 })
    await withoutStacks(() => world.clock.advance(10))
    // 150 have their answers after 2.7 seconds, and after 3 nobody waits any more.
    expect(countBy(requests)).toMatchObject({ ERR_TOKEN_INACTIVE: 150 })
    const outages = requests.filter(({ verdict }) => verdict === 'cannot tell')
    expect(outages).toHaveLength(9_850)
    expect(outages.every(({ retryAfter = 0 }) => retryAfter >= 1)).toBe(true)
    expect(world.server.mostUnderWay.introspection).toBe(50)
    expect(world.calls).toHaveLength(200)
  })

  test('as many as the option concurrency says, and those who wait come first to last', async () => {
    const world = await createWorld({ concurrency: 2 })
    world.behave('introspection', { delay: 1 })
    const requests = Array.from({ length: 6 }, () => world.send('random'))
    await world.clock.advance(3)
    expect(timesOf(world)).toEqual([0, 0, 1, 1, 2, 2])
    expect(requests.map(({ answeredAt }) => answeredAt)).toEqual([1, 1, 2, 2, 3, 3])
  })

  test('after a burst, the next token is asked about: turns are given back, whatever became of them', async () => {
    const world = await createWorld({ concurrency: 1 })
    for (const fault of ['bad-request', 'hang', 'server-error'] as const) {
      world.behave('introspection', { fault })
      await flood(world, 10, () => world.send('random'))
      await world.clock.advance(60)
      world.behave('introspection', undefined)
      expect((await world.ask('random')).code).toBe('ERR_TOKEN_INACTIVE')
    }
  })
})

describe('C1: a token is asked about once in the lifetime of its verdict', () => {
  test.each([
    ['an active one, each 60 seconds', {}, 'other', 60],
    ['an active one, as cache.maxAge says', { maxAge: 7 }, 'other', 7],
    ['one that is not active, each 5 seconds', {}, 'random', 5],
    ['one that is not active, as cache.inactiveMaxAge says', { inactiveMaxAge: 9 }, 'random', 9],
  ] as const)('%s', async (_, cache, kind, lifetime) => {
    const world = await createWorld({ cache })
    const { text } = await world.ask(kind)
    for (let second = 1; second <= 3 * lifetime; second += 1) {
      await world.clock.advance(1)
      world.send(kind, text)
      await world.clock.settle()
    }
    expect(timesOf(world)).toEqual([0, lifetime, 2 * lifetime, 3 * lifetime])
  })

  test('for each request, where the lifetime is 0', async () => {
    const world = await createWorld({ cache: { maxAge: 0 } })
    for (let sent = 0; sent < 5; sent += 1) await world.ask('plain')
    expect(timesOf(world)).toHaveLength(5)
  })

  test('once more after it was forgotten, and where a route wants to know what holds now', async () => {
    const world = await createWorld()
    await world.ask('plain')
    world.forget('plain')
    for (let sent = 0; sent < 10; sent += 1) await world.ask('plain')
    expect(timesOf(world)).toHaveLength(2)
    for (let sent = 0; sent < 10; sent += 1) world.refresh('plain', 0)
    await world.clock.settle()
    for (let sent = 0; sent < 10; sent += 1) await world.ask('plain')
    expect(timesOf(world)).toHaveLength(3)
  })

  test('for fresh verdicts, one question after the other: those who come meanwhile share the next', async () => {
    const world = await createWorld()
    await world.ask('plain')
    world.behave('introspection', { delay: 1 })
    for (let tenth = 0; tenth < 20; tenth += 1) {
      world.refresh('plain', 0)
      await world.clock.advance(0.1)
    }
    await world.clock.advance(2)
    expect(timesOf(world)).toEqual([0, 0, 1, 2])
    expect(world.server.mostUnderWay.introspection).toBe(1)
    expect(countBy(world.history)).toEqual({ accept: 21 })
  })

  test('once more after each failure: that is not remembered', async () => {
    const world = await createWorld()
    world.behave('introspection', { fault: 'server-error' })
    for (let sent = 0; sent < 10; sent += 1) await world.ask('plain')
    world.behave('introspection', undefined)
    for (let sent = 0; sent < 10; sent += 1) await world.ask('plain')
    expect(timesOf(world)).toHaveLength(11)
  })

  test.each([
    ['refuse', 2],
    ['reset', 2],
    ['hang', 1],
    ['slow-body', 1],
    ['unavailable', 1],
    ['server-error', 1],
    ['unauthorized', 1],
    ['truncate', 1],
  ] as const)('where the fault is %s, a question takes %i calls', async (fault, calls) => {
    const world = await createWorld()
    world.behave('introspection', { fault })
    const first: Seconds = world.clock.monotonic()
    world.send('plain')
    await world.clock.advance(10)
    const times = timesOf(world)
    expect(times).toHaveLength(calls)
    const pause = (times.at(-1) ?? 0) - first
    if (calls === 2) expect(pause >= 0.05 && pause <= 0.25).toBe(true)
  })
})
