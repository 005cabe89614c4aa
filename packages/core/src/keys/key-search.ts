import type { LiveDocument } from '../http/live-document.js'
import type { Copy } from '../http/outcome.js'
import type { Clock, Seconds } from '../time.js'
import type { KeySet } from './key-set.js'
import { createLooks, tooMany } from './looks.js'
import type { Peers } from './peers.js'
import { createSearchBudget, isTooLong } from './search-budget.js'

/** What a token says of the key that signed it. Hints, nothing more. */
export interface KeyHint {
  readonly alg: string
  readonly kid: string | undefined
  /** Its `iat`, where that is a number. */
  readonly issuedAt: Seconds | undefined
}

/**
 * Looks for keys that are not in hand.
 *
 * @param known Keys that are, and that fit, but did not sign the token.
 * @param arrivedAt When the token came: a look that began later has the last word. Both on the monotonic clock.
 *
 * @throws {@link UnavailableError} where nobody can tell now
 */
export type KeySearch = (
  hint: KeyHint,
  known: KeySet,
  arrivedAt: Seconds,
  deadline: Seconds,
) => Promise<KeySet>

/** How far ahead of ours the clock of an issuer may be. */
const CLOCK_DIFFERENCE: Seconds = 60

/**
 * Makes the search in one key set, within a budget.
 *
 * @param peers Processes that share it. Default: there is none.
 */
export function createKeySearch(
  keySet: LiveDocument<KeySet>,
  locateAgain: () => Promise<unknown>,
  clock: Clock,
  peers?: Peers,
): KeySearch {
  const budget = createSearchBudget(clock)
  const looks = createLooks(keySet, locateAgain, budget, clock, peers)

  const search: KeySearch = async (hint, known, arrivedAt, deadline) => {
    const identities = new Set(known.map(({ identity }) => identity))
    const found = () =>
      select(latest(keySet).content, hint).filter(({ identity }) => !identities.has(identity))
    looks.follow()
    // Each may have begun before this key was published.
    while (looks.isUnderWay()) await looks.join(deadline)
    const copy = latest(keySet)
    if (found().length > 0 || copy.fetchedAt >= arrivedAt || isTooLong(hint.kid)) return found()
    keySet.checkPause()
    const isRecent = isNewer(hint, peers?.asSeen(copy) ?? copy, clock)
    const decision = budget.decide(hint.kid, isRecent, known.length > 0)
    if (decision === 'refuse') return noneUnless(peers?.doubt(isNewer(hint, copy, clock)))
    if (decision !== 'search') throw tooMany(decision)
    looks.start(() => found().length > 0, deadline)
    await looks.join(deadline)
    // Another process has the slot, and there may be a second one.
    if (latest(keySet).fetchedAt < arrivedAt) return search(hint, known, arrivedAt, deadline)
    if (found().length === 0) budget.miss(hint.kid)
    return found()
  }
  return search
}

/** Others have looked, and this process has not: nobody is refused for that. */
function noneUnless(doubt: Seconds | undefined): KeySet {
  if (doubt === undefined) return []
  throw tooMany(doubt)
}

/** The keys that fit what a token says of its key. */
export function select(keys: KeySet, { alg, kid }: KeyHint): KeySet {
  return keys.filter((key) => key.algorithms.has(alg) && (kid === undefined || kid === key.kid))
}

/**
 * Whether the last look may have been too early for this token. One without `kid` counts where the issuer does not name
 * its keys: elsewhere it is not the issuer's.
 */
export function isNewer(
  { kid, issuedAt }: KeyHint,
  { content, fetchedAt }: Copy<KeySet>,
  clock: Clock,
): boolean {
  if (kid === undefined && content.every((key) => key.kid !== undefined)) return false
  const lookedAt = clock.now() - (clock.monotonic() - fetchedAt) // as the wall clock says today
  return issuedAt === undefined || (issuedAt > lookedAt && issuedAt <= clock.now() + CLOCK_DIFFERENCE)
}

/** A search follows a look at the keys in hand. */
function latest(keySet: LiveDocument<KeySet>): Copy<KeySet> {
  const copy = keySet.copy()
  if (copy === undefined) throw new TypeError('There are no keys in hand')
  return copy
}
