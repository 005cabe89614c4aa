import type { UnavailableError } from '../errors.js'
import type { Clock, Seconds } from '../time.js'
import { createCircuitBreaker } from './circuit-breaker.js'
import { askAwake, isBrokenConnection, retry, tellsNothing } from './retry.js'
import { createTurns } from './turns.js'

/** How much an endpoint is asked. */
export interface EndpointPolicy {
  /** Requests at once. */
  readonly concurrency: number
  /** How long each waits for its turn. */
  readonly waitLimit: Seconds
}

/** Stands in front of an endpoint. */
export interface EndpointGuard {
  /**
   * Asks, in turn; once more where the connection broke, and again where the process slept through the question: only for
   * those that may be asked twice.
   *
   * @throws {@link UnavailableError} where there was no turn, or the endpoint is down; and what `ask` throws
   */
  call<T>(ask: () => Promise<T>): Promise<T>
  /** Why nobody may ask; `undefined` where everybody may. */
  failure(): UnavailableError | undefined
}

/**
 * Makes an endpoint guard.
 *
 * @param busy Made for who gets no turn.
 */
export function createEndpointGuard(
  { concurrency, waitLimit }: EndpointPolicy,
  clock: Clock,
  busy: () => Error,
): EndpointGuard {
  const turns = createTurns(concurrency, waitLimit, clock, busy)
  const breaker = createCircuitBreaker(clock)
  const insist = <T>(ask: () => Promise<T>): Promise<T> => {
    const before = breaker.failure()
    const mayAsk = () => breaker.failure() === before
    const askTwice = () => retry(clock, 1, ask, (error) => isBrokenConnection(error) && mayAsk())
    return askAwake(clock, askTwice, (error, slept) => tellsNothing(error, slept) && mayAsk())
  }
  return {
    failure: breaker.failure,
    async call(ask) {
      breaker.check() // nobody waits for a turn at an endpoint that is down
      const giveBack = await turns.take()
      try {
        return await breaker.run(() => insist(ask))
      } finally {
        giveBack()
      }
    },
  }
}
