import { describe, expect, test } from '@jest/globals'
import { THROWING_OPTIONS } from './support-b/callers.js'
import { accompany } from './support-introspection/callers.js'
import { countBy, flood, timesOf } from './support-introspection/counts.js'
import { createWorld } from './support-introspection/world.js'

describe("C4: one caller's abort, time-out or exception never changes another's outcome", () => {
  test.each(['gives-up', 'unreadable', 'throws', 'tampers'] as const)(
    'one that %s, before another with the same token',
    async (manner) => {
      const world = await createWorld({ functions: THROWING_OPTIONS })
      world.behave('introspection', { delay: 2 })
      accompany(world, manner, world.tokens.text('plain'))
      await world.clock.advance(1)
      const other = world.send('plain')
      await world.clock.advance(2)
      const isFirst = manner === 'unreadable' // that one asks nothing
      expect(other).toMatchObject({ verdict: 'accept', answeredAt: isFirst ? 3 : 2 })
      expect(timesOf(world)).toEqual([isFirst ? 1 : 0])
      expect((await world.ask('plain')).auth?.claims).toMatchObject({ sub: 'alice', scope: 'stats:read' })
    },
  )

  test('who has waited for 3 seconds is sent away, and who came later has the answer of the same call', async () => {
    const world = await createWorld()
    world.behave('introspection', { delay: 4 })
    const first = world.send('plain')
    await world.clock.advance(2)
    const second = world.send('plain')
    await world.clock.advance(2)
    expect(first).toMatchObject({ verdict: 'cannot tell', answeredAt: 3 })
    expect(second).toMatchObject({ verdict: 'accept', answeredAt: 4 })
    expect(timesOf(world)).toEqual([0])
  })

  test('where all are sent away, the call runs on, and what it brings is used', async () => {
    const world = await createWorld()
    world.behave('introspection', { delay: 4.9 })
    const requests = await flood(world, 10, () => world.send('plain'))
    await world.clock.advance(4.9)
    expect(countBy(requests)).toEqual({ ERR_AUTHORIZATION_SERVER_UNREACHABLE: 10 })
    expect(await world.ask('plain')).toMatchObject({ verdict: 'accept', answeredAt: 4.9 })
    expect(timesOf(world)).toEqual([0])
  })

  test('what comes after 5 seconds is dropped, from a server that does not heed the signal as well', async () => {
    const world = await createWorld()
    world.behave('introspection', [{ delay: 6, deaf: true }, {}])
    world.send('plain')
    await world.clock.advance(5.5)
    world.tokens.rescope('plain', 'stats:write')
    expect((await world.ask('plain')).auth?.scopes).toEqual(new Set(['stats:write']))
    world.tokens.rescope('plain', 'late')
    await world.clock.advance(1)
    expect((await world.ask('plain')).auth?.scopes).toEqual(new Set(['stats:write']))
    expect(timesOf(world)).toEqual([0, 5.5])
  })

  test('an outage is told to each with an error of its own', async () => {
    const world = await createWorld()
    world.behave('introspection', { fault: 'unauthorized', delay: 1 })
    const [first, second] = [world.send('plain'), world.send('plain')]
    await world.clock.advance(1)
    expect(first.error).not.toBe(second.error)
    Object.assign(first.error as object, { message: 'overwritten', retryAfter: -1 })
    expect(second.error).toMatchObject({ retryAfter: 5, message: expect.not.stringContaining('overwritten') })
  })

  test('a route that wants a fresh verdict does not change what others get meanwhile', async () => {
    const world = await createWorld()
    await world.ask('plain')
    world.behave('introspection', { fault: 'hang' })
    const fresh = world.refresh('plain', 0)
    const other = await world.ask('plain')
    await world.clock.advance(3)
    expect(other).toMatchObject({ verdict: 'accept', answeredAt: 0 })
    expect(fresh).toMatchObject({ verdict: 'cannot tell', answeredAt: 3 })
    expect((await world.ask('plain')).verdict).toBe('accept')
  })
})

describe('C4: a caller waits for 3 seconds at most, in all', () => {
  test('for its turn and for its own answer', async () => {
    const world = await createWorld({ concurrency: 1 })
    world.behave('introspection', { delay: 2 })
    const requests = ['plain', 'other', 'endless'].map((name) => world.send(name as 'plain'))
    await world.clock.advance(10)
    expect(requests.map(({ answeredAt }) => answeredAt)).toEqual([2, 3, 3])
    expect(requests.map(({ verdict }) => verdict)).toEqual(['accept', 'cannot tell', 'cannot tell'])
  })

  test('for a turn, an earlier call for its token, and its own', async () => {
    const world = await createWorld({ concurrency: 1 })
    await world.ask('plain')
    world.behave('introspection', { delay: 1.4 })
    world.send('other')
    world.refresh('plain', 0)
    await world.clock.advance(2) // the call is under way since 0.6 seconds
    const last = world.refresh('plain', 0)
    await world.clock.advance(2.2)
    expect(last).toMatchObject({ verdict: 'accept', answeredAt: 4.2 })
    expect(timesOf(world)).toEqual([0, 0, 1.4, 2.8].map((at) => expect.closeTo(at, 5)))
    world.behave('introspection', { delay: 2 })
    world.send('endless')
    const [first, second] = [world.refresh('plain', 0), world.refresh('plain', 0)]
    await world.clock.advance(10)
    for (const { sentAt, answeredAt = Infinity, verdict } of [first, second]) {
      expect(verdict).toBe('cannot tell')
      expect(answeredAt - sentAt).toBeCloseTo(3)
    }
  })

  test('for the metadata, which say where the endpoint is, and for its answer', async () => {
    const world = await createWorld()
    world.behave('metadata', { delay: 2 })
    world.behave('introspection', { delay: 2 })
    const request = world.send('plain')
    await world.clock.advance(4)
    expect(request).toMatchObject({ verdict: 'cannot tell', answeredAt: 3 })
    expect(await world.ask('plain')).toMatchObject({ verdict: 'accept', answeredAt: 4 })
  })

  test('for a connection that breaks late, and for the second attempt', async () => {
    const world = await createWorld()
    world.behave('introspection', { fault: 'reset', delay: 2.5 })
    const request = world.send('plain')
    await world.clock.advance(10)
    expect(request).toMatchObject({ verdict: 'cannot tell', answeredAt: 3 })
  })
})

describe('C4: a good JWT does not wait for the introspection endpoint', () => {
  test.each(['hang', 'refuse', 'slow-body', 'unavailable'] as const)('whose fault is %s', async (fault) => {
    const world = await createWorld({ accessTokens: 'mixed', concurrency: 1 })
    const jwt = await world.server.mint()
    await world.clock.settle()
    world.behave('introspection', { fault })
    const opaque = await flood(world, 100, () => world.send('random'))
    const request = world.send('jwt', jwt)
    await world.clock.settle()
    expect(request).toMatchObject({ verdict: 'accept', answeredAt: 0 })
    await world.clock.advance(3)
    expect(opaque.filter(({ verdict }) => verdict !== 'cannot tell')).toEqual([])
  })
})
