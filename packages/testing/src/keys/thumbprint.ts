import { calculateJwkThumbprint, type JWK } from 'jose'

/**
 * The SHA-256 thumbprint of a key, base64url: the `kid` of every key that the authorization server makes.
 *
 * Covers the public members that define the key and nothing else, so the private key has the same one.
 *
 * @example
 *   const [key] = authorizationServer.keySet().keys
 *   await thumbprint(key) // equals key.kid
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7638#section-3 RFC 7638, section 3}
 */
export function thumbprint(jwk: JWK): Promise<string> {
  return calculateJwkThumbprint(jwk, 'sha256')
}
