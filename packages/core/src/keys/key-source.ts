import { RefusedError, UnavailableError } from '../errors.js'
import type { LiveDocument } from '../http/live-document.js'
import type { Clock, Seconds } from '../time.js'
import type { VerificationKey } from './jwk.js'
import { createKeySearch, isNewer, select, type KeyHint } from './key-search.js'
import type { KeySet } from './key-set.js'
import type { Peers } from './peers.js'

/** The keys of one authorization server. */
export interface KeySource {
  /**
   * Finds the key that signed a token. At most four are tried, and four more after each of two searches for new ones.
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

/**
 * Makes the key source of one authorization server.
 *
 * @param locateAgain Asks the authorization server where the key set is; one that has moved is then being fetched.
 * @param peers Default: this process looks for keys as if it were alone.
 */
export function createKeySource(
  keySet: LiveDocument<KeySet>,
  locateAgain: () => Promise<unknown>,
  waitLimit: Seconds,
  clock: Clock,
  peers?: Peers,
): KeySource {
  const search = createKeySearch(keySet, locateAgain, clock, peers)
  return {
    async find(hint, verifies) {
      const arrivedAt = clock.monotonic()
      const deadline = arrivedAt + waitLimit
      const copy = keySet.atHand() ?? (await keySet.get(deadline))
      const known = select(copy.content, hint)
      for (const key of known.slice(0, MOST_CANDIDATES)) if (await verifies(key)) return key
      if (hint.kid !== undefined && known.length > 0) {
        // Forged, or its key was replaced under the same name. Where that cannot be told, it is forged.
        if (!isNewer(hint, copy, clock)) return undefined
        return findAsync(await search(hint, known, arrivedAt, deadline).catch(noneIfUnavailable), verifies)
      }
      const others = await search(hint, known, arrivedAt, deadline)
      if (known.length + others.length === 0) throw new RefusedError('ERR_TOKEN_KEY')
      const key = await findAsync(others, verifies)
      if (key !== undefined || others.length === 0 || hint.kid !== undefined) return key
      // Without a name, nobody knows whether it was published when the look began that brought the others.
      return findAsync(await search(hint, [...known, ...others], arrivedAt, deadline), verifies)
    },
  }
}

/** Of the first four. */
async function findAsync(
  keys: KeySet,
  verifies: (key: VerificationKey) => Promise<boolean>,
): Promise<VerificationKey | undefined> {
  for (const key of keys.slice(0, MOST_CANDIDATES)) if (await verifies(key)) return key
  return undefined
}

function noneIfUnavailable(error: unknown): KeySet {
  if (error instanceof UnavailableError) return []
  throw error
}
