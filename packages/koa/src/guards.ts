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
import { authentications, refuse, type Middleware } from './koa.js'

/** What the guards of the application ask for. */
export const declarations: Declarations = createDeclarations()

/**
 * Requires all of these scopes.
 *
 * @throws {@link ConfigurationError} at start-up, where there is none or one is not a scope
 *
 * @example
 *   router.get('/stats', requireScope('stats:read'), handler)
 */
export function requireScope(...scopes: readonly string[]): Middleware {
  return requireThat(allScopes(...scopes))
}

/**
 * Requires one of these scopes. The challenge asks for the first.
 *
 * @throws {@link ConfigurationError} at start-up, where there is none or one is not a scope
 */
export function requireAnyScope(...scopes: readonly string[]): Middleware {
  return requireThat(anyScope(...scopes))
}

/**
 * Requires that a predicate on the verified claims returns `true`.
 *
 * @example
 *   const usersOnly = requireClaims((claims) => claims.sub !== undefined && claims.sub !== claims.client_id)
 *   router.delete('/account', usersOnly, handler)
 */
export function requireClaims(predicate: (claims: AccessTokenClaims) => boolean): Middleware {
  return requireThat(claimsThat(predicate))
}

/**
 * Requires that the user was authenticated in one of some ways (`acr`), or no longer than `maxAge` seconds ago (`auth_time`),
 * or both. The challenge says which, so that the client can send the user to log in again.
 *
 * @throws {@link ConfigurationError} at start-up, where neither is named, or one cannot be used
 *
 * @example
 *   router.post('/payments', requireStepUp({ acrValues: ['mfa'], maxAge: 300 }), handler)
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9470#section-3 RFC 9470, section 3}
 */
export function requireStepUp(options: StepUpOptions): Middleware {
  return requireThat(stepUp(options))
}

/**
 * Requires that one entry of `authorization_details` has a shape, or that a predicate returns `true` for it.
 *
 * @throws {@link ConfigurationError} at start-up, where it is neither
 *
 * @example
 *   router.get('/balances', requireAuthorizationDetails({ type: 'account', actions: ['read_balances'] }), handler)
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9396#section-2 RFC 9396, section 2}
 */
export function requireAuthorizationDetails(
  required: AuthorizationDetailShape | AuthorizationDetailPredicate,
): Middleware {
  return requireThat(detailsThat(required))
}

function requireThat(requirement: Requirement): Middleware {
  declarations.add(requirement)
  return async (ctx, next) => {
    const { resourceServer, auth } = authentications.find(ctx)
    try {
      resourceServer.authorize(auth, requirement)
    } catch (error) {
      refuse(resourceServer, error, ctx)
      return
    }
    await next()
  }
}
