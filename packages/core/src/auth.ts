import type { Seconds } from './time.js'
import type { AccessTokenClaims } from './token/claims.js'

/**
 * Who makes a request, and what the access token allows. Frozen.
 *
 * A user is the pair of `issuer` and `subject`: the same `subject` of another issuer is somebody else.
 */
export interface Auth {
  /** The access token. Not enumerable, so that logging or serializing `auth` does not show it. */
  readonly token: string
  readonly scheme: 'Bearer'
  /** Issuer of the token: one of those configured. */
  readonly issuer: string
  /** `sub`; absent only where the profile lets tokens leave it out. */
  readonly subject: string | undefined
  /** The client; absent only where the profile lets tokens leave it out. */
  readonly clientId: string | undefined
  readonly scopes: ReadonlySet<string>
  /** `exp`, in seconds since the epoch. */
  readonly expiresAt: Seconds
  /** All claims, deeply frozen. */
  readonly claims: AccessTokenClaims
  /** How the token was validated: `jwt` by signature. */
  readonly via: 'jwt'
}

/** Makes an {@link Auth}: freezes it, and hides the token from enumeration. */
export function createAuth(token: string, rest: Omit<Auth, 'token'>): Auth {
  return Object.freeze(Object.defineProperty(rest as Auth, 'token', { value: token, enumerable: false }))
}
