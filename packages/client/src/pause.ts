import type { Clock, Seconds } from '@bearward/core'
import { TokenRequestError, type TokenFailure } from './errors.js'

/** After a failure nothing is asked for a while, longer each time. */
export interface Pause {
  /** Begins one, and remembers why. */
  begin(failure: TokenFailure): void
  /** All is well again. */
  end(): void
  /** Why nothing is asked now; `undefined` where there is no pause. */
  reason(): TokenFailure | undefined
  /** How long it lasts yet. */
  left(): Seconds
}

/** In seconds, and more than the least that a failure asks for: 2, 4, 8, … 60, each shortened by up to a fifth, so that many processes do not ask at the same moment. */
const SHORTEST: Seconds = 2
const LONGEST: Seconds = 60
const SPREAD = 0.2

/** Makes the pauses of one token source. */
export function createPause(clock: Clock): Pause {
  let failures = 0
  let last: TokenFailure | undefined
  let until: Seconds = 0
  const left = () => Math.max(0, until - clock.monotonic())
  return {
    begin(failure) {
      const backOff = Math.min(SHORTEST * 2 ** failures, LONGEST) * (1 - SPREAD * clock.random())
      const asked = failure instanceof TokenRequestError ? 0 : failure.retryAfter
      failures += 1
      last = failure
      until = clock.monotonic() + Math.max(backOff, asked)
    },
    end() {
      failures = 0
      until = 0
    },
    reason: () => (left() > 0 ? last : undefined),
    left,
  }
}
