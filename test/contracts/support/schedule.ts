import type { Seconds } from '@bearward/core'
import { FAULTS, type Behaviour } from '@bearward/testing'
import fc from 'fast-check'

/** What a request carries. */
export type TokenKind =
  /** Signed with the newest published key. */
  | 'good'
  /** Signed with the oldest key that is still published. */
  | 'older'
  /** Newest key, no `kid`. */
  | 'without-kid'
  /** Signed with the key that was withdrawn last, a moment ago. */
  | 'withdrawn'
  | 'expired'
  /** A `kid` that nobody has seen, and a fresh `iat`. */
  | 'stranger'
  /** A `kid` that nobody has seen, and an `iat` of an hour ago. */
  | 'old-stranger'
  /** The same unknown `kid` each time, and a fresh `iat`. */
  | 'known-stranger'
  /** The `kid` of a published key, and a signature of another. */
  | 'forged'
  | 'forged-without-kid'
  | 'garbage'
  /** Signed well, of an issuer that is not configured. */
  | 'other-issuer'

const TOKEN_KINDS = [
  'good',
  'older',
  'without-kid',
  'withdrawn',
  'expired',
  'stranger',
  'old-stranger',
  'known-stranger',
  'forged',
  'forged-without-kid',
  'garbage',
  'other-issuer',
] as const satisfies readonly TokenKind[]

/** One thing that happens. */
export type Step =
  /** Time goes on, and timers fire as they fall due. */
  | { readonly do: 'advance'; readonly seconds: Seconds }
  /** The process sleeps: time goes on, timers fire late. */
  | { readonly do: 'sleep'; readonly seconds: Seconds }
  /** The wall clock is set, here and at the authorization server. */
  | { readonly do: 'set-clock'; readonly seconds: Seconds }
  | { readonly do: 'fault'; readonly endpoint: 'jwks' | 'metadata'; readonly behaviour: Behaviour }
  /** Both endpoints answer well again. */
  | { readonly do: 'heal' }
  | { readonly do: 'rotate'; readonly keepOld: boolean }
  /** The oldest key goes, unless it is the only one. */
  | { readonly do: 'withdraw' }
  /** The key set moves to another URL. */
  | { readonly do: 'move' }
  | { readonly do: 'request'; readonly token: TokenKind }
  /** As many requests at once. */
  | { readonly do: 'burst'; readonly token: TokenKind; readonly count: number }
  /** A request whose caller goes away. */
  | { readonly do: 'abandon'; readonly token: TokenKind }

const briefly = fc.oneof(fc.constantFrom(0.1, 0.5, 1, 2, 3, 4.9, 5, 5.1), fc.integer({ min: 1, max: 30 }))

/** Many short, some long: most is decided within seconds, and some of it within hours. */
const durations: fc.Arbitrary<Seconds> = fc.oneof(
  { weight: 20, arbitrary: briefly },
  { weight: 4, arbitrary: fc.integer({ min: 30, max: 700 }) },
  { weight: 1, arbitrary: fc.integer({ min: 700, max: 3_600 }) },
)

const headers: fc.Arbitrary<Readonly<Record<string, string>>> = fc.oneof(
  fc.constant({}),
  fc
    .constantFrom('0', '1', '30', '120', '86400', 'soon', 'Wed, 21 Oct 2015 07:28:00 GMT')
    .map((value) => ({ 'retry-after': value })),
  fc
    .constantFrom('no-store', 'max-age=0', 'max-age=60', 'max-age=300', 'max-age=900', 'max-age=999999999')
    .map((value) => ({ 'cache-control': value })),
  fc.constant({ 'cache-control': 'max-age=600', age: '500' }),
)

/** Any fault, or none, perhaps late. */
export const behaviours: fc.Arbitrary<Behaviour> = fc.record(
  {
    fault: fc.constantFrom(...FAULTS),
    delay: fc.constantFrom(0.1, 1, 2.9, 3.1, 4.9, 5.1, 8),
    headers,
    deaf: fc.boolean(),
  },
  { requiredKeys: [] },
)

/** An answer that is good, if slow: the server is never at fault. */
const healthyBehaviours: fc.Arbitrary<Behaviour> = fc.record(
  { delay: fc.constantFrom(0.1, 0.5, 1, 1.4), headers },
  { requiredKeys: [] },
)

const endpoints = fc.constantFrom('jwks' as const, 'jwks' as const, 'metadata' as const)
const tokens = fc.constantFrom(...TOKEN_KINDS)

/** The arbitraries of all steps, to choose from. */
export const STEPS = {
  advance: durations.map((seconds): Step => ({ do: 'advance', seconds })),
  'advance-briefly': fc
    .oneof(briefly, fc.integer({ min: 30, max: 700 }))
    .map((seconds): Step => ({ do: 'advance', seconds })),
  sleep: durations.map((seconds): Step => ({ do: 'sleep', seconds })),
  'set-clock': fc
    .constantFrom(-7_200, -60, -1, 1, 60, 7_200)
    .map((seconds): Step => ({ do: 'set-clock', seconds })),
  fault: fc
    .tuple(endpoints, behaviours)
    .map(([endpoint, behaviour]): Step => ({ do: 'fault', endpoint, behaviour })),
  /** Slow answers, and answers that say how long they hold; none that is at fault. */
  delay: fc
    .tuple(endpoints, healthyBehaviours)
    .map(([endpoint, behaviour]): Step => ({ do: 'fault', endpoint, behaviour })),
  /** Slow answers, and nothing else. */
  slow: endpoints
    .chain((endpoint) => fc.constantFrom(0, 0.1, 1, 1.4).map((delay) => ({ endpoint, behaviour: { delay } })))
    .map((fault): Step => ({ do: 'fault', ...fault })),
  heal: fc.constant<Step>({ do: 'heal' }),
  rotate: fc.boolean().map((keepOld): Step => ({ do: 'rotate', keepOld })),
  withdraw: fc.constant<Step>({ do: 'withdraw' }),
  move: fc.constant<Step>({ do: 'move' }),
  request: tokens.map((token): Step => ({ do: 'request', token })),
  good: fc.constant<Step>({ do: 'request', token: 'good' }),
  burst: fc
    .tuple(tokens, fc.integer({ min: 2, max: 8 }))
    .map(([token, count]): Step => ({ do: 'burst', token, count })),
  abandon: tokens.map((token): Step => ({ do: 'abandon', token })),
} as const satisfies Record<string, fc.Arbitrary<Step>>

/** How often which step is taken: weights, beside each other. */
export type Mix = Partial<Readonly<Record<keyof typeof STEPS, number>>>

/** Everything that may happen. */
export const EVERYTHING: Mix = {
  advance: 10,
  sleep: 1,
  'set-clock': 1,
  fault: 4,
  heal: 3,
  rotate: 2,
  withdraw: 1,
  move: 1,
  request: 10,
  good: 4,
  burst: 2,
  abandon: 1,
}

/** Everything but faults. */
export const HEALTHY: Mix = {
  advance: 10,
  delay: 2,
  heal: 1,
  rotate: 3,
  withdraw: 2,
  move: 1,
  request: 8,
  good: 6,
  burst: 2,
  abandon: 1,
}

/** One run: what happens in it, and the seed of its clock. */
export interface Schedule {
  readonly seed: number
  readonly steps: readonly Step[]
}

/** Schedules of 5 to 40 steps; three in four have 12 at most. */
export function schedules(mix: Mix = EVERYTHING): fc.Arbitrary<Schedule> {
  const weighted = Object.entries(mix).map(([name, weight]) => ({
    weight,
    arbitrary: STEPS[name as keyof typeof STEPS],
  }))
  const step = fc.oneof(...weighted)
  return fc.record({
    seed: fc.nat(),
    steps: fc.oneof(
      { weight: 3, arbitrary: fc.array(step, { minLength: 5, maxLength: 12, size: 'max' }) },
      { weight: 1, arbitrary: fc.array(step, { minLength: 13, maxLength: 40, size: 'max' }) },
    ),
  })
}
