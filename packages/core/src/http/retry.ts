import { AskedPauseError, ClosedError, GeneralOutageError, UnavailableError } from '../errors.js'
import type { Clock, Seconds } from '../time.js'
import { keepVigil, type Vigil } from './vigil.js'

/** Where nobody has asked for long: connections that were forgotten meanwhile break one after the other, and tell nothing. */
export const MOST_RETRIES = 5

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

/** A process that is always busy must not ask for ever. */
const MOST_QUESTIONS = 3
/** After a sleep of this length, no answer tells how things stand now. */
const OLD_ANSWER: Seconds = 60

/**
 * Asks, and asks again at once where that failed and the process mostly slept meanwhile.
 *
 * @param mayAskAgain Whether to, after what was thrown and so much sleep. Default: {@link tellsNothing}.
 * @param vigil Begins again with each question, and ends with the last. Default: one of its own.
 *
 * @throws What `ask` threw last
 */
export async function askAwake<T>(
  clock: Clock,
  ask: () => Promise<T>,
  mayAskAgain: (error: unknown, slept: Seconds) => boolean = tellsNothing,
  vigil: Vigil = keepVigil(clock),
): Promise<T> {
  try {
    for (let questions = 1; ; questions += 1) {
      try {
        return await ask()
      } catch (error) {
        const slept = vigil.sleptFor()
        const isOver = questions === MOST_QUESTIONS || slept <= vigil.awakeFor()
        if (isOver || !mayAskAgain(error, slept)) throw error
        vigil.beginAgain()
      }
    }
  } finally {
    vigil.end()
  }
}

/** Whether a failure says nothing of the server that was asked, or nothing any more: an answer does, until it is old. */
export function tellsNothing(error: unknown, slept: Seconds): boolean {
  if (error instanceof ClosedError) return false
  const isUnanswered =
    error instanceof UnavailableError && error.code === 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'
  const asked = error instanceof AskedPauseError ? error.retryAfter : 0
  return isUnanswered || slept >= Math.max(OLD_ANSWER, asked)
}
