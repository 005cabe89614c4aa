import { asSingleOutage, RefusedError, UnavailableError } from '../errors.js'
import { isJsonObject, isStringArray, ownMembers, type JsonObject } from '../json.js'
import type { KeySource } from '../keys/key-source.js'
import type { Seconds } from '../time.js'
import { parseCompact } from './compact.js'
import { checkHeader, verifySignature } from './jwt.js'
import type { VerifiedClaims } from './verified.js'

/** What a signed answer must be. */
export interface SignedResponsePolicy {
  readonly issuer: string
  /** Identifiers of this resource server, of which it must name one. */
  readonly audiences: ReadonlySet<string>
  readonly algorithms: ReadonlySet<string>
  readonly keySource: KeySource
}

/** An answer is made when it is asked for: one that is older was recorded, and names no token that it is about. */
const MOST_AGE: Seconds = 300
/** What clocks may differ by. */
const CLOCK_DIFFERENCE: Seconds = 60
const TYPES: ReadonlySet<string> = new Set(['token-introspection+jwt'])

/**
 * Reads a signed answer of the introspection endpoint: of this authorization server, for this resource server.
 *
 * @param now Wall-clock time.
 *
 * @returns Its `token_introspection`: nothing else in it is about the token.
 *
 * @throws {@link UnavailableError} `ERR_INTROSPECTION_RESPONSE`, or where its keys cannot be had
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9701#section-5 RFC 9701, section 5}
 */
export async function readIntrospectionJwt(
  bytes: Uint8Array,
  url: string,
  policy: SignedResponsePolicy,
  now: Seconds,
): Promise<JsonObject> {
  const claims = ownMembers(await verify(bytes, url, policy))
  const { iss, aud, iat, token_introspection: response } = claims
  const isForUs = (typeof aud === 'string' ? [aud] : isStringArray(aud) ? aud : []).some((audience) =>
    policy.audiences.has(audience),
  )
  if (iss !== policy.issuer) throw unbelievable(url, 'its iss is not the issuer')
  if (!isForUs) throw unbelievable(url, 'its aud does not name this resource server')
  if (typeof iat !== 'number') throw unbelievable(url, 'it has no iat')
  if (!isOfNow(claims, iat, now))
    throw unbelievable(url, 'it is not of now: see its iat, exp and nbf, and the clocks')
  if (!isJsonObject(response)) throw unbelievable(url, 'it has no token_introspection')
  return response
}

/** RFC 7519, sections 4.1.4 to 4.1.6; put so that a clock that gives NaN believes nothing. */
function isOfNow({ exp = Infinity, nbf = -Infinity }: JsonObject, iat: number, now: Seconds): boolean {
  if (typeof exp !== 'number' || typeof nbf !== 'number') return false
  const [earliest, latest] = [
    Math.max(iat, nbf) - CLOCK_DIFFERENCE,
    Math.min(iat + MOST_AGE, exp + CLOCK_DIFFERENCE),
  ]
  return now >= earliest && now < latest
}

/** What would refuse an access token is here no fault of the client. */
async function verify(
  bytes: Uint8Array,
  url: string,
  { algorithms, keySource }: SignedResponsePolicy,
): Promise<VerifiedClaims> {
  try {
    const jwt = parseCompact(new TextDecoder('latin1').decode(bytes), Infinity)
    return await verifySignature(jwt, checkHeader(jwt, { types: TYPES, algorithms }), keySource)
  } catch (cause) {
    if (!(cause instanceof RefusedError)) throw asSingleOutage(cause)
    throw unbelievable(url, `see the cause, ${cause.code}`, cause)
  }
}

function unbelievable(url: string, problem: string, cause?: RefusedError): UnavailableError {
  return new UnavailableError('ERR_INTROSPECTION_RESPONSE', `${url}: ${problem}`, { cause })
}
