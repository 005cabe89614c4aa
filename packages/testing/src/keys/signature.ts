import { createHmac, sign, type KeyObject } from 'node:crypto'
import { HMAC_DIGESTS, SCHEMES, type Algorithm, type HmacAlgorithm } from './algorithm.js'

/**
 * Signs a JWS signing input as it stands. `jose` would refuse to sign under a header such as `alg: none`, which is what
 * a test of a resource server needs.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7518#section-3 RFC 7518, section 3}
 */
export function signInput(algorithm: Algorithm, privateKey: KeyObject, input: string): Promise<Buffer> {
  const { digest, options } = SCHEMES[algorithm]
  return new Promise((resolve, reject) => {
    sign(digest, Buffer.from(input), { ...options, key: privateKey }, (error, signature) => {
      if (error) reject(error)
      else resolve(signature)
    })
  })
}

/** Authenticates a JWS signing input with a shared secret: RFC 7518, section 3.2. */
export function authenticateInput(algorithm: HmacAlgorithm, secret: Uint8Array, input: string): Buffer {
  return createHmac(HMAC_DIGESTS[algorithm], secret).update(input).digest()
}
