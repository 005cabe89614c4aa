import { decodeBase64url } from '../base64url.js'
import { RefusedError } from '../errors.js'
import { isJsonObject, parseJsonObject, type JsonObject } from '../json.js'

/** A JWT whose spelling has been checked, and nothing else: whoever sent it may have written all of it. */
export interface UnverifiedJwt {
  /** The compact serialization, as received. */
  readonly compact: string
  readonly header: JsonObject
  /** Good for selecting an authorization server among the configured ones; for nothing else before it is verified. */
  readonly unverifiedClaims: JsonObject
  /** Empty where the token is not signed. */
  readonly signature: Uint8Array
}

/**
 * Parses a JWT in JWS compact serialization, strictly: three base64url parts in their one canonical spelling, of which
 * two are unambiguous JSON objects.
 *
 * @param largest In characters; a larger token is refused before it is looked at.
 *
 * @throws {@link RefusedError} `ERR_TOKEN_TOO_LARGE`, `ERR_TOKEN_ENCRYPTED`, `ERR_TOKEN_MALFORMED`
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-5.2 RFC 7515, section 5.2} and
 *   {@link https://www.rfc-editor.org/rfc/rfc7519#section-7.2 RFC 7519, section 7.2}
 */
export function parseCompact(compact: string, largest: number): UnverifiedJwt {
  if (compact.length > largest) throw new RefusedError('ERR_TOKEN_TOO_LARGE')
  const parts = compact.split('.', 6)
  if (parts.length === 5) throw new RefusedError('ERR_TOKEN_ENCRYPTED') // RFC 7516, section 3.1
  const [header, claims, signature, ...others] = parts
  if (header === undefined || claims === undefined || signature === undefined || others.length > 0) {
    throw new RefusedError('ERR_TOKEN_MALFORMED')
  }
  const signatureBytes = decodeBase64url(signature)
  if (signatureBytes === undefined) throw new RefusedError('ERR_TOKEN_MALFORMED')
  return {
    compact,
    signature: signatureBytes,
    header: parsePart(header),
    unverifiedClaims: parsePart(claims),
  }
}

/**
 * Whether somebody meant this to be a signed JWT: its first part is a JSON object, by whatever spelling. One with a flaw is a
 * bad JWT, and no opaque token.
 */
export function looksLikeJwt(token: string): boolean {
  const [first = '', ...others] = token.split('.', 6)
  if (others.length === 0) return false
  try {
    const header: unknown = JSON.parse(Buffer.from(first, 'base64url').toString())
    const isEncrypted = others.length === 4 && isJsonObject(header) && Object.hasOwn(header, 'enc') // RFC 7516, section 4.1.2
    return isJsonObject(header) && !isEncrypted
  } catch {
    return false
  }
}

function parsePart(part: string): JsonObject {
  const bytes = decodeBase64url(part)
  const object = bytes && parseJsonObject(bytes)
  if (object === undefined) throw new RefusedError('ERR_TOKEN_MALFORMED')
  return object
}
