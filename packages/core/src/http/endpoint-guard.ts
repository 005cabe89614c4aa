import { GeneralOutageError, type UnavailableError } from '../errors.js'
import type { Clock, Seconds } from '../time.js'
import { createCircuitBreaker } from './circuit-breaker.js'
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

/** Before the second attempt. */
const RETRY_AFTER: { readonly least: Seconds; readonly most: Seconds } = { least: 0.05, most: 0.25 }

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
  return {
    failure: breaker.failure,
    async call(ask) {
      breaker.check() // nobody waits for a turn at an endpoint that is down
      const giveBack = await turns.take()
      try {
        return await breaker.run(() => askAwake(clock, () => retryOnce(ask, clock, breaker.failure)))
      } finally {
        giveBack()
      }
    },
  }
}

async function retryOnce<T>(ask: () => Promise<T>, clock: Clock, pause: () => unknown): Promise<T> {
  const before = pause()
  let failure: unknown
  try {
    return await ask()
  } catch (error) {
    if (!isBrokenConnection(error)) throw error
    failure = error
  }
  const { least, most } = RETRY_AFTER
  await new Promise<void>((resolve) => {
    clock.after(least + (most - least) * clock.random(), resolve)
  })
  if (pause() !== before) throw failure
  return ask()
}

/** Not where the time was over: the server has had its chance. */
function isBrokenConnection(error: unknown): boolean {
  return error instanceof GeneralOutageError && error.cause instanceof Error
}
