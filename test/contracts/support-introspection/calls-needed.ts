import type { Seconds } from '@bearward/core'
import type { Call } from './calls.js'
import type { Ages } from './oracle.js'
import type { World } from './world.js'

/** How long after a connection broke the one retry is. */
const RETRY: { readonly least: Seconds; readonly most: Seconds } = { least: 0.05, most: 0.25 }
/** For one request. */
const FETCH_LIMIT: Seconds = 5
/** After which no call has to wait for an earlier one, or for its turn. */
const SETTLED: Seconds = 15

/** Why a token is asked about once more, though a verdict is at hand or under way. It is good for one call. */
interface Reason {
  readonly order: number
  readonly at: Seconds
}

/**
 * Calls that were not needed: an earlier one for the same token was under way, or had an answer that was young enough;
 * nobody wanted it to be forgotten, and nobody wanted a younger one. For runs in which no clock is set.
 */
export function needlessCalls(world: World, ages: Ages): readonly Call[] {
  const offset = world.clock.now() - world.clock.monotonic()
  const tokens = new Set(world.calls.map(({ token }) => token))
  return [...tokens].flatMap((token) => {
    const calls = world.calls.filter((call) => call.token === token)
    return findNeedless(calls, reasonsFor(world, token), (last, at) => longestUse(last, at, ages, offset))
  })
}

function reasonsFor({ history, forgettings }: World, token: string): readonly Reason[] {
  const fresh = history
    .filter(({ text, maxAge }) => text === token && maxAge < Infinity)
    .map(({ order, sentAt }) => ({ order, at: sentAt }))
  // What is under way may turn out to fit: none of it is kept.
  const forgotten = forgettings.filter(({ text }) => text === undefined || text === token)
  return [...fresh, ...forgotten].sort((one, other) => one.order - other.order)
}

function findNeedless(
  calls: readonly Call[],
  reasons: readonly Reason[],
  longest: (last: Call, at: Seconds) => Seconds,
): readonly Call[] {
  const left = [...reasons]
  const broken = [...calls]
  let askedAt = calls[0]?.at ?? 0
  return calls.filter((call, index) => {
    const last = calls[index - 1]
    if (last === undefined) return false
    const first = broken.findIndex((earlier) => mayRetry(earlier, call))
    if (first >= 0) broken.splice(first, 1)
    const age = call.at - askedAt
    if (first < 0) askedAt = call.at // else it is no other question
    if (first >= 0 || age >= longest(last, call.at)) return false
    const reason = left.findIndex(
      ({ order, at }) => order < call.order && (order > last.order || at > call.at - SETTLED),
    )
    if (reason >= 0) left.splice(reason, 1)
    return reason < 0
  })
}

/** Whether a call may be another attempt at what failed before: because the connection broke, or the process slept. */
function mayRetry({ said, endedAt = Infinity, wasSleptThrough }: Call, { at }: Call): boolean {
  const isAnswered = said !== undefined && (!wasSleptThrough || typeof said['active'] === 'boolean')
  if (isAnswered) return false
  const least = wasSleptThrough ? 0 : RETRY.least
  return at >= endedAt + least - 1e-6 && at <= endedAt + RETRY.most + 1e-6
}

/** How long what came of a call, or is to come, serves others. */
function longestUse(
  { at, endedAt = Infinity, said }: Call,
  until: Seconds,
  { maxAge, inactiveMaxAge }: Ages,
  offset: Seconds,
): Seconds {
  if (endedAt > until) return Math.min(maxAge, FETCH_LIMIT)
  if (said?.['active'] === false) return inactiveMaxAge
  if (said?.['active'] !== true) return 0
  const { exp } = said
  return typeof exp === 'number' ? Math.min(maxAge, exp - offset - at) : maxAge
}
