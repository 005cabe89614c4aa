import { UnavailableError } from '../errors.js'
import type { JsonObject } from '../json.js'
import { within, type Clock, type Seconds } from '../time.js'
import { toVerificationKey, type VerificationKey } from './jwk.js'

/** The last good key set of an authorization server. */
export interface KeySet {
  /** None before the first good fetch. */
  keys(): readonly VerificationKey[]
  /** Since the last good fetch, in seconds; infinite before it. */
  age(): Seconds
  /**
   * Replaces the keys, all of them at once. One fetch serves all who ask while it runs; nobody waits for it longer than
   * 5 seconds, after which it runs on, for the next one.
   *
   * @throws {@link UnavailableError} where the fetch failed, or failed less than 5 seconds ago, or takes longer; the keys
   *   stay
   */
  reload(): Promise<void>
}

/** Between a failed fetch and the next one. */
const RETRY_INTERVAL: Seconds = 5

/** Members of a key set that are looked at: importing a key costs time. */
const MOST_MEMBERS = 100
/** How long one caller waits for metadata and keys together. */
const WAIT_LIMIT: Seconds = 5

/** Makes an empty key set; nothing is fetched before somebody asks. */
export function createKeySet(fetchKeySet: () => Promise<JsonObject>, clock: Clock): KeySet {
  let keys: readonly VerificationKey[] = []
  let fetchedAt = -Infinity
  let failure: { readonly at: Seconds; readonly error: unknown } | undefined
  let pending: Promise<void> | undefined

  async function replace(): Promise<void> {
    try {
      keys = await readKeys(await fetchKeySet())
      fetchedAt = clock.monotonic()
      failure = undefined
    } catch (error) {
      failure = { at: clock.monotonic(), error }
      throw error
    }
  }

  return {
    keys: () => keys,
    age: () => clock.monotonic() - fetchedAt,
    async reload() {
      if (failure !== undefined && clock.monotonic() - failure.at < RETRY_INTERVAL) throw failure.error
      pending ??= replace().finally(() => {
        pending = undefined
      })
      await within(clock, WAIT_LIMIT, pending, late)
    },
  }
}

/**
 * Reads the keys that can be used; members that cannot are left out one by one (RFC 7517, section 5).
 *
 * @throws {@link UnavailableError} `ERR_KEY_SET_INVALID` where there is no `keys` array, or no usable key in it
 */
async function readKeys({ keys: members }: JsonObject): Promise<readonly VerificationKey[]> {
  if (!Array.isArray(members)) throw new UnavailableError('ERR_KEY_SET_INVALID', 'it has no array `keys`')
  const keys = (await Promise.all(members.slice(0, MOST_MEMBERS).map(toVerificationKey))).filter(
    (key) => key !== undefined,
  )
  if (keys.length === 0)
    throw new UnavailableError('ERR_KEY_SET_INVALID', 'no key in it can verify a signature')
  return keys
}

function late(): UnavailableError {
  const detail = `no keys within ${String(WAIT_LIMIT)} seconds; the fetch goes on`
  return new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', detail)
}
