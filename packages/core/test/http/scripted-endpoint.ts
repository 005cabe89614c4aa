import { createManualClock } from '../../../../test/support/manual-clock.js'
import { AskedPauseError, GeneralOutageError, UnavailableError } from '../../src/errors.js'
import { createCircuitBreaker } from '../../src/http/circuit-breaker.js'
import { settle, watch } from './scripted-document.js'

export const down = new GeneralOutageError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', 'no answer in time')
/** What only one question is answered with: status 500 or 400, for example. */
export const failed = new UnavailableError('ERR_AUTHORIZATION_SERVER_RESPONSE', 'status 500')
/** The server asks for a pause of so many seconds. */
export const asking = (retryAfter: number) =>
  new AskedPauseError('ERR_AUTHORIZATION_SERVER_RESPONSE', 'status 503', { retryAfter })

/** A clock whose `random` gives what the test says; 0 at first. */
export function createChanceClock() {
  const clock = createManualClock()
  const script = { chance: 0 }
  Object.assign(clock, { random: () => script.chance })
  return {
    clock,
    setChance(chance: number) {
      script.chance = chance
    },
  }
}

/** A question that the test answers when it likes. */
interface PendingQuestion {
  succeed(): Promise<unknown>
  fail(error: Error): Promise<unknown>
  /** `pending`, `answered`, or the error. */
  outcome(): unknown
}

/** Has a question asked through `call`, such as the `run` of a circuit breaker. */
export function pose(call: (ask: () => Promise<string>) => Promise<string>): PendingQuestion {
  let settleWith = (_result: Promise<string>): void => undefined
  const result = new Promise<string>((resolve) => {
    settleWith = resolve
  })
  const outcome = watch(call(() => result))
  return {
    succeed: () => (settleWith(Promise.resolve('answered')), settle()),
    fail: (error) => (settleWith(Promise.reject(error)), settle()),
    outcome,
  }
}

/** A circuit breaker, and questions that are asked through it. */
export function createScriptedBreaker() {
  const { clock, setChance } = createChanceClock()
  const breaker = createCircuitBreaker(clock)
  return {
    clock,
    setChance,
    breaker,
    begin: () => pose(breaker.run),
    /** Asks, and is answered at once, or gets one error after the other; brings what came of the last question. */
    async ask(...results: readonly (Error | 'answered')[]): Promise<unknown> {
      let last: unknown
      for (const result of results) {
        const question = pose(breaker.run)
        await (result === 'answered' ? question.succeed() : question.fail(result))
        last = question.outcome()
      }
      return last
    },
    /** Seconds until the next question may be asked, in whole seconds; 0 where it may be asked now. */
    rest(): number {
      try {
        breaker.check()
        return 0
      } catch (error) {
        return (error as UnavailableError).retryAfter
      }
    },
  }
}
