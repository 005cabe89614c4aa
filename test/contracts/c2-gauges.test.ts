import { describe, expect, test } from '@jest/globals'
import type { Refresh, Seconds } from '@bearward/core'
import { behaveBoth, createOutage, DAY, healthOf, LIFETIME } from './support-b/outage.js'

function lastOfKeySet(events: readonly Refresh[]): Refresh | undefined {
  return events.filter(({ document }) => document === 'key set').at(-1)
}

/** From the fetch of the keys to the end of the stale window, by default. */
const USABLE: Seconds = LIFETIME + DAY

describe('C2: events count the window down', () => {
  test('each failed fetch says how long the keys may still be used, to the second', async () => {
    const events: (Refresh & { readonly left: Seconds })[] = []
    const { world } = await createOutage({
      resourceServer: {
        onRefresh: (refresh) => void events.push({ ...refresh, left: USABLE - world.clock.monotonic() }),
      },
    })
    await world.clock.advance(3_600)
    const failures = events.filter(({ document, error }) => document === 'key set' && error !== undefined)
    expect(failures.length).toBeGreaterThan(40)
    expect(failures.map(({ timeLeft }) => timeLeft)).toEqual(
      failures.map(({ left }) => expect.closeTo(left, 6)),
    )
    expect(failures[0]).toMatchObject({
      issuer: world.server.issuer,
      error: { code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE', status: 503 },
    })
  })

  test('after the window they say 0', async () => {
    const events: Refresh[] = []
    const { world } = await createOutage({
      resourceServer: { staleWindow: 60, onRefresh: (refresh) => void events.push(refresh) },
    })
    await world.clock.advance(LIFETIME + 200)
    expect(lastOfKeySet(events)).toMatchObject({ timeLeft: 0 })
  })

  test('a fetch that is good again says so, without an error, and the whole time is left', async () => {
    const events: Refresh[] = []
    const { world } = await createOutage({
      resourceServer: { onRefresh: (refresh) => void events.push(refresh) },
    })
    await world.clock.advance(3_600)
    behaveBoth(world, undefined)
    await world.clock.advance(60)
    expect(lastOfKeySet(events)).toMatchObject({
      error: undefined,
      timeLeft: USABLE,
    })
  })

  test('what the function throws, or rejects with, changes nothing', async () => {
    let told = 0
    const { world, token } = await createOutage({
      resourceServer: {
        onRefresh: () => {
          told += 1
          if (told % 2 === 0) throw new Error('in onRefresh')
          return Promise.reject(new Error('in onRefresh, later')) as unknown as undefined
        },
      },
    })
    await world.clock.advance(3_600)
    expect((await world.ask(token)).verdict).toBe('accept')
    expect(told).toBeGreaterThan(40)
  })
})

describe('C2: gauges count the window down', () => {
  test('from fresh to stale to unavailable', async () => {
    const { world } = await createOutage()
    const begin = world.clock.now()
    await world.clock.advance(LIFETIME - 1)
    expect(healthOf(world)).toMatchObject({ status: 'fresh', keys: ['key-1'], age: 599, timeLeft: DAY + 1 })
    expect(healthOf(world).staleSince).toBeUndefined()
    await world.clock.advance(1)
    expect(healthOf(world)).toMatchObject({ status: 'stale', timeLeft: DAY, staleSince: begin + LIFETIME })
    await world.clock.advance(DAY - 1)
    expect(healthOf(world)).toMatchObject({ status: 'stale', timeLeft: 1, staleSince: begin + LIFETIME })
    await world.clock.advance(1)
    expect(healthOf(world)).toMatchObject({ status: 'unavailable', timeLeft: 0 })
  })

  test('ready as long as there are keys that may be used, and again when there are', async () => {
    const { world } = await createOutage({ resourceServer: { staleWindow: 60 } })
    const isReady = () => world.resourceServer.health().ready
    await world.clock.advance(LIFETIME + 59)
    expect(isReady()).toBe(true)
    await world.clock.advance(1)
    expect(isReady()).toBe(false)
    behaveBoth(world, undefined)
    await world.clock.advance(60)
    expect(isReady()).toBe(true)
    expect(healthOf(world)).toMatchObject({ status: 'fresh', keys: ['key-1'] })
  })

  test('with the last error, when it was, and when the next fetch is; all gone when one is good', async () => {
    const { world } = await createOutage({ behaviour: { fault: 'error-page' } })
    expect(healthOf(world).lastError).toBeUndefined()
    await world.clock.advance(LIFETIME)
    const { lastError, nextRefresh } = healthOf(world)
    expect(lastError?.code).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
    expect(world.clock.now() - (lastError?.at ?? 0)).toBeLessThanOrEqual(60)
    expect(nextRefresh).toBeGreaterThan(0)
    expect(nextRefresh).toBeLessThanOrEqual(60)
    behaveBoth(world, undefined)
    await world.clock.advance(120)
    expect(healthOf(world).lastError).toBeUndefined()
  })

  test('and reading them makes no request', async () => {
    const { world } = await createOutage({ resourceServer: { staleWindow: 0 } })
    await world.clock.advance(LIFETIME)
    const calls = world.calls.length
    for (let read = 0; read < 100; read += 1) healthOf(world)
    await world.clock.settle()
    expect(world.calls).toHaveLength(calls)
  })
})
