import { copyFailure, type TokenFailure } from './errors.js'
import type { Pause } from './pause.js'

/** Gets something anew: once for all who want it, and not in a pause after a failure. */
export interface Renewal<T> {
  /** Begins, if that has not been done, and does not wait. */
  begin(): void
  /** @throws A {@link TokenFailure} of the caller's own, or the reason of `signal`, which ends the wait of this caller alone */
  wait(signal: AbortSignal | null | undefined): Promise<T>
}

type Outcome<T> = { readonly fresh: T; readonly failure?: undefined } | { readonly failure: TokenFailure }

/** Makes a {@link Renewal} out of an attempt, which must throw nothing but a {@link TokenFailure}. */
export function createRenewal<T>(pause: Pause, attempt: () => Promise<T>): Renewal<T> {
  let running: Promise<Outcome<T>> | undefined

  async function run(): Promise<Outcome<T>> {
    try {
      const fresh = await attempt()
      pause.end()
      return { fresh }
    } catch (error) {
      const failure = error as TokenFailure
      pause.begin(failure)
      return { failure }
    } finally {
      running = undefined
    }
  }

  function begin(): Promise<Outcome<T>> {
    const failure = running === undefined ? pause.reason() : undefined
    if (failure !== undefined) return Promise.resolve({ failure })
    running ??= run()
    return running
  }

  return {
    begin: () => void begin(),
    async wait(signal) {
      const outcome = await unlessAborted(signal, begin())
      if (outcome.failure !== undefined) throw copyFailure(outcome.failure, pause.left())
      return outcome.fresh
    },
  }
}

/** Waits for what others wait for too: it goes on though this caller has had enough. */
async function unlessAborted<T>(signal: AbortSignal | null | undefined, promise: Promise<T>): Promise<T> {
  if (signal === undefined || signal === null) return promise
  let stop: (() => void) | undefined
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => {
      resolve(undefined)
    }
    signal.addEventListener('abort', stop)
  })
  try {
    const outcome = await Promise.race([promise, aborted])
    signal.throwIfAborted()
    return outcome as T
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop)
  }
}
