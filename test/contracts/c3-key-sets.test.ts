import type { Behaviour } from '@bearward/testing'
import { describe, expect, test } from '@jest/globals'
import { callTimes } from './support/counts.js'
import { KEY_POOL } from './support/tokens.js'
import { createWorld, type World } from './support/world.js'

/** Waits until the key set has been asked for again, and the answer has come, or has not. */
async function refresh(world: World): Promise<void> {
  await world.clock.advance(490)
}

const withoutKid = KEY_POOL[40]?.jwk

describe('what a key set must survive before it replaces the one in hand', () => {
  const BAD: readonly (readonly [string, Behaviour])[] = [
    ['an error page', { fault: 'error-page' }],
    ['a status of 500', { fault: 'server-error' }],
    ['a status of 429', { fault: 'too-many-requests' }],
    ['a status of 503', { fault: 'unavailable' }],
    ['a redirect', { fault: 'redirect' }],
    ['a 304 that nobody asked for', { fault: 'not-modified' }],
    ['JSON of another shape', { fault: 'wrong-json' }],
    ['another media type', { fault: 'wrong-type' }],
    ['an empty key set', { fault: 'empty-key-set' }],
    ['a body that is cut off', { fault: 'truncate' }],
    ['a body larger than 64 KiB', { fault: 'huge-body' }],
    ['a body that takes too long', { fault: 'slow-body' }],
    ['no answer', { fault: 'hang' }],
    ['a refused connection', { fault: 'refuse' }],
    ['a reset connection', { fault: 'reset' }],
  ]

  test.each(BAD)(
    '%s leaves the last good set in place, and counts as a failed fetch',
    async (_, behaviour) => {
      const world = await createWorld()
      await world.ask('good')
      world.behave('jwks', behaviour)
      await refresh(world)
      expect((await world.ask('good')).verdict).toBe('accept')
      const [health] = world.resourceServer.health().authorizationServers
      expect(health?.lastError).toBeDefined()
      expect(health?.keys).toEqual(['key-1'])
      world.behave('jwks', undefined)
      world.rotate()
      await world.clock.advance(360)
      expect(world.resourceServer.health().authorizationServers[0]).toMatchObject({ keys: ['key-2'] })
      expect(world.resourceServer.health().authorizationServers[0]?.lastError).toBeUndefined()
    },
  )

  test.each([
    ['no keys', []],
    ['symmetric keys alone', [{ kty: 'oct', k: 'c2VjcmV0', kid: 'key-1' }]],
    ['encryption keys alone', [{ ...withoutKid, use: 'enc' }]],
    ['things that are no keys', [null, 1, 'key', [], {}]],
  ])('a key set with %s leaves the last good set in place', async (_, keys) => {
    const world = await createWorld()
    await world.ask('good')
    world.server.publish(keys)
    await refresh(world)
    expect((await world.ask('good')).verdict).toBe('accept')
    expect(world.resourceServer.health().authorizationServers[0]?.lastError?.code).toBe('ERR_KEY_SET_INVALID')
  })

  test('keys that cannot be used are left out one by one', async () => {
    const world = await createWorld()
    const newest = world.truth.published().map(({ jwk }) => jwk)
    world.server.publish([
      null,
      { kty: 'oct', k: 'c2VjcmV0', kid: 'symmetric' },
      ...newest,
      { kty: 'unknown' },
    ])
    expect((await world.ask('good')).verdict).toBe('accept')
    expect(world.resourceServer.health().authorizationServers[0]?.keys).toEqual(['key-1'])
  })

  test('a 304 to a question for what is new confirms it: it begins a new lifetime, until there is something new', async () => {
    const world = await createWorld({ etags: true })
    await world.ask('good')
    await refresh(world)
    expect(world.calls.map(({ status }) => status)).toEqual([200, 200, 304, 304])
    const [health] = world.resourceServer.health().authorizationServers
    expect(health).toMatchObject({ status: 'fresh', keys: ['key-1'] })
    expect(health?.age).toBeLessThan(100)
    world.rotate()
    await refresh(world)
    expect(world.resourceServer.health().authorizationServers[0]?.keys).toEqual(['key-2'])
  })

  test('a good one replaces it as a whole: nothing of the old one is left', async () => {
    const world = await createWorld()
    await world.ask('good')
    world.rotate()
    await refresh(world)
    expect(world.resourceServer.health().authorizationServers[0]?.keys).toEqual(['key-2'])
  })
})

describe('after failures', () => {
  test('the key set is asked for after 5, 10, 20, 40, and then every 60 seconds, each less up to a fifth', async () => {
    const world = await createWorld()
    await world.ask('good')
    world.behave('jwks', { fault: 'refuse' })
    await world.clock.advance(1_200)
    const [, ...failed] = callTimes(world, 'jwks')
    const pauses = failed.slice(1).map((at, index) => at - (failed[index] ?? 0))
    const longest = [5, 10, 20, 40, 60, 60]
    for (const [index, limit] of longest.entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(limit * 0.8)
      expect(pauses[index]).toBeLessThanOrEqual(limit)
    }
    expect(new Set(pauses.slice(4)).size).toBeGreaterThan(1)
  })

  test('a Retry-After that is longer is kept, and one of more than 300 seconds is not', async () => {
    const world = await createWorld()
    await world.ask('good')
    const ask = async (retryAfter: string) => {
      const before = world.calls.length
      world.behave('jwks', { fault: 'unavailable', headers: { 'retry-after': retryAfter } })
      while (world.calls.length === before) await world.clock.advance(1)
      const [failed] = callTimes(world, 'jwks').slice(-1)
      const after = world.calls.length
      while (callTimes(world, 'jwks').at(-1) === failed || world.calls.length === after)
        await world.clock.advance(1)
      return (callTimes(world, 'jwks').at(-1) ?? 0) - (failed ?? 0)
    }
    expect(await ask('120')).toBeGreaterThanOrEqual(96)
    expect(await ask('3600')).toBeLessThanOrEqual(300)
  })
})

test('an older, slower fetch never overwrites a newer one: there is one at a time, and all join it', async () => {
  const world = await createWorld()
  await world.ask('good')
  world.behave('jwks', { fault: 'slow-body', deaf: true })
  world.send('stranger')
  await world.clock.advance(5)
  world.behave('jwks', undefined)
  world.rotate()
  await world.clock.advance(10)
  expect((await world.ask('good')).verdict).toBe('accept')
  await world.clock.advance(120)
  expect(world.resourceServer.health().authorizationServers[0]?.keys).toEqual(['key-2'])
})
