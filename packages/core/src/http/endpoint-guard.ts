import type { UnavailableError } from '../errors.js'
import type { Clock, Seconds } from '../time.js'
import { createCircuitBreaker } from './circuit-breaker.js'
import { isBrokenConnection, retry } from './retry.js'
import { createTurns } from './turns.js'
import { askAwake } from './vigil.js'

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
   * Asks, in turn, and once more where the connection broke: only for questions that may be asked twice.
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
  const retryOnce = <T>(ask: () => Promise<T>): Promise<T> => {
    const before = breaker.failure()
    return retry(clock, 1, ask, (error) => isBrokenConnection(error) && breaker.failure() === before)
  }
  return {
    failure: breaker.failure,
    async call(ask) {
      breaker.check() // nobody waits for a turn at an endpoint that is down
      const giveBack = await turns.take()
      try {
        return await breaker.run(() => askAwake(clock, () => retryOnce(ask)))
      } finally {
        giveBack()
      }
    },
  }
}
