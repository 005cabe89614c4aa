import { createHash } from 'node:crypto'
import type { JWK } from 'jose'

/**
 * The SHA-256 thumbprint of a public key, base64url: of the members that every key of its type has, in the order of their
 * names. What else the key has does not count.
 *
 * @param jwk An RSA, EC or OKP key whose members are spelt in the one canonical way.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7638#section-3 RFC 7638, section 3}
 */
export function toThumbprint(jwk: JWK): string {
  return createHash('sha256')
    .update(JSON.stringify(requiredMembers(jwk)))
    .digest('base64url')
}

/** RFC 7638, section 3.2; RFC 8037, section 2. */
function requiredMembers({ kty, crv, e, n, x, y }: JWK): JWK {
  if (kty === 'RSA') return { e, kty, n } as JWK
  return (kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x }) as JWK
}
