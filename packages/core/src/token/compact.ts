import { copyAscii } from '../ascii.js'
import { decodeBase64url } from '../base64url.js'
import { RefusedError } from '../errors.js'
import { isJsonObject, isTooDeep, parseJsonObject, type JsonObject } from '../json.js'

/** A JWT whose spelling has been checked, and nothing else: whoever sent it may have written all of it. */
export interface UnverifiedJwt {
  /** The compact serialization, as received. */
  readonly compact: string
  /** What the signature is of. */
  readonly signingInput: string
  /** Deeply frozen, as the claims are. */
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
  const first = compact.indexOf('.')
  const second = compact.indexOf('.', first + 1)
  if (second === -1 || compact.includes('.', second + 1)) throw refuseParts(compact)
  const signature = decodeBase64url(compact.slice(second + 1))
  if (signature === undefined) throw new RefusedError('ERR_TOKEN_MALFORMED')
  return {
    compact,
    signingInput: compact.slice(0, second),
    signature,
    header: parseHeader(compact.slice(0, first)),
    unverifiedClaims: parsePart(compact.slice(first + 1, second)),
  }
}

/** RFC 7516, section 3.1: five parts are encrypted. */
function refuseParts(compact: string): RefusedError {
  return new RefusedError(compact.split('.', 6).length === 5 ? 'ERR_TOKEN_ENCRYPTED' : 'ERR_TOKEN_MALFORMED')
}

/**
 * Whether somebody meant this to be a signed JWT: its first part is a JSON object, by whatever spelling. One with a flaw is a
 * bad JWT, and no opaque token.
 */
export function looksLikeJwt(token: string): boolean {
  const [first = '', ...others] = token.split('.', 6)
  if (others.length === 0) return false
  try {
    const text = Buffer.from(first, 'base64url').toString()
    if (isTooDeep(text)) return text.trimStart().startsWith('{')
    const header: unknown = JSON.parse(text)
    const isEncrypted = others.length === 4 && isJsonObject(header) && Object.hasOwn(header, 'enc') // RFC 7516, section 4.1.2
    return isJsonObject(header) && !isEncrypted
  } catch {
    return false
  }
}

/** By their spelling: the headers of all tokens that one key signs are the same, as a rule. */
const knownHeaders = new Map<string, JsonObject>()
/** Made-up ones put the others out, which then take the time that they took before. */
const MOST_HEADERS = 100
const LONGEST_HEADER = 400

/** Parsing depends on the text alone, so that what is known of it holds for everybody. */
function parseHeader(part: string): JsonObject {
  const known = knownHeaders.get(part)
  if (known !== undefined) return known
  const header = parsePart(part)
  if (part.length > LONGEST_HEADER) return header
  if (knownHeaders.size === MOST_HEADERS) knownHeaders.clear()
  knownHeaders.set(copyAscii(part), header)
  return header
}

function parsePart(part: string): JsonObject {
  const bytes = decodeBase64url(part)
  const object = bytes && parseJsonObject(bytes)
  if (object === undefined) throw new RefusedError('ERR_TOKEN_MALFORMED')
  return object
}
