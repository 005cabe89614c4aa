import { atOnce } from '../at-once.js'
import { ConfigurationError, RefusedError } from '../errors.js'
import { ownMembers } from '../json.js'
import type { Clock } from '../time.js'
import type { AccessTokenClaims } from '../token/claims.js'
import { checkScopes, isToken } from './scope-token.js'
import { isNeededAuthentication, type NeededAuthentication } from './step-up.js'

/** The part of a verdict that requirements judge. */
export interface Authorization {
  readonly scopes: ReadonlySet<string>
  readonly claims: AccessTokenClaims
}

/** Why a requirement is not met. */
export interface Unmet {
  readonly code:
    | 'ERR_AUTHENTICATION_INSUFFICIENT'
    | 'ERR_SCOPE_INSUFFICIENT'
    | 'ERR_AUTHORIZATION_DETAILS_INSUFFICIENT'
    | 'ERR_CLAIMS_INSUFFICIENT'
  /** Scopes that would meet it, separated by spaces. */
  readonly scope?: string
  /** The authentication of the user that would meet it; with `ERR_AUTHENTICATION_INSUFFICIENT`. */
  readonly authentication?: NeededAuthentication
}

/**
 * What a route asks of an accepted access token: returns nothing where it is met, or why it is not.
 *
 * @see {@link allScopes}, {@link anyScope}, {@link claimsThat}, {@link stepUp} and {@link detailsThat}, which make them
 */
export interface Requirement {
  (authorization: Authorization, clock: Pick<Clock, 'now'>): Unmet | undefined
  /** Scopes that it may ask for, for the protected resource metadata. Default: none. */
  readonly scopes?: readonly string[]
  /** Types of authorization details that it may ask for, for the same. Default: none. */
  readonly authorizationDetailsTypes?: readonly string[]
}

const CODES: readonly unknown[] = [
  'ERR_AUTHENTICATION_INSUFFICIENT',
  'ERR_SCOPE_INSUFFICIENT',
  'ERR_AUTHORIZATION_DETAILS_INSUFFICIENT',
  'ERR_CLAIMS_INSUFFICIENT',
]

/**
 * Checks that a requirement is met.
 *
 * @throws {@link RefusedError} where it is not
 * @throws {TypeError} where it returns neither nothing nor a reason: `false`, or a promise, must not pass for nothing
 */
export function checkRequirement(
  requirement: Requirement,
  authorization: Authorization,
  clock: Pick<Clock, 'now'>,
): void {
  const unmet = atOnce(requirement(authorization, clock))
  if (unmet === undefined) return
  const { code } = unmet // one that is inherited refuses as well
  const { scope, authentication }: Omit<Unmet, 'code'> = ownMembers(unmet)
  const isWellFormed =
    CODES.includes(code) &&
    (scope === undefined || isScope(scope)) &&
    (code === 'ERR_AUTHENTICATION_INSUFFICIENT') === (authentication !== undefined) &&
    (authentication === undefined || isNeededAuthentication(authentication))
  if (!isWellFormed) {
    throw new TypeError(
      'A requirement returns nothing, or { code, scope, authentication } with a code of its type',
    )
  }
  throw new RefusedError(code, {
    ...(scope !== undefined && { scope }),
    ...(authentication && { authentication }),
  })
}

/**
 * Requires every one of these scopes.
 *
 * @throws {@link ConfigurationError} where there is none, or one is not a single scope of RFC 6749, section 3.3
 *
 * @example
 *   resourceServer.authorize(auth, allScopes('stats:read', 'stats:write'))
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3.1 RFC 6750, section 3.1}
 */
export function allScopes(...scopes: readonly string[]): Requirement {
  checkScopes(scopes)
  const unmet: Unmet = { code: 'ERR_SCOPE_INSUFFICIENT', scope: scopes.join(' ') }
  return Object.assign<Requirement, Pick<Requirement, 'scopes'>>(
    (authorization) => (scopes.every((scope) => authorization.scopes.has(scope)) ? undefined : unmet),
    { scopes },
  )
}

/**
 * Requires at least one of these scopes. The challenge asks for the first, so name the narrowest first.
 *
 * @throws {@link ConfigurationError} where there is none, or one is not a single scope of RFC 6749, section 3.3
 */
export function anyScope(...scopes: readonly string[]): Requirement {
  const [first] = checkScopes(scopes)
  const unmet: Unmet = { code: 'ERR_SCOPE_INSUFFICIENT', scope: first }
  return Object.assign<Requirement, Pick<Requirement, 'scopes'>>(
    (authorization) => (scopes.some((scope) => authorization.scopes.has(scope)) ? undefined : unmet),
    { scopes },
  )
}

/**
 * Requires that a predicate on the verified claims returns `true`.
 *
 * @throws {@link ConfigurationError} where `predicate` is not a function. At a request, a predicate that returns
 *   anything but a boolean (a promise, for example) is a `TypeError`: it must not pass by being truthy.
 *
 * @example
 *   const usersOnly = claimsThat((claims) => claims.sub !== undefined && claims.sub !== claims.client_id)
 */
export function claimsThat(predicate: (claims: AccessTokenClaims) => boolean): Requirement {
  if (typeof predicate !== 'function')
    throw new ConfigurationError('predicate', 'must be a function of the claims')
  return (authorization) => {
    const isMet = atOnce<unknown>(predicate(authorization.claims))
    if (typeof isMet !== 'boolean')
      throw new TypeError('A predicate on claims must return true or false, at once')
    return isMet ? undefined : { code: 'ERR_CLAIMS_INSUFFICIENT' }
  }
}

/** Scopes, separated by single spaces. */
function isScope(scope: unknown): boolean {
  return typeof scope === 'string' && scope.split(' ').every(isToken)
}
