import { createResourceServer, type FetchInit, type UnavailableError } from '@bearward/core'
import { describe, expect, test } from '@jest/globals'
import { judge, requestWithToken } from '../support/request.js'
import { countCalls, verdictsOf } from './support/counts.js'
import { AUDIENCE, ISSUER } from './support/tokens.js'
import { createWorld, type World } from './support/world.js'
import { accompany, THROWING_OPTIONS } from './support-b/callers.js'
import { healthOf } from './support-b/outage.js'

/** A world without keys, whose key set takes two seconds. */
async function createSlowWorld(): Promise<World> {
  const world = await createWorld()
  world.behave('jwks', { delay: 2 })
  return world
}

describe("C4: one caller's abort never changes another caller's outcome", () => {
  test('a caller who goes away does not end the fetch that another waits for, though it began it', async () => {
    const world = await createSlowWorld()
    accompany(world, 'bad', 'gives-up', world.mint('good'))
    await world.clock.advance(1)
    const other = world.send('good')
    await world.clock.advance(1)
    expect(other).toMatchObject({ verdict: 'accept', answeredAt: 2 })
    expect(countCalls(world)).toEqual({ metadata: 1, jwks: 1 })
  })

  test('nor where all go away: the keys are there for the next one', async () => {
    const world = await createSlowWorld()
    for (let sent = 0; sent < 10; sent += 1) accompany(world, 'bad', 'gives-up', world.mint('good'))
    await world.clock.advance(2)
    expect(healthOf(world).keys).toEqual(['key-1'])
    expect(await world.ask('good')).toMatchObject({ verdict: 'accept', answeredAt: 2 })
    expect(countCalls(world).jwks).toBe(1)
  })

  test('nor the look for a key that it asked for first', async () => {
    const world = await createWorld()
    await world.ask('good')
    await world.clock.advance(1)
    world.rotate()
    world.behave('jwks', { delay: 2 })
    accompany(world, 'bad', 'gives-up', world.mint('good'))
    const other = world.send('good')
    await world.clock.advance(2)
    expect(other.verdict).toBe('accept')
    expect(countCalls(world).jwks).toBe(2)
  })
})

describe("C4: one caller's time-out never changes another caller's outcome", () => {
  test('who has waited for 3 seconds is sent away, and who came later has the keys of the same fetch', async () => {
    const world = await createWorld()
    world.behave('jwks', { delay: 4 })
    const first = world.send('good')
    await world.clock.advance(2)
    const second = world.send('good')
    await world.clock.advance(2)
    expect(first).toMatchObject({ verdict: 'cannot tell', answeredAt: 3 })
    expect(second).toMatchObject({ verdict: 'accept', answeredAt: 4 })
    expect(countCalls(world)).toEqual({ metadata: 1, jwks: 1 })
  })

  test('the signal of a fetch is aborted when its 5 seconds are over, and not with a caller', async () => {
    const world = await createWorld()
    const signals: AbortSignal[] = []
    const fetch = (url: string, init: FetchInit) => {
      signals.push(init.signal)
      return world.server.fetch(url, init)
    }
    world.behave('metadata', { fault: 'hang' })
    const resourceServer = createResourceServer({
      issuer: ISSUER,
      audience: AUDIENCE,
      clock: world.clock,
      fetch,
    })
    const caller = judge(resourceServer, requestWithToken(world.mint('good').text))
    await world.clock.advance(4.9)
    expect((await caller).verdict).toBe('unavailable')
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    await world.clock.advance(0.1)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })

  test('a fetch that does not heed its signal holds up nobody, and what it brings at last is dropped', async () => {
    const world = await createWorld()
    world.behave('jwks', { delay: 60, deaf: true })
    const first = world.send('good')
    await world.clock.advance(5)
    expect(first).toMatchObject({ verdict: 'cannot tell', answeredAt: 3 })
    world.behave('jwks', undefined)
    world.rotate()
    await world.clock.advance(5)
    expect((await world.ask('good')).verdict).toBe('accept')
    await world.clock.advance(60)
    expect(healthOf(world).keys).toEqual(['key-2'])
    expect((await world.ask('good')).verdict).toBe('accept')
  })
})

describe("C4: one caller's exception never changes another caller's outcome", () => {
  test.each(['unreadable', 'throws'] as const)('while both wait for the same fetch: %s', async (manner) => {
    const world = await createSlowWorld()
    accompany(world, 'bad', manner, world.mint('good'))
    accompany(world, 'bad', manner, world.mint('forged'))
    const others = [world.send('good'), world.send('expired')]
    await world.clock.advance(2)
    expect(others.map(({ verdict }) => verdict)).toEqual(['accept', 'refuse'])
    expect(countCalls(world).jwks).toBe(1)
  })

  test('also where functions of the options throw: they are told of a verdict, and do not make it', async () => {
    const world = await createWorld({ resourceServer: { ...THROWING_OPTIONS } })
    const verdicts = [await world.ask('good'), await world.ask('expired')].map(({ verdict }) => verdict)
    expect(verdicts).toEqual(['accept', 'refuse'])
    world.behave('jwks', { fault: 'refuse' })
    await world.clock.advance(100_000)
    expect((await world.ask('good')).verdict).toBe('cannot tell')
  })

  test('each has an error of its own: what one writes into it does not show in the next', async () => {
    const world = await createWorld()
    world.behave('jwks', { fault: 'refuse' })
    const [first, second] = [world.send('good'), world.send('good')]
    await world.clock.settle()
    expect(first.error).not.toBe(second.error)
    Object.assign(first.error as object, { message: 'overwritten', retryAfter: -1, code: 'ERR_OVERWRITTEN' })
    const third = await world.ask('good')
    for (const { error } of [second, third]) {
      expect(error).toMatchObject({ code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE', retryAfter: 5 })
      expect((error as UnavailableError).message).not.toContain('overwritten')
    }
  })

  test('each has claims of its own: they are the same for the next request, whatever a handler did', async () => {
    const world = await createWorld()
    const request = requestWithToken(world.mint('good').text)
    const auth = await world.resourceServer.authenticate(request)
    expect(() => Object.assign(auth.claims, { sub: 'administrator' })).toThrow(TypeError)
    expect((await world.resourceServer.authenticate(request)).claims.sub).toBe('client')
  })

  test('and all that went wrong goes by: a hundred bad ones, and the next is served as ever', async () => {
    const world = await createSlowWorld()
    for (const manner of ['gives-up', 'unreadable', 'throws', 'tampers'] as const) {
      for (let sent = 0; sent < 25; sent += 1) accompany(world, 'bad', manner, world.mint('good'))
    }
    const others = Array.from({ length: 10 }, () => world.send('good'))
    await world.clock.advance(2)
    expect(verdictsOf(others)).toEqual(new Set(['accept']))
  })
})
