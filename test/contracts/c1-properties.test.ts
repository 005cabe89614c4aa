import { describe, expect } from '@jest/globals'
import fc from 'fast-check'
import { callTimes, countCalls, mostWithin } from './support/counts.js'
import { property } from './support/property.js'
import { EVERYTHING, schedules, type Mix } from './support/schedule.js'
import { createWorld, runSchedule, type Exchange, type World } from './support/world.js'

/** Any traffic, any rotation; no faults, no moves, and never long enough for a planned refresh. */
const TRAFFIC: Mix = {
  'advance-briefly': 10,
  slow: 1,
  rotate: 1,
  withdraw: 1,
  request: 10,
  burst: 4,
  abandon: 1,
}

/** Fetches of a document in 30 seconds that come of time alone: after 4, 8, 10 and 10 seconds at the earliest. */
const BY_TIME = 4
/** Fetches in 30 seconds on account of unknown keys. */
const BY_SEARCH = 2
/** Requests that one fetch may take: a key set may have moved, metadata may be at either of two places. */
const REQUESTS = 2

describe('C1: calls to an authorization server are bounded', () => {
  property(
    'with a healthy server, whatever the traffic: two looks for unknown keys in 30 seconds, after the first call',
    schedules(TRAFFIC),
    async (schedule) => {
      const world = await runSchedule(schedule, { resourceServer: { refreshInterval: 86_400 } })
      expect(mostWithin(callTimes(world, 'jwks').slice(1), 30)).toBeLessThanOrEqual(BY_SEARCH)
      expect(mostWithin(callTimes(world, 'metadata').slice(1), 30)).toBeLessThanOrEqual(BY_SEARCH)
    },
    { runs: 100 },
  )

  property(
    'with any server, whatever the traffic, by time and by how often the key set moves',
    schedules(EVERYTHING),
    async (schedule) => {
      const world = await runSchedule(schedule)
      const moves = schedule.steps.filter((step) => step.do === 'move').length
      const keySets = BY_TIME + BY_SEARCH + moves + 1
      const metadata = BY_TIME + BY_SEARCH + keySets
      expect(mostWithin(callTimes(world, 'jwks'), 30)).toBeLessThanOrEqual(REQUESTS * keySets)
      expect(mostWithin(callTimes(world, 'metadata'), 30)).toBeLessThanOrEqual(REQUESTS * metadata)
    },
  )

  property(
    'requests that need no look make no call at all',
    fc.record({
      seed: fc.nat(),
      steps: fc.constant([]),
      kinds: fc.array(fc.constantFrom('good', 'garbage', 'other-issuer', 'expired', 'without-kid'), {
        minLength: 5,
        maxLength: 12,
      }),
    }),
    async ({ seed, kinds }) => {
      const world = await createWorld({ seed })
      await world.ask('good')
      for (const kind of kinds) {
        world.send(kind)
        await world.clock.advance(1)
      }
      expect(countCalls(world)).toEqual({ metadata: 1, jwks: 1 })
    },
    { runs: 100 },
  )
})

const floods = fc.record({
  seed: fc.nat(),
  steps: fc.constant([]),
  kind: fc.constantFrom('stranger' as const, 'old-stranger' as const),
  /** Requests a second. */
  rate: fc.constantFrom(1, 2, 3, 6),
  secondsBefore: fc.integer({ min: 0, max: 10 }),
  keepOld: fc.boolean(),
  /** From the rotation to the first request that carries the new key: a token says no more than the second. */
  secondsAfter: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 32 })),
  delay: fc.constantFrom(0, 0, 0.3, 0.9),
})

describe('C1: a flood cannot use up the slot that a real rotation needs', () => {
  property(
    'a rotated key is accepted at the latest with the second request, a second later, and nobody good is refused',
    floods,
    async ({ seed, kind, rate, secondsBefore, keepOld, secondsAfter, delay }) => {
      const world = await createWorld({ seed })
      await world.ask('good')
      world.behave('jwks', { delay })
      const keepFlooding = async (seconds: number) => {
        for (let second = 0; second < seconds; second += 1) {
          for (let request = 0; request < rate; request += 1) world.send(kind)
          await world.clock.advance(1)
        }
      }
      await keepFlooding(secondsBefore)
      world.rotate({ keepOld })
      await keepFlooding(secondsAfter)
      const first = await answerOf(world, world.send('good'))
      expect(first.verdict).not.toBe('refuse')
      if (first.verdict === 'accept') return
      expect(first.retryAfter).toBe(1)
      await keepFlooding(1)
      expect((await answerOf(world, world.send('good'))).verdict).toBe('accept')
    },
    { runs: 100 },
  )
})

async function answerOf(world: World, exchange: Exchange): Promise<Exchange> {
  await world.clock.advance(3)
  return exchange
}
