import { RefusedError } from '../errors.js'
import { toLowerCase } from '../ascii.js'
import { ownMembers } from '../json.js'
import type { Seconds } from '../time.js'
import {
  checkClaims,
  findClientId,
  isBoundToKey,
  type AccessTokenClaims,
  type ClaimsPolicy,
} from './claims.js'
import type { VerifiedClaims } from './verified.js'

/** What the authorization server must say of an active token. */
export interface IntrospectedClaimsPolicy {
  readonly issuer: string
  readonly claims: ClaimsPolicy
  /** Whether it may leave out the audience. */
  readonly isAudienceOptional: boolean
}

/** Values of the members that say what kind of token it is, in lower case. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  token_type: ['bearer', 'access_token'], // RFC 6749, section 7.1; the second of old servers
  token_use: ['access_token', 'access'],
  typ: ['bearer', 'at+jwt', 'application/at+jwt', 'jwt'],
}

/**
 * Judges what the authorization server says of an active token, as the claims of a JWT are judged.
 *
 * @param known What a signature proved of it: holds on where the answer does not speak of it.
 *
 * @throws {@link RefusedError} `ERR_TOKEN_ISSUER`, `ERR_TOKEN_SENDER_CONSTRAINED`, `ERR_TOKEN_TYPE`, and what
 *   `checkClaims` throws
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 RFC 7662, section 2.2}
 */
export function checkIntrospectedClaims(
  response: VerifiedClaims,
  { issuer, claims, isAudienceOptional }: IntrospectedClaimsPolicy,
  now: Seconds,
  known?: AccessTokenClaims,
): AccessTokenClaims {
  if (Object.hasOwn(response, 'iss') && response['iss'] !== issuer) {
    throw new RefusedError('ERR_TOKEN_ISSUER', { cause: 'iss: is not the issuer that was asked' })
  }
  checkKind(response)
  if (known !== undefined) checkSame(response, known, claims)
  const current = known === undefined ? response : complete(response, known)
  const isAnyAudience = isAudienceOptional && !namesAudience(current, claims)
  return checkClaims(current, isAnyAudience ? { ...claims, audiences: undefined } : claims, now)
}

/** An answer about another token says nothing of this one. */
function checkSame(
  response: VerifiedClaims,
  known: AccessTokenClaims,
  { clientIdClaims }: ClaimsPolicy,
): void {
  const cause = ['sub', 'jti'].find((name) => differ(response[name], known[name]))
  if (cause !== undefined) throw new RefusedError('ERR_TOKEN_CLAIM_INVALID', { cause })
  if (differ(findClientId(response, clientIdClaims), findClientId(known, clientIdClaims)))
    throw new RefusedError('ERR_TOKEN_CLAIM_INVALID', { cause: 'client_id' })
}

function complete(response: VerifiedClaims, known: AccessTokenClaims): VerifiedClaims {
  return Object.freeze(ownMembers({ ...known, ...response })) as VerifiedClaims
}

function differ(value: unknown, known: unknown): boolean {
  return value !== undefined && known !== undefined && value !== known
}

/** No other kind of token passes for an access token (a refresh token is active, too). */
function checkKind(response: VerifiedClaims): void {
  for (const [name, known] of Object.entries(KINDS)) {
    if (!Object.hasOwn(response, name)) continue
    const value = response[name]
    const kind = typeof value === 'string' ? toLowerCase(value) : ''
    if (kind === 'dpop' && isBoundToKey(response)) continue // RFC 9449, section 6.2
    if (kind === 'dpop') throw new RefusedError('ERR_TOKEN_SENDER_CONSTRAINED')
    if (!known.includes(kind)) throw new RefusedError('ERR_TOKEN_TYPE', { cause: name })
  }
}

function namesAudience(response: VerifiedClaims, { audienceClaims }: ClaimsPolicy): boolean {
  return audienceClaims.some((name) => Object.hasOwn(response, name))
}
