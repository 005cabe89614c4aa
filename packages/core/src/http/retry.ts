import { GeneralOutageError } from '../errors.js'
import type { Clock, Seconds } from '../time.js'

/** After a sleep, connections that were forgotten meanwhile break one after the other, and tell nothing of who was to be asked. */
export const RETRIES_AFTER_SLEEP = 5

/** Before each further attempt, by chance. */
const PAUSE: { readonly least: Seconds; readonly most: Seconds } = { least: 0.05, most: 0.25 }

/**
 * Asks, and asks again after a pause: only for questions that may be asked twice.
 *
 * @param most How often it is asked again.
 * @param mayRetry Whether to, after what was thrown: asked before the pause, and after it.
 *
 * @throws What `ask` threw last
 */
export async function retry<T>(
  clock: Clock,
  most: number,
  ask: () => Promise<T>,
  mayRetry: (error: unknown) => boolean = isBrokenConnection,
): Promise<T> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await ask()
    } catch (error) {
      if (retries === most || !mayRetry(error)) throw error
      await pause(clock)
      if (!mayRetry(error)) throw error
    }
  }
}

/** Not where the time was over: the server has had its chance. */
export function isBrokenConnection(error: unknown): boolean {
  return error instanceof GeneralOutageError && error.cause instanceof Error
}

async function pause(clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => {
    clock.after(PAUSE.least + (PAUSE.most - PAUSE.least) * clock.random(), resolve)
  })
}
