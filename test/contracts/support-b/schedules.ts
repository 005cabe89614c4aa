import { FAULTS, type Behaviour } from '@bearward/testing'
import fc from 'fast-check'
import { behaviours, STEPS, type Step, type TokenKind } from '../support/schedule.js'

/** What the authorization server signed, with a key that it publishes. */
const GENUINE = ['good', 'older', 'without-kid'] as const satisfies readonly TokenKind[]

/**
 * Kinds whose verdict takes no signature that fails: those end in the order of the thread pool, which is another one in
 * each run.
 */
export const ORDERLY = [
  'good',
  'older',
  'withdrawn',
  'expired',
  'stranger',
  'old-stranger',
  'known-stranger',
  'garbage',
  'other-issuer',
] as const satisfies readonly TokenKind[]

/** Any fault, never none. */
export const faults: fc.Arbitrary<Behaviour> = fc
  .tuple(fc.constantFrom(...FAULTS), behaviours)
  .map(([fault, behaviour]) => ({ ...behaviour, fault }))

const endpoints = fc.constantFrom('jwks' as const, 'metadata' as const)

const genuineTokens = fc.constantFrom(...GENUINE)

/** The arbitraries of steps that `STEPS` does not have. */
const MORE_STEPS = {
  /** A request with a token that is good. */
  genuine: genuineTokens.map((token): Step => ({ do: 'request', token })),
  orderly: fc.constantFrom(...ORDERLY).map((token): Step => ({ do: 'request', token })),
  'genuine-burst': fc
    .tuple(genuineTokens, fc.integer({ min: 2, max: 5 }))
    .map(([token, count]): Step => ({ do: 'burst', token, count })),
  'advance-a-minute': fc
    .oneof(fc.constantFrom(0.1, 0.5, 1, 2.9, 3, 3.1, 4.9, 5, 5.1, 10), fc.integer({ min: 1, max: 60 }))
    .map((seconds): Step => ({ do: 'advance', seconds })),
  /** A fault in place of another. */
  worse: fc
    .tuple(endpoints, faults)
    .map(([endpoint, behaviour]): Step => ({ do: 'fault', endpoint, behaviour })),
} as const satisfies Record<string, fc.Arbitrary<Step>>

const ALL_STEPS = { ...STEPS, ...MORE_STEPS }

/** Steps by their weights: 3 to 15 of them, unless it is said otherwise. */
export function steps(
  weights: Partial<Readonly<Record<keyof typeof ALL_STEPS, number>>>,
  { min = 3, max = 15 } = {},
): fc.Arbitrary<readonly Step[]> {
  const weighted = Object.entries(weights).map(([name, weight]) => ({
    weight,
    arbitrary: ALL_STEPS[name as keyof typeof ALL_STEPS],
  }))
  return fc.array(fc.oneof(...weighted), { minLength: min, maxLength: max, size: 'max' })
}
