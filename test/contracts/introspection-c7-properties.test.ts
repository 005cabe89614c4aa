import { createVirtualClock } from '@bearward/testing'
import type { Seconds } from '@bearward/core'
import { describe, expect } from '@jest/globals'
import fc from 'fast-check'
import { createVerdicts } from '../../packages/core/src/token/introspection-verdicts.js'
import type { VerifiedClaims } from '../../packages/core/src/token/verified.js'
import { property } from './support/property.js'
import { EVERYTHING, runs } from './support-introspection/events.js'
import { finish, runEvent } from './support-introspection/play.js'
import { createWorld, type World } from './support-introspection/world.js'

/** After which no question of before is under way, nor waits for another. */
const SETTLED: Seconds = 15

/** Callers that wait, questions that may be under way or wait for their turn, and the next look for the metadata. */
function mostTimers({ clock, history }: World): number {
  const waiting = history.filter(({ verdict }) => verdict === undefined).length
  const recent = history.filter(({ sentAt }) => sentAt > clock.monotonic() - SETTLED)
  return waiting + recent.length + 2
}

describe('C7: timers are bounded by the requests of the last seconds', () => {
  property(
    'after every event, and none is left at the end',
    runs({ ...EVERYTHING, burst: 6, sleep: 0 }), // who slept has timers that are overdue
    async ({ seed, options, events }) => {
      const world = await createWorld(options, seed)
      for (const event of events) {
        await runEvent(world, event)
        expect(world.timers()).toBeLessThanOrEqual(mostTimers(world))
      }
      await finish(world)
      expect(world.timers()).toBe(0)
      expect(world.history.filter(({ verdict }) => verdict === undefined)).toEqual([])
    },
  )
})

/** What a verdict takes at least, in bytes; and each character of its claims. */
const VERDICT_COST = 512
const CHARACTER_COST = 2

const changes = fc.record({
  key: fc.nat({ max: 12 }).map(String),
  /** Characters of a claim; `undefined`: the token is not active. */
  length: fc.constantFrom(undefined, 0, 10, 100, 1_000, 5_000),
  isForgotten: fc.constantFrom(false, false, false, true),
  seconds: fc.constantFrom(0, 0, 0, 1, 4, 30),
})

describe('C7: the table of verdicts', () => {
  property(
    'never holds more than its size, gives what was stored last, and loses no active one to others that are not',
    fc.record({
      seed: fc.nat(),
      steps: fc.constant([]),
      maxSize: fc.constantFrom(0, 1_000, 10_000, 100_000),
      changes: fc.array(changes, { minLength: 10, maxLength: 50, size: 'max' }),
    }),
    async ({ maxSize, changes }) => {
      let now = 0
      const clock = { ...createVirtualClock(), monotonic: () => now }
      const verdicts = createVerdicts({ maxAge: 60, inactiveMaxAge: 5, maxSize }, clock)
      const stored = new Map<string, VerifiedClaims | undefined>()
      const findActive = (but: string) =>
        [...stored].filter(([key]) => key !== but && verdicts.find(key, 60)?.claims !== undefined)
      for (const { key, length, isForgotten, seconds } of changes) {
        now += seconds
        const before = findActive(key)
        const claims = isForgotten ? undefined : toClaims(length)
        if (isForgotten) verdicts.forget(key)
        else verdicts.store(key, { claims, askedAt: now })
        stored.set(key, claims)
        if (isForgotten && verdicts.find(key, 60) !== undefined) throw new Error(`${key} is still there`)
        if (claims === undefined) expect(findActive(key)).toEqual(before)
        const kept = findActive('')
        const isLast = ([other, last]: (typeof kept)[number]) => verdicts.find(other, 60)?.claims === last
        expect(kept.every(isLast)).toBe(true)
        expect(sizeOf(kept.map(([, last]) => last))).toBeLessThanOrEqual(maxSize)
      }
      await Promise.resolve()
    },
  )
})

function toClaims(length: number | undefined): VerifiedClaims | undefined {
  return length === undefined ? undefined : ({ sub: 'x'.repeat(length) } as unknown as VerifiedClaims)
}

function sizeOf(kept: readonly (VerifiedClaims | undefined)[]): number {
  return kept.reduce(
    (size, claims) => size + VERDICT_COST + CHARACTER_COST * JSON.stringify(claims).length,
    0,
  )
}
