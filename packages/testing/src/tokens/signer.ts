import { isAlgorithm, isHmacAlgorithm, type Algorithm, type HmacAlgorithm } from '../keys/algorithm.js'
import type { KeyRing } from '../keys/key-ring.js'
import { authenticateInput, signInput } from '../keys/signature.js'
import { createSigningKey, type SigningKey } from '../keys/signing-key.js'
import { readWebCryptoKey } from '../keys/web-crypto-key.js'
import type { MintKey, MintOptions } from './mint-options.js'

/** What signs one token. */
export interface Signer {
  readonly algorithm: Algorithm | HmacAlgorithm
  /** The `kid` of a token that names no other. */
  readonly keyId: string
  sign(input: string): Promise<Uint8Array>
}

/**
 * Finds what the options ask to sign with.
 *
 * @throws {TypeError} When key and algorithm do not fit.
 */
export async function chooseSigner(keys: KeyRing, options: MintOptions): Promise<Signer> {
  const { key = 'published', algorithm } = options
  if (typeof key === 'object' && 'secret' in key) return createHmacSigner(keys, key.secret, algorithm)
  const signingKey = await findKey(keys, key, algorithm)
  return {
    algorithm: signingKey.algorithm,
    keyId: signingKey.publicJwk.kid,
    sign: (input) => signInput(signingKey.algorithm, signingKey.privateKey, input),
  }
}

async function findKey(
  keys: KeyRing,
  key: Exclude<MintKey, { secret: Uint8Array }>,
  name: string | undefined,
): Promise<SigningKey> {
  const given = typeof key === 'object' ? readWebCryptoKey(key) : undefined
  const algorithm = name ?? given?.algorithm ?? keys.defaultAlgorithm
  if (!isAlgorithm(algorithm)) throw new TypeError(`algorithm: ${algorithm} needs a key with a secret`)
  if (given) return createSigningKey(algorithm, given.privateKey)
  if (key === 'unpublished') return keys.unpublishedKey(algorithm)
  return { ...keys.publishedKey(algorithm), algorithm }
}

/** An attacker names the key whose public half the secret was made of. */
function createHmacSigner(keys: KeyRing, secret: Uint8Array, algorithm = 'HS256'): Signer {
  if (!isHmacAlgorithm(algorithm)) throw new TypeError(`algorithm: ${algorithm} does not take a secret`)
  return {
    algorithm,
    keyId: keys.publishedKey(keys.defaultAlgorithm).publicJwk.kid,
    sign: (input) => Promise.resolve(authenticateInput(algorithm, secret, input)),
  }
}
