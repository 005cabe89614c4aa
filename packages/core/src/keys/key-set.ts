import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { JWK } from 'jose'
import { AskedPauseError, UnavailableError } from '../errors.js'
import type { Fetched, FetchJson, Validator } from '../http/fetch-json.js'
import { isJsonObject, type JsonObject } from '../json.js'
import { readPublicKey, toVerificationKey, type VerificationKey } from './jwk.js'

/** The keys of an issuer that can verify signatures. */
export type KeySet = readonly VerificationKey[]

/** RFC 7517, section 8.5, and what servers send in practice. */
const MEDIA_TYPES = ['application/json', 'application/jwk-set+json']
/** Members of a key set that are looked at: importing a key costs time. */
const MOST_MEMBERS = 100
/** So many are imported before others have their turn. */
const AT_ONCE = 10

/**
 * Gets a key set. Where that fails, it may have moved, and is looked for again. While the keys in it are the same, so is the
 * object, whatever validators the server sends or does not: verdicts hold on.
 *
 * @param locate Finds its address.
 * @param locateAgain Asks the authorization server for it.
 */
export function createKeySetSource(
  fetchJson: FetchJson,
  locate: () => Promise<string>,
  locateAgain: () => Promise<string>,
): (validator: Validator | undefined) => Promise<Fetched<KeySet>> {
  let latest: KeySet | undefined

  async function fetchFrom(url: string, validator: Validator | undefined): Promise<Fetched<KeySet>> {
    const fetched = await fetchJson(url, MEDIA_TYPES, validator)
    if (fetched.content === undefined) return { ...fetched, content: undefined }
    const content = await readKeySet(fetched.content)
    if (!isDeepStrictEqual(content, latest)) latest = content
    return { ...fetched, content: latest }
  }

  return async (validator) => {
    const url = await locate()
    try {
      return await fetchFrom(url, validator)
    } catch (error) {
      if (error instanceof AskedPauseError) throw error
      const other = await locateAgain().catch(() => url)
      if (other === url) throw error
      return fetchFrom(other, validator)
    }
  }
}

/**
 * Reads the keys that can be used; members that cannot are left out one by one (RFC 7517, section 5).
 *
 * @throws {@link UnavailableError} `ERR_KEY_SET_INVALID` where there is no `keys` array, or no usable key in it
 */
export async function readKeySet({ keys: members }: JsonObject): Promise<KeySet> {
  if (!Array.isArray(members)) throw new UnavailableError('ERR_KEY_SET_INVALID', 'it has no array `keys`')
  const keys: VerificationKey[] = []
  let imports = 0
  for (const member of members.slice(0, MOST_MEMBERS) as unknown[]) {
    if (isJsonObject(member) && readPublicKey(member) !== undefined) imports += 1
    if (imports > AT_ONCE) {
      await nextTurn()
      imports = 1
    }
    const key = await toVerificationKey(member)
    if (key !== undefined) keys.push(key)
  }
  if (keys.length === 0)
    throw new UnavailableError('ERR_KEY_SET_INVALID', 'no key in it can verify a signature')
  return keys
}

/** The members that {@link readKeySet} makes the same keys of. */
export function toMembers(keySet: KeySet): readonly JWK[] {
  return keySet.map(({ kid, algorithms, jwk }) => {
    const [alg, ...others] = algorithms
    return {
      ...jwk,
      ...(kid !== undefined && { kid }),
      ...(alg !== undefined && others.length === 0 && { alg }),
    }
  })
}

/** The same for the same keys, in whatever order: SHA-256, base64url. */
export function toFingerprint(keySet: KeySet): string {
  const known = fingerprints.get(keySet)
  if (known !== undefined) return known
  const members = toMembers(keySet).map((member) => JSON.stringify(member))
  const fingerprint = createHash('sha256').update(JSON.stringify(members.sort())).digest('base64url')
  fingerprints.set(keySet, fingerprint)
  return fingerprint
}

const fingerprints = new WeakMap<KeySet, string>()
