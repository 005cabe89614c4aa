import type { Fault } from '@bearward/testing'
import type { Seconds } from '@bearward/core'
import { describe, expect } from '@jest/globals'
import fc from 'fast-check'
import { property } from './support/property.js'
import type { Call } from './support-introspection/calls.js'
import { needlessCalls } from './support-introspection/calls-needed.js'
import { configurations, EVERYTHING, runs } from './support-introspection/events.js'
import { finish, play } from './support-introspection/play.js'
import { createWorld, type World } from './support-introspection/world.js'

/** Verdicts are used for longer than a question may take: everybody may join one that is under way. */
const patient = configurations.map((options) => ({
  ...options,
  cache: { ...options.cache, maxAge: Math.max(10, options.cache?.maxAge ?? 60) },
}))

describe('C1: whatever happens', () => {
  property(
    'each call to the introspection endpoint has a reason of its own, and no more are under way than may be',
    runs({ ...EVERYTHING, 'set-clock': 0, burst: 4, refresh: 4 }, patient),
    async (run) => {
      const world = await play({ ...run, events: run.events.map(heeding) })
      const { cache: { maxAge = 60, inactiveMaxAge = 5 } = {}, concurrency = 50 } = run.options
      expect(needlessCalls(world, { maxAge, inactiveMaxAge })).toEqual([])
      expect(world.server.mostUnderWay.introspection).toBeLessThanOrEqual(concurrency)
    },
  )
})

/** A server that goes on after a request was aborted is asked again while it does. */
function heeding<T extends { readonly do: string }>(event: T): T {
  return 'behaviour' in event
    ? { ...event, behaviour: { ...(event.behaviour as object), deaf: false } }
    : event
}

/** After which no question is under way any more. */
const SETTLED: Seconds = 15
/** Faults of the server as a whole. */
const DOWN: readonly Fault[] = [
  'hang',
  'refuse',
  'reset',
  'slow-body',
  'too-many-requests',
  'unavailable',
  'unauthorized',
]

const outages = fc.record({
  seed: fc.nat(),
  steps: fc.constant([]),
  fault: fc.constantFrom(...DOWN),
  delay: fc.constantFrom(0, 0, 0.3, 2),
  retryAfter: fc.constantFrom(undefined, '1', '30', '100'),
  concurrency: fc.constantFrom(1, 2, 5, 50),
  /** How many tokens come at once, and how long after the last ones. */
  crowds: fc.array(fc.tuple(fc.constantFrom(1, 1, 1, 2, 8), fc.constantFrom(0, 0.1, 0.5, 2, 5, 10, 30)), {
    minLength: 8,
    maxLength: 24,
    size: 'max',
  }),
})

describe('C1: while the introspection endpoint is down', () => {
  property(
    'nobody asks after five failures in a row, but for one on trial after each pause, which grows to a minute',
    outages,
    async ({ seed, fault, delay, retryAfter, concurrency, crowds }) => {
      const world = await createWorld({ concurrency }, seed)
      const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
      world.behave('introspection', { fault, delay, headers })
      for (const [count, seconds] of crowds) {
        await world.clock.advance(seconds)
        for (let sent = 0; sent < count; sent += 1) world.send('random')
        await world.clock.settle()
      }
      await world.clock.advance(SETTLED)
      checkPauses(world, fault, retryAfter)
      await finish(world)
    },
  )
})

/** A question, and its one or two calls. */
interface Question {
  readonly at: Seconds
  readonly endedAt: Seconds
}

/** Follows the failures, and checks when the next question was asked. */
function checkPauses(world: World, fault: Fault, retryAfter: string | undefined): void {
  const asked = asksForPause(fault) ? Number(retryAfter ?? 20) : 0
  const questions = toQuestions(world.calls, fault === 'refuse' || fault === 'reset' ? 2 : 1)
  const ends = questions.map(({ endedAt }) => endedAt).sort((one, other) => one - other)
  let openedAt = ends[asked > 0 ? 0 : 4] ?? Infinity
  for (let pauses = 0; openedAt < Infinity; pauses += 1) {
    const begin = openedAt
    const until = begin + Math.max(asked, 0.8 * Math.min(5 * 2 ** pauses, 60)) - 1e-6
    expect(world.calls.filter(({ at }) => at > begin && at < until)).toEqual([])
    const [trial, ...others] = questions.filter(({ at }) => at >= until)
    if (trial === undefined) return
    expect(others.filter(({ at }) => at < trial.endedAt)).toEqual([])
    openedAt = trial.endedAt
  }
}

/** Whether the answer says when to ask again; a `Retry-After` of other answers is not heeded. */
function asksForPause(fault: Fault): boolean {
  return fault === 'too-many-requests' || fault === 'unavailable'
}

/** Each token is asked about once. Where connections break, a question fails with its second attempt. */
function toQuestions(calls: readonly Call[], attempts: number): readonly Question[] {
  const tokens = new Set(calls.map(({ token }) => token))
  return [...tokens].map((token) => {
    const own = calls.filter((call) => call.token === token)
    return { at: own[0]?.at ?? 0, endedAt: own[attempts - 1]?.endedAt ?? Infinity }
  })
}
