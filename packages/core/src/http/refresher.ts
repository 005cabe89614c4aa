import { AskedPauseError, UnavailableError } from '../errors.js'
import type { Clock, Seconds } from '../time.js'
import type { Fetched, Validator } from './fetch-json.js'
import { createSchedule } from './schedule.js'
import { askAwake, keepVigil, type Vigil } from './vigil.js'

/** How long a copy of a document is used. */
export interface RefreshPolicy {
  /** How long a copy is fresh where the server does not say. */
  readonly refreshInterval: Seconds
  /** How long it is fresh at most, whatever the server says. */
  readonly longestLifetime: Seconds
  /** How long it is used after that, while no other can be had. */
  readonly staleWindow: Seconds
  /** How long one caller waits for it. */
  readonly waitLimit: Seconds
}

/** A copy of a document. `fetchedAt` is the start of the fetch that brought it: the document may be as old as that. */
export interface Copy<T> {
  readonly content: T
  readonly validator: Validator | undefined
  readonly lifetime: Seconds
  /** On the monotonic clock. */
  readonly fetchedAt: Seconds
  /** How often in a row the server has said that it still holds. */
  readonly confirmations: number
}

/** Why there is no newer copy. */
export interface Failure {
  readonly error: UnavailableError
  /** How many fetches have failed in a row. */
  readonly count: number
  /** On the monotonic clock. */
  readonly at: Seconds
  /** On the wall clock. */
  readonly atTime: Seconds
}

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
  /** Plans no more fetches, until it is told to. */
  stop(): void
  /** Plans fetches, as it does from the beginning. */
  plan(): void
}

/** Shortest lifetime: a server that says "do not store" is not asked for each request. */
const SHORTEST_LIFETIME: Seconds = 60
/** Where in its lifetime a copy is replaced: early enough that a server which hangs is known to, before it ends. */
const REFRESH_AT = { least: 0.7, most: 0.8 }
/** So many times in a row, a copy is only confirmed; some servers give a document that changed its old `ETag`. */
const MOST_CONFIRMATIONS = 10
/** Between failed fetches, doubled from one to the next. */
const FIRST_BACK_OFF: Seconds = 5
export const LONGEST_BACK_OFF: Seconds = 60
/** Share of a pause after which the next fetch is made. */
const JITTER = { least: 0.8, most: 1 }

/**
 * Makes a refresher; it fetches nothing before it is told to, and goes on by itself from then.
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
  let state: State<T> = { copy: undefined, failure: undefined }
  let attempt: Attempt | undefined
  const findNext = () => (attempt === undefined ? findDelay(state, clock) : undefined)
  const schedule = createSchedule(clock, findNext, () => start())

  function start(isConditional = true): Attempt {
    schedule.cancel()
    return (attempt ??= begin(isConditional))
  }

  function begin(isConditional: boolean): Attempt {
    const vigil = keepVigil(clock)
    return { awakeFor: vigil.awakeFor, ended: Promise.resolve().then(() => run(isConditional, vigil)) }
  }

  async function run(isConditional: boolean, vigil: Vigil): Promise<void> {
    const ask = () => fetchCopy(fetch, isConditional, () => state.copy, policy, clock)
    try {
      state = { copy: await askAwake(clock, ask, vigil), failure: undefined }
    } catch (error) {
      state = { ...state, failure: toFailure(error, state.failure, clock) }
    }
    attempt = undefined
    schedule.next()
    onEnd()
  }

  return {
    copy: () => state.copy,
    failure: () => state.failure,
    attempt: () => attempt,
    nextFetch: schedule.due,
    start,
    restore: (copy) => void (state = { ...state, copy: state.copy ?? copy }),
    stop: schedule.stop,
    plan: schedule.plan,
  }
}

/** What has come of the fetches until now. */
interface State<T> {
  readonly copy: Copy<T> | undefined
  readonly failure: Failure | undefined
}

/** As old as the question. */
async function fetchCopy<T>(
  fetch: (validator: Validator | undefined) => Promise<Fetched<T>>,
  isConditional: boolean,
  last: () => Copy<T> | undefined,
  policy: RefreshPolicy,
  clock: Clock,
): Promise<Copy<T>> {
  const fetchedAt = clock.monotonic()
  const fetched = await fetch(isConditional ? validatorOf(last()) : undefined)
  return toCopy(fetched, fetchedAt, last(), policy)
}

/**
 * How long after a failure nobody asks again: `longest` at most, unless the server wants to be left alone for longer.
 *
 * @param share Of the own pause, which chance has shortened; never of what the server wants.
 */
export function toPause({ count, error }: Failure, longest: Seconds, share = 1): Seconds {
  const own = Math.min(FIRST_BACK_OFF * 2 ** (count - 1), longest) * share
  return error instanceof AskedPauseError ? Math.max(own, error.retryAfter) : own
}

function toFailure(error: unknown, last: Failure | undefined, clock: Clock): Failure {
  const outage =
    error instanceof UnavailableError
      ? error
      : new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', 'see the cause', { cause: error })
  return { error: outage, count: (last?.count ?? 0) + 1, at: clock.monotonic(), atTime: clock.now() }
}

function toCopy<T>(
  { content, validator, lifetime }: Fetched<T>,
  fetchedAt: Seconds,
  last: Copy<T> | undefined,
  policy: RefreshPolicy,
): Copy<T> {
  const held = content ?? last?.content
  if (held === undefined) throw new TypeError('There is no copy that could still hold')
  return {
    content: held,
    validator,
    lifetime: clampLifetime(lifetime, policy),
    fetchedAt,
    confirmations: content === undefined && last !== undefined ? last.confirmations + 1 : 0,
  }
}

/** How long a copy is fresh, whatever a server or a file says. */
export function clampLifetime(lifetime: Seconds | undefined, policy: RefreshPolicy): Seconds {
  const { refreshInterval, longestLifetime } = policy
  return Math.min(Math.max(lifetime ?? refreshInterval, SHORTEST_LIFETIME), longestLifetime)
}

function validatorOf(copy: Copy<unknown> | undefined): Validator | undefined {
  return copy && copy.confirmations < MOST_CONFIRMATIONS ? copy.validator : undefined
}

/** When to fetch next, from now: the last fetch began, or failed, a while ago. */
function findDelay({ copy, failure }: State<unknown>, clock: Clock): Seconds | undefined {
  if (failure !== undefined) {
    return toPause(failure, LONGEST_BACK_OFF, between(JITTER, clock)) - (clock.monotonic() - failure.at)
  }
  return copy && copy.lifetime * between(REFRESH_AT, clock) - (clock.monotonic() - copy.fetchedAt)
}

function between({ least, most }: { least: number; most: number }, clock: Clock): number {
  return least + (most - least) * clock.random()
}
