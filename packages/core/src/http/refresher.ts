import type { Clock, Seconds } from '../time.js'
import type { Fetched, Validator } from './fetch-json.js'
import {
  fail,
  findDelay,
  isFailing,
  isUnwatched,
  NOTHING,
  restore,
  succeed,
  toCopy,
  validatorOf,
  type Copy,
  type Failure,
  type Outcome,
  type RefreshPolicy,
} from './outcome.js'
import { askAwake, MOST_RETRIES, retry, tellsNothing } from './retry.js'
import { createSchedule } from './schedule.js'
import { keepVigil, type Vigil } from './vigil.js'

/** A fetch that is under way. */
export interface Attempt {
  /** For how long the server has been asked by a process that is awake. */
  awakeFor(): Seconds
  /** Never rejects: how it ended is in `copy` and `failure`. */
  readonly ended: Promise<void>
}

/** Keeps a copy of a document: one fetch at a time, ahead of expiry, and again and again after a failure. */
export interface Refresher<T> {
  /** The last good copy, however old. */
  copy(): Copy<T> | undefined
  /** `undefined` where the last fetch was good, or there was none. */
  failure(): Failure | undefined
  /**
   * Whether the server is known to be down: the last fetch failed, and the next one is not due yet, or was begun in time.
   * Neither is so in a process that slept, or where nothing is planned.
   */
  isFailing(): boolean
  attempt(): Attempt | undefined
  /** In how many seconds the next fetch is planned; `undefined` where none is. */
  nextFetch(): Seconds | undefined
  /**
   * Fetches, or joins the fetch that is under way.
   *
   * @param isConditional Whether the server may answer that the copy still holds. Default: `true`.
   */
  start(isConditional?: boolean): Attempt
  /** Begins with a copy of an earlier process, where there is none yet. */
  restore(copy: Copy<T>): void
  /** Plans fetches, from now on. */
  plan(): void
  /** Plans none any more, until it is told to. */
  stop(): void
}

/**
 * Makes a refresher; it fetches nothing before it is told to, and goes on by itself from then where that is planned.
 *
 * @param fetch Gets the document, or finds that the copy with this validator still holds.
 * @param onEnd Told when a fetch ended, well or badly.
 */
export function createRefresher<T>(
  fetch: (validator: Validator | undefined) => Promise<Fetched<T>>,
  policy: RefreshPolicy,
  clock: Clock,
  onEnd: () => void,
): Refresher<T> {
  let outcome: Outcome<T> = NOTHING
  let attempt: Attempt | undefined
  const findNext = () => (attempt === undefined ? findDelay(outcome, clock) : undefined)
  const schedule = createSchedule(clock, findNext, () => start())

  function start(isConditional = true): Attempt {
    schedule.cancel()
    if (attempt !== undefined) return attempt
    const vigil = keepVigil(clock)
    const ended = Promise.resolve().then(() => run(isConditional, vigil))
    return (attempt = { awakeFor: vigil.awakeFor, ended })
  }

  async function run(isConditional: boolean, vigil: Vigil): Promise<void> {
    const ask = () => fetchCopy(fetch, isConditional, () => outcome, policy, clock)
    try {
      outcome = succeed(await askAwake(clock, ask, tellsNothing, vigil))
    } catch (error) {
      outcome = fail(outcome, error, clock)
    }
    attempt = undefined
    schedule.next()
    onEnd()
  }

  return {
    copy: () => outcome.copy,
    failure: () => outcome.failure,
    isFailing: () => isFailing(outcome, clock.monotonic() - (attempt?.awakeFor() ?? 0)),
    attempt: () => attempt,
    nextFetch: schedule.due,
    start,
    restore: (copy) => void (outcome = restore(outcome, copy)),
    plan: schedule.plan,
    stop: schedule.stop,
  }
}

async function fetchCopy<T>(
  fetch: (validator: Validator | undefined) => Promise<Fetched<T>>,
  isConditional: boolean,
  current: () => Outcome<T>,
  policy: RefreshPolicy,
  clock: Clock,
): Promise<Copy<T>> {
  const most = isUnwatched(current(), clock.monotonic()) ? MOST_RETRIES : 0
  return retry(clock, most, async () => {
    const fetchedAt = clock.monotonic()
    const fetched = await fetch(isConditional ? validatorOf(current().copy) : undefined)
    return toCopy(fetched, fetchedAt, current().copy, policy)
  })
}
