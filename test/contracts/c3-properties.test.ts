import { describe, expect } from '@jest/globals'
import fc from 'fast-check'
import { latestAtHand, lifetimeOf } from './support/key-sets.js'
import { property } from './support/property.js'
import { EVERYTHING, HEALTHY, schedules } from './support/schedule.js'
import { createWorld, runSchedule, type Exchange } from './support/world.js'

/** One rotation: what happens before it, and who comes after it. */
const round = fc.record({
  /** At least 30 seconds lie between two rotations. */
  seconds: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 30, max: 700 }) },
    { weight: 1, arbitrary: fc.integer({ min: 30, max: 3_600 }) },
  ),
  isAsleep: fc.boolean(),
  keepOld: fc.boolean(),
  isMoved: fc.boolean(),
  delay: fc.constantFrom(0, 0, 0.1, 0.9),
  /** How many come at once. */
  count: fc.integer({ min: 1, max: 3 }),
  kind: fc.constantFrom('good' as const, 'good' as const, 'without-kid' as const),
})

describe('C3: a key that was rotated in is accepted with the first token that it signed', () => {
  property(
    'with at most one more call for the key set, and nobody refused, as long as the server answers',
    fc.record({
      seed: fc.nat(),
      steps: fc.constant([]),
      latency: fc.constantFrom(0, 0, 0.4),
      rounds: fc.array(round, { minLength: 2, maxLength: 4, size: 'max' }),
    }),
    async ({ seed, latency, rounds }) => {
      const world = await createWorld({ seed, latency })
      for (const { seconds, isAsleep, keepOld, isMoved, delay, count, kind } of rounds) {
        world.behave('jwks', { delay })
        if (isAsleep) world.clock.sleep(seconds)
        else await world.clock.advance(seconds)
        if (isMoved) world.server.moveKeySet()
        world.rotate({ keepOld })
        const before = world.calls.length
        for (let sent = 0; sent < count; sent += 1) world.send(kind)
        if (keepOld) world.send('older')
        await world.clock.advance(3)
        const good = world.calls
          .slice(before)
          .filter(({ endpoint, status }) => endpoint === 'jwks' && status === 200)
        expect(good.length).toBeLessThanOrEqual(1)
      }
      expect(world.history.filter(({ verdict }) => verdict !== 'accept')).toEqual([])
    },
  )
})

describe('C3: a key that the issuer withdrew is refused', () => {
  property(
    'after at most one lifetime of the key set that it stood in, as long as the server answers, asleep or awake',
    schedules({ ...HEALTHY, sleep: 3 }),
    async (schedule) => {
      const world = await runSchedule(schedule)
      const keySets = world.truth.goodKeySets(world.calls)
      const tooOld = accepted(world.history).filter(({ sentAt, answeredAt = 0, token }) => {
        const kid = token.key?.kid ?? ''
        return !keySets.some(
          (call) => call.kids?.includes(kid) && call.at <= answeredAt && sentAt < call.at + lifetimeOf(call),
        )
      })
      expect(tooOld).toEqual([])
    },
    { runs: 100 },
  )

  property(
    'as soon as a key set without it has come, whatever happens',
    schedules(EVERYTHING),
    async (schedule) => {
      const world = await runSchedule(schedule, { etags: schedule.seed % 2 === 0 })
      const keySets = world.truth.goodKeySets(world.calls)
      const wrong = accepted(world.history).filter(
        ({ sentAt, answeredAt = 0, token }) =>
          !latestAtHand(keySets, sentAt, answeredAt).some(({ kids }) => kids?.includes(token.key?.kid ?? '')),
      )
      expect(wrong).toEqual([])
    },
    { runs: 100 },
  )
})

function accepted(history: readonly Exchange[]): readonly Exchange[] {
  return history.filter(({ verdict }) => verdict === 'accept')
}
