import {
  allScopes,
  anyScope,
  claimsThat,
  createDeclarations,
  detailsThat,
  stepUp,
  type AccessTokenClaims,
  type AuthorizationDetailPredicate,
  type AuthorizationDetailShape,
  type Declarations,
  type Requirement,
  type StepUpOptions,
} from '@bearward/core'
import { authentications, refuse, type Handler } from './express.js'

/** What the guards of the application ask for. */
export const declarations: Declarations = createDeclarations()

/**
 * Requires all of these scopes.
 *
 * @throws {@link ConfigurationError} at start-up, where there is none or one is not a scope
 *
 * @example
 *   app.get('/stats', requireScope('stats:read'), handler)
 */
export function requireScope(...scopes: readonly string[]): Handler {
  return requireThat(allScopes(...scopes))
}

/**
 * Requires one of these scopes. The challenge asks for the first.
 *
 * @throws {@link ConfigurationError} at start-up, where there is none or one is not a scope
 */
export function requireAnyScope(...scopes: readonly string[]): Handler {
  return requireThat(anyScope(...scopes))
}

/**
 * Requires that a predicate on the verified claims returns `true`.
 *
 * @example
 *   const usersOnly = requireClaims((claims) => claims.sub !== undefined && claims.sub !== claims.client_id)
 *   app.delete('/account', usersOnly, handler)
 */
export function requireClaims(predicate: (claims: AccessTokenClaims) => boolean): Handler {
  return requireThat(claimsThat(predicate))
}

/**
 * Requires that the user was authenticated in one of some ways (`acr`), or no longer than `maxAge` seconds ago (`auth_time`),
 * or both. The challenge says which, so that the client can send the user to log in again.
 *
 * @throws {@link ConfigurationError} at start-up, where neither is named, or one cannot be used
 *
 * @example
 *   app.post('/payments', requireStepUp({ acrValues: ['mfa'], maxAge: 300 }), handler)
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9470#section-3 RFC 9470, section 3}
 */
export function requireStepUp(options: StepUpOptions): Handler {
  return requireThat(stepUp(options))
}

/**
 * Requires that one entry of `authorization_details` has a shape, or that a predicate returns `true` for it.
 *
 * @throws {@link ConfigurationError} at start-up, where it is neither
 *
 * @example
 *   app.get('/balances', requireAuthorizationDetails({ type: 'account', actions: ['read_balances'] }), handler)
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9396#section-2 RFC 9396, section 2}
 */
export function requireAuthorizationDetails(
  required: AuthorizationDetailShape | AuthorizationDetailPredicate,
): Handler {
  return requireThat(detailsThat(required))
}

function requireThat(requirement: Requirement): Handler {
  declarations.add(requirement)
  return (req, res, next) => {
    const { resourceServer, auth } = authentications.find(req)
    try {
      resourceServer.authorize(auth, requirement)
    } catch (error) {
      refuse(resourceServer, error, res, next)
      return
    }
    next()
  }
}
