import { RefusedError } from '../errors.js'
import { isJsonObject, isStringArray } from '../json.js'
import type { Seconds } from '../time.js'
import type { VerifiedClaims } from './verified.js'

/**
 * Claims of an access token that has been accepted, or what the introspection endpoint said of it. Of a JWT, `iss`, `exp`
 * and what the profile does not make optional are there; of an introspected token, what the server chose to say.
 * Everything not listed is as the authorization server sent it, and `unknown` until you look.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2.2 RFC 9068, section 2.2}
 */
export interface AccessTokenClaims {
  readonly iss?: string
  readonly exp?: Seconds
  readonly aud?: string | readonly string[]
  readonly sub?: string
  readonly client_id?: string
  readonly iat?: Seconds
  readonly nbf?: Seconds
  readonly jti?: string
  readonly scope?: unknown
  readonly auth_time?: unknown
  readonly acr?: unknown
  readonly amr?: unknown
  readonly groups?: unknown
  readonly roles?: unknown
  readonly entitlements?: unknown
  readonly [name: string]: unknown
}

/** What the claims of an access token must be. */
export interface ClaimsPolicy {
  /** Accepted audiences; `undefined` accepts any, by the developer's explicit word. */
  readonly audiences: ReadonlySet<string> | undefined
  /** Claims that may hold the audience; the first present one counts. */
  readonly audienceClaims: readonly string[]
  /** Claims that must be present. */
  readonly presentClaims: readonly string[]
  /** Claims that may hold the client identifier; the first present one counts. */
  readonly clientIdClaims: readonly string[]
  readonly isClientIdOptional: boolean
  /** Claims that must have exactly this value. */
  readonly requiredClaims: ReadonlyMap<string, string>
  /** Claims that set other kinds of tokens apart, where the header does not. */
  readonly foreignClaims: readonly string[]
  readonly clockTolerance: Seconds
  /** Since `iat`; `undefined` for no limit. */
  readonly maxTokenAge: Seconds | undefined
}

/** Claims in which Keycloak and Cognito say what kind of token it is. */
export const KIND_CLAIMS: readonly string[] = ['typ', 'token_use']
/** Claims that access tokens do not have, and ID tokens, logout tokens, security events or introspection responses do. */
export const FOREIGN_CLAIMS: readonly string[] = [
  'nonce',
  'at_hash',
  'c_hash',
  's_hash',
  'events',
  'token_introspection',
]
/** 9999-12-31, the end of four-digit years. What lies beyond counts milliseconds, or nonsense. */
const LAST_INSTANT: Seconds = 253_402_300_799
/** How far ahead of ours an authorization server's clock may be (FAPI 2.0 accepts 10 seconds and refuses past 60). */
const ISSUED_AHEAD: Seconds = 60

/**
 * Checks all claims but the issuer, which selected the keys, and the scopes, for which each route asks.
 *
 * @param now Current time, in seconds since the epoch.
 *
 * @throws {@link RefusedError} `ERR_TOKEN_TYPE`, `ERR_TOKEN_CLAIM_MISSING`, `ERR_TOKEN_CLAIM_INVALID`,
 *   `ERR_TOKEN_AUDIENCE`, `ERR_TOKEN_EXPIRED`, `ERR_TOKEN_NOT_YET_VALID`, `ERR_TOKEN_TOO_OLD`
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 RFC 9068, section 4}
 */
export function checkClaims(claims: VerifiedClaims, policy: ClaimsPolicy, now: Seconds): AccessTokenClaims {
  checkKind(claims, policy.foreignClaims)
  checkRequired(claims, policy.requiredClaims)
  checkPresence(claims, policy)
  const typed = checkTypes(claims)
  checkAudience(claims, policy)
  checkLifetime(typed, policy, now)
  return typed
}

/**
 * Finds the client identifier: the first of the claims that is present.
 *
 * @throws {@link RefusedError} `ERR_TOKEN_CLAIM_INVALID` where it is not a non-empty string
 */
export function findClientId(claims: AccessTokenClaims, names: readonly string[]): string | undefined {
  const name = names.find((candidate) => Object.hasOwn(claims, candidate))
  if (name === undefined) return undefined
  const clientId = claims[name]
  if (!isName(clientId)) throw invalid(name)
  return clientId
}

/** RFC 8725, section 3.12: no other kind of JWT passes for an access token. */
function checkKind(claims: VerifiedClaims, foreignClaims: readonly string[]): void {
  const cause = foreignClaims.find((name) => Object.hasOwn(claims, name))
  if (cause !== undefined) throw new RefusedError('ERR_TOKEN_TYPE', { cause })
}

/** RFC 9068, section 2.2. */
function checkPresence(claims: VerifiedClaims, policy: ClaimsPolicy): void {
  const isPresent = (name: string): boolean => Object.hasOwn(claims, name)
  const absent = policy.presentClaims.find((name) => !isPresent(name))
  if (absent !== undefined) throw missing(absent)
  if (!policy.isClientIdOptional && !policy.clientIdClaims.some(isPresent)) throw missing('client_id')
}

/** RFC 7519, section 4.1. */
function checkTypes(claims: VerifiedClaims): AccessTokenClaims {
  for (const name of ['iss', 'sub', 'client_id', 'jti']) {
    if (claims[name] !== undefined && !isName(claims[name])) throw invalid(name)
  }
  for (const name of ['exp', 'nbf', 'iat']) {
    if (claims[name] !== undefined && !isInstant(claims[name])) throw invalid(name)
  }
  if (claims['aud'] !== undefined && !isAudience(claims['aud'])) throw invalid('aud')
  return claims
}

function checkRequired(claims: VerifiedClaims, requiredClaims: ReadonlyMap<string, string>): void {
  for (const [name, value] of requiredClaims) {
    if (Object.hasOwn(claims, name) && isOfKind(claims, claims[name], value)) continue
    throw KIND_CLAIMS.includes(name) ? new RefusedError('ERR_TOKEN_TYPE', { cause: name }) : invalid(name)
  }
}

/** Keycloak has `DPoP` in place of `Bearer` where the same kind of token is bound to a key. */
function isOfKind(claims: VerifiedClaims, value: unknown, required: string): boolean {
  return value === required || (value === 'DPoP' && required === 'Bearer' && isBoundToKey(claims))
}

/** Whether the scheme of an access token is DPoP: the only one for a token that names a key (RFC 9449, section 7.2). */
export function isBoundToKey(claims: AccessTokenClaims): boolean {
  const cnf = Object.hasOwn(claims, 'cnf') ? claims['cnf'] : undefined
  return isJsonObject(cnf) && Object.hasOwn(cnf, 'jkt')
}

/** RFC 7519, section 4.1.3: equal character by character, no prefix, no other case, no normal form. */
function checkAudience(claims: VerifiedClaims, { audiences, audienceClaims }: ClaimsPolicy): void {
  if (audiences === undefined) return
  const name = audienceClaims.find((candidate) => Object.hasOwn(claims, candidate))
  if (name === undefined) throw missing('aud')
  const audience = claims[name]
  const isMeant = (value: unknown) => typeof value === 'string' && audiences.has(value)
  if (!(Array.isArray(audience) ? audience.some(isMeant) : isMeant(audience))) {
    throw new RefusedError('ERR_TOKEN_AUDIENCE', { cause: `${name}: see the option audience` })
  }
}

/**
 * Checks what time can change.
 *
 * @throws {@link RefusedError} `ERR_TOKEN_EXPIRED`, `ERR_TOKEN_NOT_YET_VALID`, `ERR_TOKEN_TOO_OLD`, or
 *   `ERR_TOKEN_CLAIM_MISSING` where its age cannot be told
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4 RFC 7519, sections 4.1.4 to 4.1.6}
 */
export function checkLifetime(
  { exp, nbf, iat }: AccessTokenClaims,
  policy: ClaimsPolicy,
  now: Seconds,
): void {
  const { clockTolerance, maxTokenAge } = policy
  // Put so that a clock that gives NaN refuses.
  if (exp !== undefined && !(now < exp + clockTolerance)) throw new RefusedError('ERR_TOKEN_EXPIRED')
  if (nbf !== undefined && !(now + clockTolerance >= nbf)) throw new RefusedError('ERR_TOKEN_NOT_YET_VALID')
  if (iat !== undefined && !(now + Math.max(clockTolerance, ISSUED_AHEAD) >= iat)) {
    throw new RefusedError('ERR_TOKEN_NOT_YET_VALID')
  }
  if (maxTokenAge === undefined) return
  if (iat === undefined) throw missing('iat')
  if (!(now <= iat + maxTokenAge + clockTolerance)) throw new RefusedError('ERR_TOKEN_TOO_OLD')
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isAudience(value: unknown): boolean {
  return typeof value === 'string' || (isStringArray(value) && value.length > 0)
}

function isInstant(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= LAST_INSTANT
}

/** The cause names the claim, and never its value. */
function missing(name: string): RefusedError {
  return new RefusedError('ERR_TOKEN_CLAIM_MISSING', { cause: name })
}

function invalid(name: string): RefusedError {
  return new RefusedError('ERR_TOKEN_CLAIM_INVALID', { cause: name })
}
