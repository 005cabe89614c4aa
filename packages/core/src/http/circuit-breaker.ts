import { AskedPauseError, copyOutage, GeneralOutageError, type UnavailableError } from '../errors.js'
import type { Clock, Seconds } from '../time.js'

/** Keeps from an endpoint that is down what would only fail there. */
export interface CircuitBreaker {
  /** @throws {@link UnavailableError} a copy of the last failure, while nobody may ask */
  check(): void
  /**
   * Asks; after a pause, one alone does, on trial.
   *
   * @throws What `ask` throws, and what {@link CircuitBreaker.check} does
   */
  run<T>(ask: () => Promise<T>): Promise<T>
  /** Why nobody may ask; `undefined` where everybody may. */
  failure(): UnavailableError | undefined
}

/** Failures in a row after which nobody asks. */
const MOST_FAILURES = 5
/** Pauses, doubled from one to the next. */
const PAUSE: { readonly first: Seconds; readonly longest: Seconds } = { first: 5, longest: 60 }
/** Share of a pause by which it may be shortened, so that many processes do not come back at one moment. */
const JITTER = 0.2
/** While another one is on trial. */
const TRIAL: Seconds = 1

/** While nobody may ask. */
interface Pause {
  readonly error: GeneralOutageError
  readonly until: Seconds
}

/** Failures in a row, of which the last may have led to a pause; nothing of it changes, each failure makes a new one. */
interface Trouble {
  readonly failures: number
  readonly pauses: number
  readonly pause: Pause | undefined
}

const NONE: Trouble = { failures: 0, pauses: 0, pause: undefined }

/**
 * Makes a circuit breaker.
 *
 * Counts failures of the server alone ({@link GeneralOutageError}): an answer that only one question gets must not stop the
 * others. What was asked before a pause ends nothing, and counts for nothing, after it began.
 */
export function createCircuitBreaker(clock: Clock): CircuitBreaker {
  let trouble = NONE
  let isOnTrial = false
  let era = 0 // ends where a pause begins

  const rest = () => (trouble.pause?.until ?? -Infinity) - clock.monotonic()
  const isPaused = () => rest() > 0 || isOnTrial

  function check(): void {
    const { pause } = trouble
    if (pause !== undefined && isPaused()) throw copyOutage(pause.error, Math.max(rest(), TRIAL))
  }

  function fail(error: GeneralOutageError, isCurrent: boolean): void {
    const { pause } = trouble
    trouble = worsen(trouble, error, isCurrent, clock)
    if (trouble.pause !== pause) era += 1
  }

  return {
    check,
    failure: () => (isPaused() ? trouble.pause?.error : undefined),
    async run(ask) {
      check()
      const isTrial = trouble.pause !== undefined
      if (isTrial) isOnTrial = true
      const askedIn = era
      const isCurrent = () => era === askedIn
      try {
        const answer = await ask()
        if (isCurrent()) trouble = NONE
        return answer
      } catch (error) {
        if (error instanceof GeneralOutageError) fail(error, isCurrent())
        else if (isCurrent()) trouble = NONE
        throw error
      } finally {
        if (isTrial) isOnTrial = false
      }
    },
  }
}

/**
 * Where the server says how long to wait, the pause is that long at least.
 *
 * @param isCurrent Whether it was asked after the last pause began.
 */
function worsen(trouble: Trouble, error: GeneralOutageError, isCurrent: boolean, clock: Clock): Trouble {
  const asked = error instanceof AskedPauseError ? error.retryAfter : 0
  const failures = trouble.failures + (isCurrent ? 1 : 0)
  const isBeginning = isCurrent && (trouble.pause !== undefined || failures >= MOST_FAILURES || asked > 0)
  const pauses = trouble.pauses + (isBeginning ? 1 : 0)
  const own = isBeginning ? pauseAfter(pauses) * (1 - JITTER * clock.random()) : 0
  const length = Math.max(own, asked)
  if (length === 0) return { ...trouble, failures }
  const until = Math.max(clock.monotonic() + length, trouble.pause?.until ?? -Infinity)
  return { failures, pauses, pause: { error, until } }
}

function pauseAfter(pauses: number): Seconds {
  return Math.min(PAUSE.first * 2 ** (pauses - 1), PAUSE.longest)
}
