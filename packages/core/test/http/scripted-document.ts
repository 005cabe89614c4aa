import { createManualClock } from '../../../../test/support/manual-clock.js'
import { GeneralOutageError, UnavailableError } from '../../src/errors.js'
import type { Fetched, Validator } from '../../src/http/fetch-json.js'
import { createLiveDocument } from '../../src/http/live-document.js'
import type { RefreshPolicy } from '../../src/http/outcome.js'
import type { Seconds } from '../../src/time.js'

export const POLICY: RefreshPolicy = {
  refreshInterval: 600,
  longestLifetime: 86_400,
  staleWindow: 86_400,
  waitLimit: 3,
}
export const outage = new UnavailableError('ERR_AUTHORIZATION_SERVER_RESPONSE', 'down', { cause: 'a test' })
const UNREACHABLE = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'
/** No answer in time. */
export const timeOut = new GeneralOutageError(UNREACHABLE, 'no complete answer within 5 seconds')
/** A connection that was reset. */
export const broken = new GeneralOutageError(UNREACHABLE, 'the request failed', { cause: new Error('reset') })

/** What a good fetch brings, but for what the test says. */
export const fetched = (changes: Partial<Fetched<string>> = {}): Fetched<string> => ({
  content: 'a',
  validator: undefined,
  lifetime: undefined,
  ...changes,
})

/** Lets everything happen that needs no time. */
export const settle = () => new Promise(setImmediate)

/** A `fetch` whose answers come when the test says so, and a clock that stands still. */
export function createScript() {
  const clock = createManualClock(1_000_000)
  const { now, monotonic } = clock
  const script = { chance: 0.5, slept: 0 }
  Object.assign(clock, {
    random: () => script.chance,
    now: () => now() + script.slept,
    monotonic: () => monotonic() + script.slept,
  })
  const fetches: { readonly validator: Validator | undefined; end(result: Fetched<string> | Error): void }[] =
    []
  return {
    clock,
    fetches,
    fetch: (validator: Validator | undefined) =>
      new Promise<Fetched<string>>((resolve, reject) => {
        fetches.push({
          validator,
          end(result) {
            if (result instanceof Error) reject(result)
            else resolve(result)
          },
        })
      }),
    /** What `clock.random()` gives. */
    setChance(value: number) {
      script.chance = value
    },
    /** Lets time pass in which no timer runs. */
    sleep(seconds: Seconds) {
      script.slept += seconds
    },
    /** Ends the latest fetch. */
    async end(result: Fetched<string> | Error = fetched()) {
      await settle()
      fetches.at(-1)?.end(result)
      await settle()
    },
    async pass(seconds: Seconds) {
      await settle()
      clock.advance(seconds)
      await settle()
    },
  }
}

/** A live document, and its authorization server. */
export function createScriptedDocument(changes: Partial<RefreshPolicy> = {}) {
  const script = createScript()
  const document = createLiveDocument(script.fetch, { ...POLICY, ...changes }, script.clock, () => undefined)
  document.plan()
  return {
    ...script,
    document,
    /** Has a copy fetched. */
    async fill(): Promise<void> {
      document.refresh()
      await script.end()
    },
  }
}

/** What has come of a promise until now: its value, the error, or `'pending'`. */
export function watch<T>(promise: Promise<T>): () => unknown {
  let outcome: unknown = 'pending'
  promise.then(
    (value) => {
      outcome = value
    },
    (error: unknown) => {
      outcome = error
    },
  )
  return () => outcome
}
