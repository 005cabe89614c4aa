import { RefusedError } from '../errors.js'
import type { JsonObject } from '../json.js'
import type { Clock, Seconds } from '../time.js'
import type { VerificationKey } from './jwk.js'
import { createKeySet, type KeySet } from './key-set.js'

/** What a token says of the key that signed it. Hints, nothing more. */
export interface KeyHint {
  readonly alg: string
  readonly kid: string | undefined
}

/** The keys of one authorization server. */
export interface KeySource {
  /**
   * Finds the keys that may have signed a token: at least one, at most four.
   *
   * @throws {@link RefusedError} `ERR_TOKEN_KEY` where the issuer publishes no such key
   * @throws {@link UnavailableError} where that cannot be told now
   */
  find(hint: KeyHint): Promise<readonly VerificationKey[]>
}

/** How old a key set may be while its authorization server answers: a withdrawn key is refused after that. */
const REFRESH_INTERVAL: Seconds = 600
/** How old a key set may be while its authorization server does not answer. */
const STALE_WINDOW: Seconds = 86_400
/** Between two fetches on account of an unknown `kid`: a flood of them costs one fetch in this time. */
const UNKNOWN_KEY_INTERVAL: Seconds = 30
/** Verifications that one token may cost. */
const MOST_CANDIDATES = 4

/**
 * Keeps the key set of one authorization server: fetched once for all who wait, again when it is old or a token names a
 * key that it does not hold, and kept when a fetch fails.
 */
export function createKeySource(fetchKeySet: () => Promise<JsonObject>, clock: Clock): KeySource {
  const keySet = createKeySet(fetchKeySet, clock)
  let searchedAt = -Infinity
  let search: Promise<void> | undefined

  /** Joined by whoever comes until its end is noted: nobody must slip in between, and start another. */
  async function searchOnce(): Promise<void> {
    if (!(clock.monotonic() - searchedAt >= UNKNOWN_KEY_INTERVAL)) return // NaN included
    search ??= keySet
      .reload()
      .then(() => {
        searchedAt = clock.monotonic()
      })
      .finally(() => {
        search = undefined
      })
    await search
  }

  return {
    async find(hint) {
      const isNew = keySet.age() >= REFRESH_INTERVAL && (await refresh(keySet))
      const known = select(keySet.keys(), hint)
      if (known.length > 0) return known
      if (hint.kid !== undefined && !isNew) await searchOnce()
      const found = select(keySet.keys(), hint)
      if (found.length === 0) throw new RefusedError('ERR_TOKEN_KEY')
      return found
    },
  }
}

/** An outage is no reason to give up good keys, for a while. Tells whether there are new ones. */
async function refresh(keySet: KeySet): Promise<boolean> {
  try {
    await keySet.reload()
    return true
  } catch (error) {
    if (keySet.age() >= STALE_WINDOW) throw error
    return false
  }
}

function select(keys: readonly VerificationKey[], { alg, kid }: KeyHint): readonly VerificationKey[] {
  return keys
    .filter((key) => key.algorithms.has(alg) && (kid === undefined || kid === key.kid))
    .slice(0, MOST_CANDIDATES)
}
