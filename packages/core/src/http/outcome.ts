import { AskedPauseError, ClosedError, UnavailableError } from '../errors.js'
import type { Clock, Seconds } from '../time.js'
import type { Fetched, Validator } from './fetch-json.js'

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

/** What has come of the fetches until now. */
export interface Outcome<T> {
  readonly copy: Copy<T> | undefined
  readonly failure: Failure | undefined
  /** Whether the copy is of an earlier process, and this one has fetched none yet. */
  readonly isRestored: boolean
}

/** Shortest lifetime: a server that says "do not store" is not asked for each request. */
const SHORTEST_LIFETIME: Seconds = 60
/** Where in its lifetime a copy is replaced: early enough that a server which hangs is known to, before it ends. */
const REFRESH_AT = { least: 0.7, most: 0.8 }
/** So many times in a row, a copy is only confirmed; some servers give a document that changed its old `ETag`. */
const MOST_CONFIRMATIONS = 10
/** Between failed fetches, doubled from one to the next. */
const FIRST_BACK_OFF: Seconds = 5
const LONGEST_BACK_OFF: Seconds = 60
/** How late a busy process may be. */
const LATENESS: Seconds = 5
/** Share of a pause after which the next fetch is made. */
const JITTER = { least: 0.8, most: 1 }

/** How old a copy is. */
export function ageOf({ fetchedAt }: Copy<unknown>, now: Seconds): Seconds {
  return now - fetchedAt
}

/**
 * Whether the server is known to be down: the last fetch failed, and the next one was not due yet. Where this resource server is
 * closed, nobody was asked.
 *
 * @param begun When the next fetch was begun; now where it was not.
 */
export function isFailing({ failure }: Outcome<unknown>, begun: Seconds): boolean {
  if (failure === undefined || isClosed(failure)) return false
  return begun < failure.at + toPause(failure, LONGEST_BACK_OFF) + LATENESS
}

/** Whether nothing was fetched, because this resource server is closed. */
export function isClosed({ error }: Failure): boolean {
  return error instanceof ClosedError
}

/** Whether this process has not looked for long, and would have: it slept, or nothing was planned. */
export function isUnwatched(outcome: Outcome<unknown>, now: Seconds): boolean {
  const { copy, failure, isRestored } = outcome
  if (isRestored || isFailing(outcome, now)) return false
  return copy === undefined ? failure !== undefined : ageOf(copy, now) >= copy.lifetime
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

/** Nothing has come of them yet. */
export const NOTHING: Outcome<never> = { copy: undefined, failure: undefined, isRestored: false }

/** After a good fetch. */
export function succeed<T>(copy: Copy<T>): Outcome<T> {
  return { ...NOTHING, copy }
}

/** After one that failed. */
export function fail<T>({ copy, failure: last }: Outcome<T>, error: unknown, clock: Clock): Outcome<T> {
  const outage =
    error instanceof UnavailableError
      ? error
      : new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', 'see the cause', { cause: error })
  const count = (last?.count ?? 0) + 1
  const failure = { error: outage, count, at: clock.monotonic(), atTime: clock.now() }
  return { copy, failure, isRestored: false }
}

/** With a copy of an earlier process, where there is none yet. */
export function restore<T>(outcome: Outcome<T>, copy: Copy<T>): Outcome<T> {
  return outcome.copy === undefined ? { ...outcome, copy, isRestored: true } : outcome
}

/** What a good fetch brought: as old as the question. */
export function toCopy<T>(
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

/** What a fetch may ask with, whether the copy still holds. */
export function validatorOf(copy: Copy<unknown> | undefined): Validator | undefined {
  return copy && copy.confirmations < MOST_CONFIRMATIONS ? copy.validator : undefined
}

/** When to fetch next, from now: the last fetch began, or failed, a while ago. */
export function findDelay({ copy, failure }: Outcome<unknown>, clock: Clock): Seconds | undefined {
  if (failure !== undefined) {
    return toPause(failure, LONGEST_BACK_OFF, between(JITTER, clock)) - (clock.monotonic() - failure.at)
  }
  return copy && copy.lifetime * between(REFRESH_AT, clock) - ageOf(copy, clock.monotonic())
}

function between({ least, most }: { least: number; most: number }, clock: Clock): number {
  return least + (most - least) * clock.random()
}
