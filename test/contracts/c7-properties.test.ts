import { createVirtualClock } from '@bearward/testing'
import { describe, expect } from '@jest/globals'
import fc from 'fast-check'
import { createSearchBudget } from '../../packages/core/src/keys/search-budget.js'
import type { AuthorizationServerConfig } from '../../packages/core/src/config/authorization-server.js'
import { createLookUp } from '../../packages/core/src/tenants.js'
import { countTimers } from './support/clock.js'
import { mostWithin } from './support/counts.js'
import { property } from './support/property.js'
import { EVERYTHING, schedules } from './support/schedule.js'
import { createWorld } from './support/world.js'

/** Timers of one issuer: the next refresh, and the limit of the fetch under way, of metadata and key set. */
const OF_ISSUER = 4

describe('C7: timers are bounded by issuers and by the requests that wait', () => {
  property(
    'after every step of every schedule, and none is left at the end',
    schedules(EVERYTHING),
    async (schedule) => {
      const world = await createWorld({ seed: schedule.seed })
      let most = 0
      for (const step of schedule.steps) {
        await world.run(step)
        const waiting = world.history.filter(({ verdict }) => verdict === undefined).length
        most = Math.max(most, world.timers() - waiting)
      }
      expect(most).toBeLessThanOrEqual(OF_ISSUER)
      await world.finish()
      expect(world.timers()).toBe(0)
      expect(world.history.filter(({ verdict }) => verdict === undefined)).toEqual([])
      expect(world.resourceServer.health().authorizationServers).toHaveLength(1)
    },
  )
})

const unknownKeys = fc.record({
  kid: fc.oneof(
    fc.string(),
    fc.constantFrom('a', 'b', undefined),
    fc.nat(300).map((length) => 'x'.repeat(length)),
  ),
  isNewer: fc.boolean(),
  hasKeys: fc.boolean(),
  isMissed: fc.boolean(),
  seconds: fc.constantFrom(0, 0, 0, 0.5, 1, 5, 29.9, 30),
})

describe('C7: the memory of unknown keys', () => {
  property(
    'never lets pass more than two searches in 30 seconds, however full it is',
    fc.record({
      seed: fc.nat(),
      steps: fc.constant([]),
      keys: fc.array(unknownKeys, { minLength: 5, maxLength: 100 }),
    }),
    async ({ keys }) => {
      let now = 0
      const budget = createSearchBudget({ ...createVirtualClock(), monotonic: () => now })
      const searches: number[] = []
      for (const { seconds, isMissed, kid, isNewer, hasKeys } of keys) {
        now += seconds
        const decision = budget.decide(kid, isNewer, hasKeys)
        if (decision === 'search') searches.push(now)
        if (decision === 'search' && isMissed) budget.miss(kid)
        if (typeof decision === 'number') expect(decision).toBeGreaterThan(0)
      }
      expect(mostWithin(searches, 30)).toBeLessThanOrEqual(2)
      await Promise.resolve()
    },
  )
})

/** A lot of requests, each with its issuer, of which some are accepted. */
const crowds = fc.record({
  first: fc.nat(3_000),
  count: fc.constantFrom(1, 10, 300),
  answer: fc.constantFrom('accept', 'accept', 'accept', 'refuse', 'throw', 'hang'),
  seconds: fc.constantFrom(0, 6, 700),
})

describe('C7: issuers that are looked up', () => {
  property(
    'are at most 1,000, each stopped once it is used no more, and leave no timer',
    fc.record({
      seed: fc.nat(),
      steps: fc.constant([]),
      crowds: fc.array(crowds, { minLength: 3, maxLength: 8, size: 'max' }),
    }),
    async ({ crowds }) => {
      const clock = createVirtualClock()
      const timers = countTimers(clock)
      const live = new Set<object>()
      let answer = 'accept'
      const lookUp = createLookUp<{ readonly issuer: string }>(
        async (issuer) => {
          if (answer === 'throw') throw new Error('down')
          if (answer === 'hang') return new Promise(() => {})
          return answer === 'accept' ? ({ issuer } as AuthorizationServerConfig) : undefined
        },
        timers.clock,
        {
          start({ issuer }, earlier) {
            const server = earlier ?? { issuer }
            live.add(server)
            return server
          },
          stop(server) {
            expect(live.delete(server)).toBe(true)
          },
          plan: () => undefined,
        },
      )
      for (const { first, count, seconds, ...crowd } of crowds) {
        answer = crowd.answer
        const requests = answer === 'hang' ? Math.min(count, 10) : count // each has a timer
        for (let index = 0; index < requests; index += 1)
          lookUp.find(String(first + index)).catch(() => undefined)
        await clock.advance(seconds)
        expect(lookUp.list().length).toBeLessThanOrEqual(1_000)
        expect(live.size).toBe(lookUp.list().length)
      }
      await clock.advance(6)
      expect(timers.waiting()).toBe(0)
    },
    { runs: 100 },
  )
})
