import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'jose'
import { SCHEMES, type Algorithm, type KeyType } from './algorithm.js'
import { thumbprint } from './thumbprint.js'

/** A private key, the algorithm that it is meant for, and what is published of it. */
export interface SigningKey {
  readonly algorithm: Algorithm
  readonly privateKey: KeyObject
  /** Public key with `kid` (its RFC 7638 thumbprint), `alg` and `use`. */
  readonly publicJwk: JWK & { readonly kid: string }
}

/** Makes a new key for an algorithm; RSA keys have 2048 bits. */
export async function generateSigningKey(algorithm: Algorithm): Promise<SigningKey> {
  return createSigningKey(algorithm, await generatePrivateKey(SCHEMES[algorithm].keyType))
}

/** Describes a private key that exists already. */
export async function createSigningKey(algorithm: Algorithm, privateKey: KeyObject): Promise<SigningKey> {
  const jwk: JWK = createPublicKey(privateKey).export({ format: 'jwk' })
  return {
    algorithm,
    privateKey,
    publicJwk: { ...jwk, kid: await thumbprint(jwk), alg: algorithm, use: 'sig' },
  }
}

const generate = promisify(generateKeyPair)

async function generatePrivateKey(keyType: KeyType): Promise<KeyObject> {
  if (keyType === 'rsa') return (await generate('rsa', { modulusLength: 2048 })).privateKey
  if (keyType === 'ed25519') return (await generate('ed25519')).privateKey
  return (await generate('ec', { namedCurve: keyType })).privateKey
}
