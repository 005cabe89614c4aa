import type { ForgetCriteria, Seconds } from '@bearward/core'
import { INTROSPECTION_FAULTS, type Behaviour } from '@bearward/testing'
import fc from 'fast-check'
import type { Schedule } from '../support/schedule.js'
import { KINDS, NAMES, type Name, type TokenKind } from './tokens.js'
import type { WorldOptions } from './world.js'

/** One thing that happens. */
export type Event =
  /** Time goes on, and timers fire as they fall due. */
  | { readonly do: 'advance'; readonly seconds: Seconds }
  /** The process sleeps: time goes on, timers fire late. */
  | { readonly do: 'sleep'; readonly seconds: Seconds }
  /** The wall clock is set, here and at the authorization server. */
  | { readonly do: 'set-clock'; readonly seconds: Seconds }
  | { readonly do: 'fault'; readonly endpoint: 'introspection' | 'metadata'; readonly behaviour: Behaviour }
  /** Both endpoints answer well again. */
  | { readonly do: 'heal' }
  | { readonly do: 'request'; readonly token: TokenKind }
  /** As many requests at once. */
  | { readonly do: 'burst'; readonly token: TokenKind; readonly count: number }
  /** A route asks for a verdict that is younger; a plain request, where the token never passed. */
  | { readonly do: 'refresh'; readonly token: Name; readonly maxAge: Seconds }
  | { readonly do: 'forget'; readonly token: Name }
  | { readonly do: 'forget-where'; readonly criteria: ForgetCriteria }
  | { readonly do: 'revoke' | 'restore'; readonly token: Name }
  | { readonly do: 'rescope'; readonly token: Name; readonly scope: string }

const briefly = fc.oneof(fc.constantFrom(0.1, 0.5, 1, 2, 3, 4.9, 5, 5.1), fc.integer({ min: 1, max: 30 }))

const durations: fc.Arbitrary<Seconds> = fc.oneof(
  { weight: 12, arbitrary: briefly },
  { weight: 2, arbitrary: fc.integer({ min: 30, max: 130 }) },
)

const headers: fc.Arbitrary<Readonly<Record<string, string>>> = fc
  .constantFrom('0', '1', '30', '120', '86400', 'soon', 'Wed, 21 Oct 2015 07:28:00 GMT')
  .map((value) => ({ 'retry-after': value }))

/** Any fault, or none, perhaps late. */
const behaviours: fc.Arbitrary<Behaviour> = fc.record(
  {
    fault: fc.constantFrom(...INTROSPECTION_FAULTS),
    delay: fc.constantFrom(0.1, 1, 2.9, 3.1, 4.9, 5.1, 8),
    headers,
    deaf: fc.boolean(),
  },
  { requiredKeys: [] },
)

/** An answer that is good, if slow. */
const slowness: fc.Arbitrary<Behaviour> = fc.record({ delay: fc.constantFrom(0, 0.1, 0.5, 1, 1.4) })

const names = fc.constantFrom(...NAMES)
const tokens = fc.constantFrom(...KINDS)

const criteria: fc.Arbitrary<ForgetCriteria> = fc.oneof(
  fc.constantFrom('alice', 'bob', 'nobody').map((subject) => ({ subject })),
  fc.constantFrom('app', 'tool').map((clientId) => ({ clientId })),
  fc.constantFrom('one', 'four').map((sessionId) => ({ sessionId })),
  fc.constantFrom(0, 1e11).map((issuedBefore) => ({ issuedBefore })),
  fc.constant({ subject: 'alice', clientId: 'app' }),
)

/** The arbitraries of all events, to choose from. */
const EVENTS = {
  advance: durations.map((seconds): Event => ({ do: 'advance', seconds })),
  'advance-briefly': fc
    .constantFrom(0.1, 0.5, 1, 2, 3, 5)
    .map((seconds): Event => ({ do: 'advance', seconds })),
  sleep: durations.map((seconds): Event => ({ do: 'sleep', seconds })),
  'set-clock': fc
    .constantFrom(-7_200, -60, -1, 1, 5, 60, 7_200)
    .map((seconds): Event => ({ do: 'set-clock', seconds })),
  fault: behaviours.map((behaviour): Event => ({ do: 'fault', endpoint: 'introspection', behaviour })),
  'metadata-fault': behaviours.map((behaviour): Event => ({ do: 'fault', endpoint: 'metadata', behaviour })),
  slow: slowness.map((behaviour): Event => ({ do: 'fault', endpoint: 'introspection', behaviour })),
  heal: fc.constant<Event>({ do: 'heal' }),
  request: tokens.map((token): Event => ({ do: 'request', token })),
  named: names.map((token): Event => ({ do: 'request', token })),
  burst: fc
    .tuple(tokens, fc.integer({ min: 2, max: 10 }))
    .map(([token, count]): Event => ({ do: 'burst', token, count })),
  refresh: fc
    .tuple(names, fc.constantFrom(0, 0, 1, 5, 30, 3_600))
    .map(([token, maxAge]): Event => ({ do: 'refresh', token, maxAge })),
  forget: names.map((token): Event => ({ do: 'forget', token })),
  'forget-where': criteria.map((given): Event => ({ do: 'forget-where', criteria: given })),
  revoke: names.map((token): Event => ({ do: 'revoke', token })),
  restore: names.map((token): Event => ({ do: 'restore', token })),
  rescope: fc
    .tuple(names, fc.constantFrom('stats:read', 'stats:write', ''))
    .map(([token, scope]): Event => ({ do: 'rescope', token, scope })),
} as const satisfies Record<string, fc.Arbitrary<Event>>

/** How often which event is taken: weights, beside each other. */
export type Mix = Partial<Readonly<Record<keyof typeof EVENTS, number>>>

/** Everything that may happen. */
export const EVERYTHING: Mix = {
  advance: 10,
  sleep: 1,
  'set-clock': 1,
  fault: 4,
  'metadata-fault': 1,
  heal: 3,
  request: 8,
  named: 8,
  burst: 2,
  refresh: 3,
  forget: 1,
  'forget-where': 1,
  revoke: 2,
  restore: 1,
  rescope: 1,
}

/** Everything but faults; answers may be slow. */
export const HEALTHY: Mix = { ...EVERYTHING, fault: 0, 'metadata-fault': 0, slow: 3 }

/** One run: how the resource server is configured, and what happens. */
export interface Run extends Schedule {
  readonly events: readonly Event[]
  readonly options: WorldOptions
}

/** How long verdicts are used, and how many requests there are at once. */
export const configurations: fc.Arbitrary<WorldOptions> = fc.record({
  cache: fc.record({
    maxAge: fc.constantFrom(60, 60, 10, 1, 0),
    inactiveMaxAge: fc.constantFrom(5, 5, 30, 0),
  }),
  concurrency: fc.constantFrom(1, 2, 5, 50),
})

/** Runs of 4 to 22 events; three in four have 14 at most. */
export function runs(
  mix: Mix = EVERYTHING,
  options: fc.Arbitrary<WorldOptions> = configurations,
): fc.Arbitrary<Run> {
  const weighted = Object.entries(mix)
    .filter(([, weight]) => weight > 0)
    .map(([name, weight]) => ({ weight, arbitrary: EVENTS[name as keyof typeof EVENTS] }))
  const event = fc.oneof(...weighted)
  return fc.record({
    seed: fc.nat(),
    steps: fc.constant([]),
    options,
    events: fc.oneof(
      { weight: 3, arbitrary: fc.array(event, { minLength: 4, maxLength: 14, size: 'max' }) },
      { weight: 1, arbitrary: fc.array(event, { minLength: 15, maxLength: 22, size: 'max' }) },
    ),
  })
}
