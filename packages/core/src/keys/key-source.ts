import { RefusedError, UnavailableError } from '../errors.js'
import type { JsonObject } from '../json.js'
import type { Clock, Seconds } from '../time.js'
import { toVerificationKey, type VerificationKey } from './jwk.js'

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
/** Between a failed fetch and the next one. */
const RETRY_INTERVAL: Seconds = 5
/** Verifications that one token may cost. */
const MOST_CANDIDATES = 4

/**
 * Keeps the key set of one authorization server: fetched once for all who wait, again when it is old or a token names a
 * key that it does not hold, and kept when a fetch fails.
 */
export function createKeySource(fetchKeySet: () => Promise<JsonObject>, clock: Clock): KeySource {
  let keys: readonly VerificationKey[] | undefined
  let fetchedAt = -Infinity
  let searchedAt = -Infinity
  let failure: { readonly at: Seconds; readonly error: unknown } | undefined
  let pending: Promise<void> | undefined

  return {
    async find(hint) {
      if (since(fetchedAt) >= REFRESH_INTERVAL) await refresh()
      const known = select(hint)
      if (known.length > 0) return known
      if (hint.kid !== undefined && since(searchedAt) >= UNKNOWN_KEY_INTERVAL) {
        await fetchOnce()
        searchedAt = clock.monotonic()
      }
      const found = select(hint)
      if (found.length === 0) throw new RefusedError('ERR_TOKEN_KEY')
      return found
    },
  }

  function since(instant: Seconds): Seconds {
    return clock.monotonic() - instant
  }

  function select({ alg, kid }: KeyHint): readonly VerificationKey[] {
    const candidates = (keys ?? []).filter(
      (key) => key.algorithms.has(alg) && (kid === undefined || kid === key.kid),
    )
    return candidates.slice(0, MOST_CANDIDATES)
  }

  /** An outage is no reason to give up good keys, for a while. */
  async function refresh(): Promise<void> {
    try {
      await fetchOnce()
    } catch (error) {
      if (since(fetchedAt) >= STALE_WINDOW) throw error
    }
  }

  /** One fetch for all who ask while it runs, and none for a while after one failed. */
  async function fetchOnce(): Promise<void> {
    if (failure !== undefined && since(failure.at) < RETRY_INTERVAL) throw failure.error
    pending ??= replaceKeys().finally(() => {
      pending = undefined
    })
    await pending
  }

  async function replaceKeys(): Promise<void> {
    try {
      keys = await parseKeySet(await fetchKeySet())
      fetchedAt = clock.monotonic()
      failure = undefined
    } catch (error) {
      failure = { at: clock.monotonic(), error }
      throw error
    }
  }
}

/**
 * Reads a key set. Members that cannot be used are left out one by one (RFC 7517, section 5).
 *
 * @throws {@link UnavailableError} `ERR_KEY_SET_INVALID` where there is no `keys` array, or no usable key in it
 */
async function parseKeySet({ keys: members }: JsonObject): Promise<readonly VerificationKey[]> {
  if (!Array.isArray(members)) throw new UnavailableError('ERR_KEY_SET_INVALID', 'it has no array `keys`')
  const keys = (await Promise.all(members.map(toVerificationKey))).filter((key) => key !== undefined)
  if (keys.length === 0)
    throw new UnavailableError('ERR_KEY_SET_INVALID', 'no key in it can verify a signature')
  return keys
}
