import { describe, expect, test } from '@jest/globals'
import type { Behaviour } from '@bearward/testing'
import { callTimes } from './support/counts.js'
import { createWorld, type Exchange, type World, type WorldOptions } from './support/world.js'
import { behaveBoth } from './support-b/outage.js'

/** Requests that wait, each in the world in which it has to. */
const CLASSES: Readonly<Record<string, (world: World) => Promise<() => Exchange>>> = {
  'one of a process that has no keys yet': (world) => Promise.resolve(() => world.send('good')),
  'one whose kid is unknown': async (world) => {
    await world.ask('good')
    await world.clock.advance(1)
    world.rotate()
    return () => world.send('good')
  },
  'one without kid, of a key that is unknown': async (world) => {
    await world.ask('good')
    await world.clock.advance(1)
    world.rotate()
    return () => world.send('without-kid')
  },
  'one of a process that slept past the lifetime of its keys': async (world) => {
    await world.ask('good')
    world.clock.sleep(3_600)
    return () => world.send('good')
  },
  'one of a process that slept past the stale window': async (world) => {
    await world.ask('good')
    world.clock.sleep(100_000)
    return () => world.send('good')
  },
}

async function prepare(
  name: string,
  behaviour: Behaviour,
  options: WorldOptions = {},
): Promise<{ readonly world: World; readonly send: () => Exchange }> {
  const world = await createWorld(options)
  const send = await (CLASSES[name] ?? (() => Promise.reject(new Error(name))))(world)
  world.behave('jwks', behaviour)
  return { world, send }
}

describe.each(Object.keys(CLASSES))('C4: of requests, %s', (name) => {
  test('waits for 3 seconds at most, where everything hangs', async () => {
    const { world, send } = await prepare(name, { fault: 'hang' })
    world.behave('metadata', { fault: 'hang' })
    const requests = [send(), send(), send()]
    await world.clock.advance(2.9)
    for (const { verdict } of requests) expect(verdict).toBeUndefined()
    await world.clock.advance(0.1)
    for (const { verdict } of requests) expect(['accept', 'cannot tell']).toContain(verdict)
  })

  test.each([0.5, 10])('waits for %d seconds at most, where waitLimit says so', async (waitLimit) => {
    const { world, send } = await prepare(
      name,
      { delay: 60 },
      { resourceServer: { waitLimit, fetchLimit: 60 } },
    )
    const request = send()
    await world.clock.advance(waitLimit - 0.1)
    expect(request.verdict).toBeUndefined()
    await world.clock.advance(0.1)
    expect(request.verdict).toBeDefined()
  })

  test('is accepted as soon as the key set comes, within the time', async () => {
    const { world, send } = await prepare(name, { delay: 2.9 })
    const request = send()
    await world.clock.advance(2.8)
    expect(request.verdict).toBeUndefined()
    await world.clock.advance(0.1)
    expect(request.verdict).toBe('accept')
  })

  test('is late for a fetch of 4.9 seconds, which fills the cache for the next one', async () => {
    const { world, send } = await prepare(name, { delay: 4.9 })
    send()
    await world.clock.advance(4.9)
    const calls = world.calls.length
    const request = send()
    await world.clock.settle()
    expect(request).toMatchObject({ verdict: 'accept', answeredAt: world.clock.monotonic() })
    expect(world.calls).toHaveLength(calls)
  })

  test('finds that a fetch of more than 5 seconds has been given up, and the next one is good', async () => {
    const { world, send } = await prepare(name, { delay: 5.1 })
    send()
    await world.clock.advance(5)
    behaveBoth(world, undefined)
    await world.clock.advance(0.2)
    const calls = callTimes(world, 'jwks').length
    await world.clock.advance(10)
    expect(callTimes(world, 'jwks').length).toBeGreaterThan(calls)
    const request = send()
    await world.clock.settle()
    expect(request.verdict).toBe('accept')
  })
})

describe('C4: the waits of one request', () => {
  test('for metadata, and for the key set after them, are 3 seconds in all', async () => {
    const world = await createWorld()
    behaveBoth(world, { delay: 2 })
    const request = world.send('good')
    await world.clock.advance(2.9)
    expect(request.verdict).toBeUndefined()
    await world.clock.advance(0.1)
    expect(request.verdict).toBe('cannot tell')
    await world.clock.advance(1)
    expect((await world.ask('good')).verdict).toBe('accept')
    expect(world.calls).toHaveLength(2)
  })

  test('for keys that expired while it slept, for newer ones, and for where else they may be, as well', async () => {
    const world = await createWorld()
    await world.ask('good')
    world.clock.sleep(3_600)
    world.behave('metadata', { delay: 2 })
    world.behave('jwks', { delay: 1.4 })
    world.send('good')
    await world.clock.advance(3.3)
    const request = world.send('stranger')
    await world.clock.advance(2.9)
    expect(callTimes(world, 'jwks')).toHaveLength(3)
    expect(request.verdict).toBeUndefined()
    await world.clock.advance(0.1)
    expect(request.verdict).toBeDefined()
  })

  test('do not add up over requests: each has its own 3 seconds', async () => {
    const world = await createWorld()
    world.behave('metadata', { fault: 'hang' })
    const requests: Exchange[] = []
    for (let tenth = 0; tenth < 80; tenth += 1) {
      requests.push(world.send('good'))
      await world.clock.advance(0.1)
    }
    await world.clock.advance(3)
    const waits = requests.map(({ sentAt, answeredAt = Infinity }) => answeredAt - sentAt)
    expect(Math.max(...waits)).toBeLessThanOrEqual(3.000001)
  })
})

test('C4: a fetch may take longer, where fetchLimit says so, and fills the cache then', async () => {
  const world = await createWorld({ resourceServer: { fetchLimit: 60 } })
  world.behave('jwks', { delay: 59 })
  const request = world.send('good')
  await world.clock.advance(59)
  expect(request).toMatchObject({ verdict: 'cannot tell', answeredAt: 3 })
  expect(await world.ask('good')).toMatchObject({ verdict: 'accept', answeredAt: 59 })
  expect(callTimes(world, 'jwks')).toEqual([0])
})
