import type { Refresh, Seconds } from '@bearward/core'
import { afterAll, describe, expect } from '@jest/globals'
import fc from 'fast-check'
import { lifetimeOf } from './support/key-sets.js'
import { property } from './support/property.js'
import { createWorld, type Exchange, type World } from './support/world.js'
import { behaveBoth, healthOf } from './support-b/outage.js'
import { faults, steps } from './support-b/schedules.js'

/** How long one request may wait. */
const WAIT_LIMIT: Seconds = 3
/** A pause, the rest of a fetch and of the pause of the metadata: after these, a server that is well is asked. */
const SOON: Seconds = 30
/** The longest `Retry-After` that is heeded. */
const LONGEST_RETRY: Seconds = 300

const served = { before: 0, after: 0 }

const outages = fc.record({
  seed: fc.nat(),
  staleWindow: fc.constantFrom(0, 60, 300),
  cacheControl: fc.constantFrom('no-store', 'max-age=60', 'max-age=100', 'max-age=200'),
  /** How long the authorization server is well before it dies. */
  healthyFor: fc.integer({ min: 0, max: 100 }),
  deaths: fc.tuple(faults, faults),
  steps: steps({ 'advance-a-minute': 6, worse: 3, genuine: 6, request: 3, 'genuine-burst': 1 }),
})

type Outage = typeof outages extends fc.Arbitrary<infer T> ? T : never

/** A world that dies after a while, and the instant at which its keys may be used no more. */
async function die(outage: Outage, events: [Seconds, Refresh][]): Promise<{ world: World; end: Seconds }> {
  const { seed, staleWindow, cacheControl, healthyFor, deaths } = outage
  const onRefresh = (refresh: Refresh) => void events.push([world.clock.monotonic(), refresh])
  const world = await createWorld({ seed, resourceServer: { staleWindow, onRefresh } })
  world.rotate({ keepOld: true })
  world.behave('jwks', { headers: { 'cache-control': cacheControl } })
  expect((await world.ask('good')).verdict).toBe('accept')
  await world.clock.advance(healthyFor)
  world.behave('metadata', deaths[0])
  world.behave('jwks', deaths[1])
  events.length = 0
  const keySet = world.truth.goodKeySets(world.calls).at(-1)
  if (keySet === undefined) throw new Error('No key set came')
  return { world, end: keySet.at + lifetimeOf(keySet) + staleWindow }
}

/** Whether a request was answered as the contract says. */
function isRight(
  { token, sentAt, answeredAt = Infinity, verdict, retryAfter = 0 }: Exchange,
  end: Seconds,
): boolean {
  if (token.isGenuine && sentAt < end) return verdict === 'accept' && answeredAt === sentAt
  if (verdict === 'accept' || answeredAt > sentAt + WAIT_LIMIT) return false
  if (sentAt < end || token.kind === 'garbage' || token.kind === 'other-issuer') return true
  return verdict === 'cannot tell' && retryAfter >= 1
}

function isNear(one: Seconds, other: Seconds): boolean {
  return Math.abs(one - other) < 0.001
}

/** A client that heeds the `Retry-After` of each answer: how long it takes. */
async function retry(world: World): Promise<Seconds> {
  const begin = world.clock.monotonic()
  while (world.clock.monotonic() - begin < 1_000) {
    const exchange = world.send('good')
    await world.clock.settle()
    if (exchange.verdict === undefined) await world.clock.advance(WAIT_LIMIT)
    if (exchange.verdict === 'accept') return world.clock.monotonic() - begin
    await world.clock.advance(exchange.retryAfter ?? 0)
  }
  return Infinity
}

function asksForTime({ deaths, steps }: Outage): boolean {
  return /unavailable|too-many-requests/.test(JSON.stringify([deaths, steps]))
}

describe('C2: while the authorization server is dead', () => {
  property(
    'no good request fails or waits up to the end of the window, all get 503 after it, and all is well soon after the outage',
    outages,
    async (outage) => {
      const events: [Seconds, Refresh][] = []
      const { world, end } = await die(outage, events)
      const left = () => Math.max(0, end - world.clock.monotonic())
      const gauges: [number, number][] = []
      for (const step of outage.steps) {
        await world.run(step)
        gauges.push([healthOf(world).timeLeft ?? NaN, left()])
      }
      await world.clock.advance(Math.max(0, left() - 0.5))
      await world.ask('good')
      await world.clock.advance(1)
      world.send('good')
      await world.clock.advance(WAIT_LIMIT)
      const [, ...history] = world.history
      expect(history.filter((exchange) => !isRight(exchange, end))).toEqual([])
      served.before += history.filter(({ verdict }) => verdict === 'accept').length
      for (const [at, { document, timeLeft }] of events) {
        if (document === 'key set') gauges.push([timeLeft, Math.max(0, end - at)])
      }
      expect(gauges.filter(([said, real]) => !isNear(said, real))).toEqual([])
      expect(events.filter(([, { error }]) => error === undefined)).toEqual([])
      behaveBoth(world, undefined)
      expect(await retry(world)).toBeLessThanOrEqual(asksForTime(outage) ? SOON + LONGEST_RETRY : SOON)
      served.after += 1
      world.resourceServer.close()
    },
  )

  property(
    'no good request is refused, from a cold start or later, whatever is wrong, asleep or awake',
    fc.record({
      seed: fc.nat(),
      steps: steps({
        'advance-briefly': 6,
        sleep: 1,
        fault: 4,
        heal: 2,
        move: 1,
        genuine: 6,
        'genuine-burst': 1,
      }),
    }),
    async ({ seed, steps }) => {
      const world = await createWorld({ seed, etags: seed % 2 === 0 })
      world.rotate({ keepOld: true })
      for (const step of steps) {
        // Nobody waits then: a token may expire while the process sleeps.
        if (step.do === 'sleep') await world.clock.advance(WAIT_LIMIT)
        await world.run(step)
      }
      await world.finish()
      const wrong = world.history.filter(({ verdict }) => verdict !== 'accept' && verdict !== 'cannot tell')
      expect(wrong).toEqual([])
      served.before += world.history.filter(({ verdict }) => verdict === 'accept').length
    },
    { runs: 100 },
  )

  afterAll(() => {
    expect(served.before).toBeGreaterThan(2_000)
    expect(served.after).toBeGreaterThanOrEqual(1_000)
  })
})
