import { RefusedError } from '../errors.js'
import type { VerifiedClaims } from '../token/verified.js'

/**
 * Checks that an access token demands no proof of possession: none can be given yet, and a bound token without its proof
 * is a stolen token. Whatever `cnf` holds, it is never ignored.
 *
 * @throws {@link RefusedError} `ERR_TOKEN_SENDER_CONSTRAINED`
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7800#section-3.1 RFC 7800, section 3.1}, RFC 9449, section 7.2, and RFC
 *   8705, section 3
 */
export function checkConfirmation(claims: VerifiedClaims): void {
  if (Object.hasOwn(claims, 'cnf')) throw new RefusedError('ERR_TOKEN_SENDER_CONSTRAINED')
}
