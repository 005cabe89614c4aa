import { describe, expect, test } from '@jest/globals'
import type { Behaviour } from '@bearward/testing'
import type { Seconds } from '@bearward/core'
import type { Minted } from './support/mint.js'
import type { World } from './support/world.js'
import { behaveBoth, createOutage, healthOf, LIFETIME, type OutageOptions } from './support-b/outage.js'

/** A world whose stale window has ended; some more time into the outage. */
async function createLongOutage(
  behaviour: Behaviour,
  after: Seconds,
  options: OutageOptions = {},
): Promise<{ readonly world: World; readonly token: Minted }> {
  const outage = await createOutage({ ...options, behaviour, resourceServer: { staleWindow: 0 } })
  await outage.world.clock.advance(LIFETIME + after)
  return outage
}

/** Asks each second until it is accepted: in how many seconds. */
async function secondsToAcceptance(world: World, token: Minted): Promise<Seconds> {
  const begin = world.clock.monotonic()
  const waited = () => world.clock.monotonic() - begin
  while ((await world.ask(token)).verdict !== 'accept' && waited() < 1_000) await world.clock.advance(1)
  return waited()
}

describe('C2: when the authorization server is back', () => {
  test.each([0, 7, 61, 500, 3_600])(
    'requests are accepted within 10 seconds, however long after the window: %i seconds',
    async (after) => {
      const { world, token } = await createLongOutage({ fault: 'refuse' }, after)
      expect((await world.ask(token)).verdict).toBe('cannot tell')
      behaveBoth(world, undefined)
      expect(await secondsToAcceptance(world, token)).toBeLessThanOrEqual(10)
    },
  )

  test('within 10 seconds of the time-out, where a fetch is still hanging', async () => {
    const { world, token } = await createLongOutage({ fault: 'hang' }, 100)
    while (world.calls.at(-1)?.at !== world.clock.monotonic()) {
      await world.ask(token)
      if (world.calls.at(-1)?.at !== world.clock.monotonic()) await world.clock.advance(1)
    }
    behaveBoth(world, undefined)
    expect(await secondsToAcceptance(world, token)).toBeLessThanOrEqual(15)
  })

  test.each([
    ['60', 60],
    ['86400', 300],
  ])(
    'not before its Retry-After of %s is over, and with the first request after that, %i seconds at most',
    async (value, most) => {
      const behaviour = { fault: 'too-many-requests', headers: { 'retry-after': value } } as const
      const { world, token } = await createLongOutage(behaviour, 0)
      await world.clock.advance((await world.ask(token)).retryAfter ?? 0)
      const { retryAfter = 0 } = await world.ask(token)
      expect(retryAfter).toBeGreaterThan(10)
      expect(retryAfter).toBeLessThanOrEqual(most)
      behaveBoth(world, undefined)
      const calls = world.calls.length
      await world.clock.advance(retryAfter * 0.75)
      expect((await world.ask(token)).verdict).toBe('cannot tell')
      expect(world.calls).toHaveLength(calls)
      await world.clock.advance(retryAfter * 0.25)
      expect((await world.ask(token)).verdict).toBe('accept')
    },
  )

  test('a client that heeds the Retry-After of its 503 is accepted with the next request', async () => {
    const { world, token } = await createLongOutage({ fault: 'server-error' }, 1_000)
    const { retryAfter = 0 } = await world.ask(token)
    behaveBoth(world, undefined)
    await world.clock.advance(retryAfter)
    expect((await world.ask(token)).verdict).toBe('accept')
  })

  test('without any request, the keys are there again after 60 seconds', async () => {
    const { world, token } = await createLongOutage({ fault: 'refuse' }, 3_600)
    behaveBoth(world, undefined)
    await world.clock.advance(60)
    const calls = world.calls.length
    expect((await world.ask(token)).verdict).toBe('accept')
    expect(world.calls).toHaveLength(calls)
    expect(healthOf(world).status).toBe('fresh')
  })

  test('a key that it made meanwhile is accepted, and the one that it withdrew refused', async () => {
    const { world, token } = await createOutage({ after: 1 })
    await world.clock.advance(7_200)
    world.rotate()
    expect((await world.ask('good')).verdict).toBe('cannot tell')
    expect((await world.ask(token)).verdict).toBe('accept')
    behaveBoth(world, undefined)
    await world.clock.advance(60)
    expect((await world.ask('good')).verdict).toBe('accept')
    expect((await world.ask(token)).verdict).toBe('refuse')
  })

  test('a cold start in an outage is over in the same way', async () => {
    const { world, token } = await createLongOutage({ fault: 'hang' }, 0)
    const first = world.send(token)
    await world.clock.advance(3)
    expect(first).toMatchObject({ verdict: 'cannot tell', retryAfter: 2 })
    await world.clock.advance(2.5)
    behaveBoth(world, undefined)
    expect(await secondsToAcceptance(world, token)).toBeLessThanOrEqual(10)
  })
})
