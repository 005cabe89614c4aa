import { UnavailableError } from '../errors.js'
import type { LiveDocument } from '../http/live-document.js'
import type { Copy } from '../http/refresher.js'
import { within, type Clock, type Seconds } from '../time.js'
import type { VerificationKey } from './jwk.js'
import type { KeySet } from './key-set.js'
import { createSearchBudget } from './search-budget.js'

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

/** Makes the search in one key set, within a budget. */
export function createKeySearch(
  keySet: LiveDocument<KeySet>,
  locateAgain: () => Promise<unknown>,
  clock: Clock,
): KeySearch {
  const budget = createSearchBudget(clock)
  let looking: Promise<void> | undefined

  /** Asks for the key set, and where that does not help, whether it has moved. Runs on, whoever gives up waiting. */
  async function look(isFound: () => boolean): Promise<void> {
    try {
      await keySet.reload(Infinity)
      if (isFound()) return
      await locateAgain()
      await keySet.join(Infinity)
    } finally {
      looking = undefined
    }
  }

  async function join(deadline: Seconds): Promise<void> {
    if (looking !== undefined) await within(clock, deadline - clock.monotonic(), looking, late)
    else await keySet.join(deadline)
  }

  return async (hint, known, arrivedAt, deadline) => {
    const found = () => select(latest(keySet).content, hint).filter((key) => !isAmong(known, key))
    // Each may have begun before this key was published.
    while (looking !== undefined || keySet.isFetching()) await join(deadline)
    const copy = latest(keySet)
    if (found().length > 0 || copy.fetchedAt >= arrivedAt) return found()
    keySet.checkPause()
    const decision = budget.decide(hint.kid, isNewer(hint, copy, clock), known.length > 0)
    if (decision === 'refuse') return []
    if (decision !== 'search') throw tooMany(decision)
    looking = look(() => found().length > 0)
    await join(deadline)
    if (found().length === 0) budget.miss(hint.kid)
    return found()
  }
}

/** The keys that fit what a token says of its key. */
export function select(keys: KeySet, { alg, kid }: KeyHint): KeySet {
  return keys.filter((key) => key.algorithms.has(alg) && (kid === undefined || kid === key.kid))
}

/** Compares what a key is, not which fetch brought it. */
function isAmong(keys: KeySet, { jwk }: VerificationKey): boolean {
  return keys.some((key) => JSON.stringify(key.jwk) === JSON.stringify(jwk))
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

function late(): UnavailableError {
  const detail = 'no new keys in time for this request; the search goes on'
  return new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', detail, { retryAfter: 2 })
}

function tooMany(retryAfter: Seconds): UnavailableError {
  const detail = 'unknown keys were looked for a moment ago; a flood of made-up key identifiers, perhaps'
  return new UnavailableError('ERR_KEY_SEARCH_LIMIT', detail, { retryAfter })
}
