import { copyOutage, UnavailableError } from '../errors.js'
import { within, type Clock, type Seconds } from '../time.js'
import type { Fetched, Validator } from './fetch-json.js'
import { ageOf, isClosed, toPause, type Copy, type RefreshPolicy } from './outcome.js'
import { createRefresher, type Refresher } from './refresher.js'
import { withinAwake } from './vigil.js'

/**
 * A document of an authorization server that is kept at hand: replaced ahead of its expiry, and used on through an outage.
 *
 * Deadlines are on the monotonic clock; the default is the wait limit of the policy from now.
 */
export interface LiveDocument<T> {
  /**
   * The copy to use. Waits only where there is none, or where nobody has looked since it expired: the process slept, or nothing
   * was planned.
   *
   * @throws {@link UnavailableError} where there is none that may be used, and none came in time
   */
  get(deadline?: Seconds): Promise<Copy<T>>
  /** The copy that {@link LiveDocument.get} would give without waiting; `undefined` where it would wait. */
  atHand(): Copy<T> | undefined
  /**
   * A copy from now, whatever an `ETag` says, or from the fetch that is under way. After a failure, a pause is kept.
   *
   * @throws {@link UnavailableError} where the fetch failed, or takes longer: then it runs on, for the next one
   */
  reload(deadline?: Seconds): Promise<Copy<T>>
  /** Fetches in the background, whatever the pause. */
  refresh(): void
  /** Whether a fetch is under way. */
  isFetching(): boolean
  /** Waits for the fetch that is under way, where there is one. Does not throw where it fails. */
  join(deadline?: Seconds): Promise<void>
  /** @throws {@link UnavailableError} where a fetch failed a moment ago, so that `reload` would keep a pause */
  checkPause(): void
  /** The last good copy, however old. */
  copy(): Copy<T> | undefined
  /** How things stand. Makes no request. */
  health(): DocumentHealth
  restore(copy: Copy<T>): void
  /** Plans fetches, from now on: none is planned before. */
  plan(): void
  /** Plans none any more, until it is told to. Who asks for one still gets it. */
  stop(): void
}

/** How things stand with a document. In seconds. */
export interface DocumentHealth {
  /** Since the last good fetch; `undefined` before it. */
  readonly age: Seconds | undefined
  /** How long the copy may still be used, if no other can be had; 0 where there is none. */
  readonly timeLeft: Seconds
  /** Since when the copy is past its lifetime, since the epoch; `undefined` where it is not. */
  readonly staleSince: Seconds | undefined
  /** Until the next planned fetch; `undefined` where none is planned. */
  readonly nextRefresh: Seconds | undefined
  /** Why the last fetch failed, and when, since the epoch; `undefined` where it did not. */
  readonly failure: { readonly error: UnavailableError; readonly at: Seconds } | undefined
}

/** Longest pause after a failure, for those who cannot do without. */
const LONGEST_PAUSE: Seconds = 10

/**
 * Makes a live document; nothing is fetched before somebody asks for it.
 *
 * @param fetch Gets the document, or finds that the copy with this validator still holds.
 * @param onEnd Told when a fetch ended, well or badly.
 */
export function createLiveDocument<T>(
  fetch: (validator: Validator | undefined) => Promise<Fetched<T>>,
  policy: RefreshPolicy,
  clock: Clock,
  onEnd: () => void,
): LiveDocument<T> {
  const refresher = createRefresher(fetch, policy, clock, onEnd)
  const { join, reload } = createReload(refresher, policy, clock)
  const atHand = () => findAtHand(refresher, policy, clock)

  return {
    atHand,
    get: createGet(refresher, reload, policy, clock),
    reload,
    join,
    plan: refresher.plan,
    stop: refresher.stop,
    copy: refresher.copy,
    isFetching: () => refresher.attempt() !== undefined,
    health: () => describe(refresher, policy, clock),
    checkPause: () => {
      checkPause(refresher, clock)
    },
    refresh: () => void refresher.start(),
    restore(copy) {
      refresher.restore(copy)
      refresher.start()
    },
  }
}

/** Past its lifetime, a copy is used on only where the server was asked, and failed. */
function findAtHand<T>(refresher: Refresher<T>, policy: RefreshPolicy, clock: Clock): Copy<T> | undefined {
  const copy = refresher.copy()
  if (copy === undefined) return undefined
  const age = ageOf(copy, clock.monotonic())
  if (age < copy.lifetime) return copy
  return age < copy.lifetime + policy.staleWindow && refresher.isFailing() ? copy : undefined
}

/** What gives the copy to use, and waits where it must: for the server, in a process that is awake. */
function createGet<T>(
  refresher: Refresher<T>,
  reload: LiveDocument<T>['reload'],
  policy: RefreshPolicy,
  clock: Clock,
): LiveDocument<T>['get'] {
  return async function get(deadline?: Seconds) {
    const copy = findAtHand(refresher, policy, clock)
    if (copy !== undefined) return copy
    const last = refresher.copy()
    const failure = refresher.failure()
    const isNoUse = last === undefined || timeLeft(last, policy, clock) <= 0
    if (isNoUse || (failure !== undefined && isClosed(failure))) return reload(deadline)
    const attempt = refresher.start()
    const limit = Math.min((deadline ?? Infinity) - clock.monotonic(), policy.waitLimit - attempt.awakeFor())
    try {
      await withinAwake(clock, limit, attempt.ended, late)
    } catch {
      const newest = latest(refresher)
      return timeLeft(newest, policy, clock) > 0 ? newest : reload(deadline)
    }
    return get() // the deadline may be over in a process that slept
  }
}

/** What waits for fetches, and starts them. */
function createReload<T>(
  refresher: Refresher<T>,
  policy: RefreshPolicy,
  clock: Clock,
): Pick<LiveDocument<T>, 'join' | 'reload'> {
  async function join(deadline = clock.monotonic() + policy.waitLimit): Promise<void> {
    const attempt = refresher.attempt()
    if (attempt !== undefined) await within(clock, deadline - clock.monotonic(), attempt.ended, late)
  }

  async function reload(deadline?: Seconds): Promise<Copy<T>> {
    checkPause(refresher, clock)
    refresher.start(false)
    await join(deadline)
    const failure = refresher.failure()
    if (failure !== undefined) throw copyOutage(failure.error, toPause(failure, LONGEST_PAUSE))
    const copy = latest(refresher)
    return ageOf(copy, clock.monotonic()) < copy.lifetime ? copy : reload(deadline) // the process slept since it was asked for
  }

  return { join, reload }
}

/** How long a copy may still be used. */
function timeLeft(copy: Copy<unknown>, { staleWindow }: RefreshPolicy, clock: Clock): Seconds {
  return copy.lifetime + staleWindow - ageOf(copy, clock.monotonic())
}

/** @throws {@link UnavailableError} where the last fetch failed a moment ago, and no other is under way */
function checkPause(refresher: Refresher<unknown>, clock: Clock): void {
  const failure = refresher.failure()
  if (failure === undefined || refresher.attempt() !== undefined) return
  const rest = failure.at + toPause(failure, LONGEST_PAUSE) - clock.monotonic()
  if (rest > 0) throw copyOutage(failure.error, rest)
}

function latest<T>(refresher: Refresher<T>): Copy<T> {
  const copy = refresher.copy()
  if (copy === undefined) throw unreachable('nothing was fetched')
  return copy
}

function describe(refresher: Refresher<unknown>, policy: RefreshPolicy, clock: Clock): DocumentHealth {
  const copy = refresher.copy()
  const failure = refresher.failure()
  const age = copy && ageOf(copy, clock.monotonic())
  const staleFor = copy && ageOf(copy, clock.monotonic()) - copy.lifetime
  return {
    age,
    timeLeft: copy ? Math.max(0, timeLeft(copy, policy, clock)) : 0,
    staleSince: staleFor === undefined || staleFor < 0 ? undefined : clock.now() - staleFor,
    nextRefresh: refresher.nextFetch(),
    failure: failure && { error: failure.error, at: failure.atTime },
  }
}

function late(): UnavailableError {
  return unreachable('not in time for this request; the fetch goes on', 2)
}

function unreachable(problem: string, retryAfter?: Seconds): UnavailableError {
  const options = retryAfter === undefined ? {} : { retryAfter }
  return new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', problem, options)
}
