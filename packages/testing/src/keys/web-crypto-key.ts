import { KeyObject, type webcrypto } from 'node:crypto'
import type { Algorithm } from './algorithm.js'

/** By what a Web Crypto key says of itself: the name, and the hash or the curve. */
const ALGORITHMS: Readonly<Partial<Record<string, Algorithm>>> = {
  'RSASSA-PKCS1-v1_5 SHA-256': 'RS256',
  'RSASSA-PKCS1-v1_5 SHA-384': 'RS384',
  'RSASSA-PKCS1-v1_5 SHA-512': 'RS512',
  'RSA-PSS SHA-256': 'PS256',
  'RSA-PSS SHA-384': 'PS384',
  'RSA-PSS SHA-512': 'PS512',
  'ECDSA P-256': 'ES256',
  'ECDSA P-384': 'ES384',
  'ECDSA P-521': 'ES512',
  Ed25519: 'Ed25519',
}

/**
 * Reads a private Web Crypto key, and the algorithm that it was made for.
 *
 * @throws {TypeError} When it is no private key, not extractable (which Node.js is about to refuse: DEP0204), or was
 *   made for no algorithm of ours.
 */
export function readWebCryptoKey(key: webcrypto.CryptoKey): { algorithm: Algorithm; privateKey: KeyObject } {
  const { name, hash, namedCurve }: { name: string; hash?: { name: string }; namedCurve?: string } =
    key.algorithm
  const algorithm = ALGORITHMS[[name, hash?.name ?? namedCurve].join(' ').trim()]
  if (key.type !== 'private' || !key.extractable || algorithm === undefined) {
    throw new TypeError('key: must be an extractable private key of a supported algorithm')
  }
  return { algorithm, privateKey: KeyObject.from(key) }
}
