import { RefusedError, UnavailableError } from '../errors.js'
import type { LiveDocument } from '../http/live-document.js'
import type { Copy } from '../http/refresher.js'
import type { Clock, Seconds } from '../time.js'
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

/** The keys of one authorization server. */
export interface KeySource {
  /**
   * Finds the key that signed a token. At most four are tried; a token without `kid` has four more after a search.
   *
   * @param verifies Whether a key verifies the signature.
   *
   * @returns `undefined` where keys fit, and none of them verifies
   *
   * @throws {@link RefusedError} `ERR_TOKEN_KEY` where the issuer publishes no key that fits
   * @throws {@link UnavailableError} where that cannot be told now
   */
  find(
    hint: KeyHint,
    verifies: (key: VerificationKey) => Promise<boolean>,
  ): Promise<VerificationKey | undefined>
}

/** Verifications that one look at the key set may cost. */
const MOST_CANDIDATES = 4

/** How far ahead of ours the clock of an issuer may be. */
const CLOCK_DIFFERENCE: Seconds = 60

/**
 * Makes the key source of one authorization server.
 *
 * @param locateAgain Asks the authorization server where the key set is; one that has moved is then being fetched.
 */
export function createKeySource(
  keySet: LiveDocument<KeySet>,
  locateAgain: (deadline: Seconds) => Promise<unknown>,
  waitLimit: Seconds,
  clock: Clock,
): KeySource {
  const budget = createSearchBudget(clock)

  /** Looks for keys that are not in hand yet. */
  async function search(hint: KeyHint, tried: KeySet, arrivedAt: Seconds): Promise<KeySet> {
    const deadline = arrivedAt + waitLimit
    const found = () => select(keySet.copy()?.content ?? [], hint).filter((key) => !isAmong(tried, key))
    while (keySet.isFetching()) await keySet.join(deadline) // each may have begun before this key was published
    const copy = keySet.copy()
    if (found().length > 0 || (copy !== undefined && copy.fetchedAt >= arrivedAt)) return found()
    keySet.checkPause()
    const decision = budget.decide({
      kid: hint.kid,
      isNewer: copy !== undefined && isNewer(hint, copy, clock),
    })
    if (decision === 'refuse') return []
    if (decision !== 'search') throw tooMany(decision)
    await keySet.reload(deadline)
    if (found().length === 0) {
      await locateAgain(deadline).catch(() => undefined) // where that cannot be told, it is where it was
      await keySet.join(deadline)
    }
    if (found().length === 0) budget.miss(hint.kid)
    return found()
  }

  return {
    async find(hint, verifies) {
      const arrivedAt = clock.monotonic()
      const known = select((await keySet.get(arrivedAt + waitLimit)).content, hint)
      const key = await findAsync(known, verifies)
      if (key !== undefined || (known.length > 0 && hint.kid !== undefined)) return key
      const others = await search(hint, known, arrivedAt)
      if (known.length + others.length === 0) throw new RefusedError('ERR_TOKEN_KEY')
      return findAsync(others, verifies)
    },
  }
}

function select(keys: KeySet, { alg, kid }: KeyHint): KeySet {
  return keys
    .filter((key) => key.algorithms.has(alg) && (kid === undefined || kid === key.kid))
    .slice(0, MOST_CANDIDATES)
}

async function findAsync(
  keys: KeySet,
  verifies: (key: VerificationKey) => Promise<boolean>,
): Promise<VerificationKey | undefined> {
  for (const key of keys) if (await verifies(key)) return key
  return undefined
}

/** Compares what a key is, not which fetch brought it. */
function isAmong(keys: KeySet, { jwk }: VerificationKey): boolean {
  return keys.some((key) => JSON.stringify(key.jwk) === JSON.stringify(jwk))
}

/**
 * Whether the last look may have been too early for this token. One without `kid` counts where the issuer does not name
 * its keys: elsewhere it is not the issuer's.
 */
function isNewer(
  { kid, issuedAt }: KeyHint,
  { content, fetchedAtTime }: Copy<KeySet>,
  clock: Clock,
): boolean {
  if (kid === undefined && content.every((key) => key.kid !== undefined)) return false
  return issuedAt !== undefined && issuedAt > fetchedAtTime && issuedAt <= clock.now() + CLOCK_DIFFERENCE
}

function tooMany(retryAfter: Seconds): UnavailableError {
  const detail = 'unknown keys were looked for a moment ago; a flood of made-up key identifiers, perhaps'
  return new UnavailableError('ERR_KEY_SEARCH_LIMIT', detail, { retryAfter })
}
