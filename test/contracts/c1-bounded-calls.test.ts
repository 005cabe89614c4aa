import { describe, expect, test } from '@jest/globals'
import { callTimes, countCalls, flood, verdictsOf } from './support/counts.js'
import { createWorld, type World } from './support/world.js'

/** A world that has its keys, and has not looked for any other. */
async function createWarmWorld(): Promise<World> {
  const world = await createWorld()
  await world.ask('good')
  await world.clock.advance(1)
  return world
}

describe('C1: calls to an authorization server are bounded by time and issuers, whatever the traffic', () => {
  test('a start makes no call; the first token makes one for the metadata and one for the key set', async () => {
    const world = await createWorld()
    await world.clock.advance(3_600)
    expect(world.calls).toEqual([])
    expect((await world.ask('good')).verdict).toBe('accept')
    expect(countCalls(world)).toEqual({ metadata: 1, jwks: 1 })
  })

  test('a cold start with 10,000 requests at once makes one call for the metadata and one for the key set', async () => {
    const world = await createWorld()
    const requests = Array.from({ length: 1_000 }, () => world.send('good'))
    await flood(world, 9_000, () => world.send('old-stranger'))
    expect(verdictsOf(requests)).toEqual(new Set(['accept']))
    expect(countCalls(world)).toEqual({ metadata: 1, jwks: 1 })
  })

  test('one fetch answers all who wait, also where it fails', async () => {
    const world = await createWorld()
    world.behave('jwks', { fault: 'error-page', delay: 1 })
    const requests = Array.from({ length: 1_000 }, () => world.send('good'))
    await world.clock.advance(1)
    expect(verdictsOf(requests)).toEqual(new Set(['cannot tell']))
    expect(countCalls(world).jwks).toBe(1)
    world.behave('jwks', { delay: 1 })
    await world.clock.advance(6)
    expect(countCalls(world).jwks).toBe(2)
    expect((await world.ask('good')).verdict).toBe('accept')
    expect(countCalls(world).jwks).toBe(2)
  })

  test.each(['metadata', 'jwks'] as const)(
    'and while %s cannot be had, it is asked for every 4 seconds at most',
    async (endpoint) => {
      const world = await createWorld()
      world.behave(endpoint, { fault: 'refuse' })
      for (let sent = 0; sent < 600; sent += 1) {
        world.send('good')
        await world.clock.advance(0.1)
      }
      expect(verdictsOf(world.history)).toEqual(new Set(['cannot tell']))
      const times = callTimes(world, endpoint)
      const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0))
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(4)
      expect(times.length).toBeLessThanOrEqual(3 + 60 / 8)
      expect(times.length).toBeGreaterThanOrEqual(3)
    },
  )

  test('tokens with random kids make one look for all of them at once, and refuse them', async () => {
    const world = await createWarmWorld()
    const requests = await flood(world, 10_000, () => world.send('old-stranger'))
    expect(verdictsOf(requests)).toEqual(new Set(['refuse']))
    expect(countCalls(world).jwks).toBe(2)
    expect((await world.ask('good')).verdict).toBe('accept')
  })

  test('tokens of unknown issuers make no call', async () => {
    const world = await createWorld()
    let number = 0
    const requests = await flood(world, 1_000, () => {
      number += 1
      return world.send(world.mint('other-issuer', { issuer: `https://${String(number)}.example.com` }))
    })
    expect(verdictsOf(requests)).toEqual(new Set(['refuse']))
    expect(world.calls).toEqual([])
    expect((await world.ask('good')).verdict).toBe('accept')
  })

  test('opaque garbage makes no call', async () => {
    const world = await createWorld()
    const requests = await flood(world, 1_000, () => world.send('garbage'))
    expect(verdictsOf(requests)).toEqual(new Set(['refuse']))
    expect(world.calls).toEqual([])
    expect((await world.ask('good')).verdict).toBe('accept')
  })

  test('forged and expired tokens that are no newer than the keys make no call', async () => {
    const world = await createWarmWorld()
    const issuedAt = world.clock.now() - 2
    const requests = [
      ...(await flood(world, 100, () => world.send(world.mint('forged', { issuedAt })))),
      ...(await flood(world, 100, () => world.send('expired'))),
    ]
    expect(verdictsOf(requests)).toEqual(new Set(['refuse']))
    expect(countCalls(world)).toEqual({ metadata: 1, jwks: 1 })
    expect((await world.ask('good')).verdict).toBe('accept')
  })
})
