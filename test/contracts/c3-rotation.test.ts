import { createResourceServer } from '@bearward/core'
import { createVirtualClock } from '@bearward/testing'
import { describe, expect, test } from '@jest/globals'
import { verdictOn } from '../support/request.js'
import { createAnyIssuer } from './support/any-issuer.js'
import { countCalls, flood, verdictsOf } from './support/counts.js'
import { AUDIENCE, ISSUER, KEY_POOL, signToken, type PoolKey } from './support/tokens.js'
import { createWorld, type World } from './support/world.js'

/** A world that has its keys, and has not looked for any other. */
async function createWarmWorld(): Promise<World> {
  const world = await createWorld()
  await world.ask('good')
  await world.clock.advance(1)
  return world
}

describe('C3: a key that was rotated in is accepted with the first token that it signed', () => {
  test.each([{ keepOld: true }, { keepOld: false }])('with one call for the key set: %j', async (options) => {
    const world = await createWarmWorld()
    world.rotate(options)
    expect((await world.ask('good')).verdict).toBe('accept')
    expect(countCalls(world)).toEqual({ metadata: 1, jwks: 2 })
    expect((await world.ask('good')).verdict).toBe('accept')
    expect(countCalls(world)).toEqual({ metadata: 1, jwks: 2 })
  })

  test('without a refused request, also where a thousand come with it', async () => {
    const world = await createWarmWorld()
    world.rotate({ keepOld: true })
    const requests = await flood(world, 1_000, () =>
      world.send(world.history.length % 2 === 0 ? 'good' : 'older'),
    )
    expect(verdictsOf(requests)).toEqual(new Set(['accept']))
    expect(countCalls(world).jwks).toBe(2)
  })

  test('also where it carries no kid', async () => {
    const world = await createWarmWorld()
    world.rotate()
    expect((await world.ask('without-kid')).verdict).toBe('accept')
    expect(countCalls(world).jwks).toBe(2)
  })

  test('also where the key set is slow to come, and waits for it', async () => {
    const world = await createWarmWorld()
    world.rotate()
    world.behave('jwks', { delay: 2.9 })
    const request = world.send('good')
    await world.clock.advance(2.8)
    expect(request.verdict).toBeUndefined()
    await world.clock.advance(0.1)
    expect(request.verdict).toBe('accept')
    expect(countCalls(world).jwks).toBe(2)
  })

  test('also where a key set is on its way that is too old to have it', async () => {
    const world = await createWorld({ latency: 1 })
    const first = world.send('good')
    await world.clock.advance(1.5)
    world.rotate()
    const [old, next] = [first, world.send('good')]
    await world.clock.advance(2)
    expect([old.verdict, next.verdict]).toEqual(['accept', 'accept'])
    expect(countCalls(world)).toEqual({ metadata: 1, jwks: 2 })
  })

  test('also the next one, 30 seconds later, and the next', async () => {
    const world = await createWarmWorld()
    for (let rotation = 1; rotation <= 10; rotation += 1) {
      world.rotate()
      expect((await world.ask('good')).verdict).toBe('accept')
      expect(countCalls(world).jwks).toBe(1 + rotation)
      await world.clock.advance(30)
    }
    expect(verdictsOf(world.history)).toEqual(new Set(['accept']))
  })

  test('also where the process slept, and its copy is long past its lifetime', async () => {
    const world = await createWarmWorld()
    world.rotate()
    world.clock.sleep(36_000)
    expect((await world.ask('good')).verdict).toBe('accept')
    expect(countCalls(world).jwks).toBe(2)
  })
})

describe('C3: a key set that has moved is found', () => {
  test('with the first token of a key that only the new one has', async () => {
    const world = await createWarmWorld()
    world.server.moveKeySet()
    world.rotate()
    expect((await world.ask('good')).verdict).toBe('accept')
    expect(world.calls.at(-1)?.url).toBe(world.server.jwksUri)
  })

  test('with that token also where the old one stays where it was, and is out of date', async () => {
    const [first, second] = KEY_POOL as readonly [PoolKey, PoolKey]
    const clock = createVirtualClock()
    const site = createAnyIssuer()
    const server = createResourceServer({ issuer: ISSUER, audience: AUDIENCE, clock, fetch: site.fetch })
    const ask = async (key: PoolKey) => {
      const verdict = verdictOn(server, signToken({ key, issuedAt: clock.now() }))
      await clock.settle()
      return verdict
    }
    expect(await ask(first)).toBe('accepted')
    await clock.advance(1)
    site.keySets['/moved'] = [second.jwk]
    site.keySetPath = '/moved'
    expect(await ask(second)).toBe('accepted')
    expect(await ask(first)).toBe('ERR_TOKEN_KEY')
  })

  test('with the next planned refresh, without a request', async () => {
    const world = await createWarmWorld()
    world.server.moveKeySet()
    await world.clock.advance(600)
    const calls = countCalls(world)
    expect((await world.ask('good')).verdict).toBe('accept')
    expect(countCalls(world)).toEqual(calls)
    expect(world.calls.filter(({ url }) => url === world.server.jwksUri).length).toBeGreaterThan(0)
  })

  test('and is not looked for anywhere but where the metadata say', async () => {
    const world = await createWarmWorld()
    world.server.moveKeySet()
    world.behave('metadata', { fault: 'wrong-json' })
    world.rotate()
    expect((await world.ask('good')).verdict).toBe('cannot tell')
    expect((await world.ask('forged')).verdict).toBe('cannot tell')
    world.behave('metadata', undefined)
    await world.clock.advance(60)
    expect((await world.ask('good')).verdict).toBe('accept')
  })
})
