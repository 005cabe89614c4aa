import type { JWK } from 'jose'
import { SCHEMES, type Algorithm } from './algorithm.js'
import { generateSigningKey, type SigningKey } from './signing-key.js'

/** The signing keys of one authorization server. */
export interface KeyRing {
  /** The algorithm of tokens that name none: the first configured one. */
  readonly defaultAlgorithm: Algorithm
  /** The public keys, newest first. */
  publicKeys(): JWK[]
  /**
   * The published key that signs with `algorithm`; where that is not configured, one that could (an `RS256` key signs
   * `PS256` as well).
   *
   * @throws {TypeError} When no published key could.
   */
  publishedKey(algorithm: Algorithm): SigningKey
  /** A key that is never published; the same one at each call. */
  unpublishedKey(algorithm: Algorithm): Promise<SigningKey>
  /** Makes a new key for each configured algorithm; withdraws the old ones unless they are to be kept. */
  rotate(keepOld: boolean): Promise<void>
}

/** Makes a key for each algorithm. */
export async function createKeyRing(algorithms: readonly [Algorithm, ...Algorithm[]]): Promise<KeyRing> {
  const generateAll = (): Promise<SigningKey[]> => Promise.all(algorithms.map(generateSigningKey))
  const unpublished = new Map<Algorithm, Promise<SigningKey>>()
  let published = await generateAll()

  return {
    defaultAlgorithm: algorithms[0],
    publicKeys: () => published.map(({ publicJwk }) => ({ ...publicJwk })),
    publishedKey(algorithm) {
      const key =
        published.find((candidate) => candidate.algorithm === algorithm) ??
        published.find((candidate) => SCHEMES[candidate.algorithm].keyType === SCHEMES[algorithm].keyType)
      if (key === undefined) throw new TypeError(`algorithm: no published key can sign with ${algorithm}`)
      return key
    },
    unpublishedKey(algorithm) {
      const key = unpublished.get(algorithm) ?? generateSigningKey(algorithm)
      unpublished.set(algorithm, key)
      return key
    },
    async rotate(keepOld) {
      const fresh = await generateAll()
      published = keepOld ? [...fresh, ...published] : fresh
    },
  }
}
