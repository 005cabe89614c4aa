import { createManualClock } from '../../../../test/support/manual-clock.js'
import type { JsonObject } from '../../src/json.js'
import { createVerdicts, type Verdict, type VerdictPolicy } from '../../src/token/introspection-verdicts.js'
import { asVerified } from '../../src/token/verified.js'

/** The wall clock begins here. */
export const START = 1_000_000

/** A store that keeps active verdicts for 60 seconds and inactive ones for 5, and a clock that stands still. */
export function createVerdictStore(policy: Partial<VerdictPolicy> = {}) {
  const clock = createManualClock(START)
  const verdicts = createVerdicts({ maxAge: 60, inactiveMaxAge: 5, maxSize: 1_000_000, ...policy }, clock)
  const toVerdict = (claims: JsonObject | undefined): Verdict => ({
    claims: claims && asVerified(claims),
    askedAt: clock.monotonic(),
  })
  return {
    clock,
    ...verdicts,
    /** Keeps that a token was said to be active, now. */
    storeActive(key: string, claims: JsonObject = {}) {
      verdicts.store(key, toVerdict(claims))
    },
    storeInactive(key: string) {
      verdicts.store(key, toVerdict(undefined))
    },
    /** What is known of a token: `active`, `inactive` or `unknown`. */
    look(key: string, maxAge = Infinity): string {
      const verdict = verdicts.find(key, maxAge)
      if (verdict === undefined) return 'unknown'
      return verdict.claims === undefined ? 'inactive' : 'active'
    },
  }
}
