import { RefusedError } from '../errors.js'
import { isJsonObject, ownMembers, type JsonObject } from '../json.js'

/** How an access token is presented (RFC 6750, section 2.1; RFC 9449, section 7.1). */
export type Scheme = 'Bearer' | 'DPoP'

/** The proofs that an access token demands: one at least. */
export interface Confirmation {
  /** Thumbprint of the key that signs its DPoP proofs (RFC 9449, section 6.1). */
  readonly jkt: string | undefined
  /** Thumbprint of the client certificate: `x5t#S256` (RFC 8705, section 3.1). */
  readonly certificate: string | undefined
}

/** SHA-256, base64url without padding. Not decoded: RFC 8705, section 3.1, has one with spare bits. */
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/

/**
 * Reads which proofs an access token demands. Whatever `cnf` holds, it is never ignored: a bound token without its proof is
 * a stolen token.
 *
 * @param claims Verified ones.
 *
 * @returns `undefined` for a token that is not bound
 *
 * @throws {@link RefusedError} `ERR_TOKEN_SENDER_CONSTRAINED` where a proof cannot be understood, or none of them is known
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7800#section-3.1 RFC 7800, section 3.1}, RFC 9449, section 6, and RFC 8705,
 *   section 3.1
 */
export function readConfirmation(claims: JsonObject): Confirmation | undefined {
  if (!Object.hasOwn(claims, 'cnf')) return undefined
  const { cnf } = claims
  if (!isJsonObject(cnf)) throw constrained('cnf: is no object')
  const { jkt, 'x5t#S256': certificate } = ownMembers(cnf)
  if (jkt === undefined && certificate === undefined) throw constrained('cnf: has no known member')
  return { jkt: parseThumbprint(jkt, 'jkt'), certificate: parseThumbprint(certificate, 'x5t#S256') }
}

/**
 * Checks that what an access token is bound to can be understood.
 *
 * @throws {@link RefusedError} `ERR_TOKEN_SENDER_CONSTRAINED`
 */
export function checkConfirmation(claims: JsonObject): void {
  readConfirmation(claims)
}

/**
 * Checks that an access token is still bound to what it was bound to when that was proved.
 *
 * @throws {@link RefusedError} `ERR_TOKEN_SENDER_CONSTRAINED`
 */
export function checkSameConfirmation(claims: JsonObject, proved: JsonObject): void {
  const current = readConfirmation(claims)
  const earlier = readConfirmation(proved)
  const isSame = current?.jkt === earlier?.jkt && current?.certificate === earlier?.certificate
  if (current !== undefined && !isSame) throw constrained('cnf: is not what was proved')
}

function parseThumbprint(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && THUMBPRINT.test(value)) return value
  throw constrained(`cnf: ${name} is no thumbprint`)
}

/** The cause names the member, and never its value. */
function constrained(cause: string): RefusedError {
  return new RefusedError('ERR_TOKEN_SENDER_CONSTRAINED', { cause })
}
