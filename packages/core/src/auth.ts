import type { Scheme } from './binding/confirmation.js'
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
  /** `DPoP` for a token that is bound to a key, whose proof the request carried; `Bearer` for all others. */
  readonly scheme: Scheme
  /** Issuer of the token: one of those configured. */
  readonly issuer: string
  /** `sub`; absent only where the profile, or introspection, lets it be left out. */
  readonly subject: string | undefined
  /** The client; absent only where the profile, or introspection, lets it be left out. */
  readonly clientId: string | undefined
  readonly scopes: ReadonlySet<string>
  /** `exp`, in seconds since the epoch; absent only where introspection leaves it out. */
  readonly expiresAt: Seconds | undefined
  /** All claims, or all that introspection said of the token; deeply frozen. */
  readonly claims: AccessTokenClaims
  /** How the token was validated: `jwt` by its signature, `introspection` by asking the authorization server. */
  readonly via: 'jwt' | 'introspection'
}

/** The parts of an {@link Auth} that are found in a token. */
export type AuthParts = Omit<Auth, 'token' | 'scopes'> & { readonly scopes: Iterable<string> }

/**
 * Makes an {@link Auth} out of its parts: frozen, its scopes too, with the token hidden from enumeration. For test kits;
 * requests get theirs from `authenticate`.
 */
export function createAuth(token: string, parts: AuthParts): Auth {
  // Written out: a copy by spreading takes ten times as long.
  const { scheme, issuer, subject, clientId, expiresAt, claims, via } = parts
  const scopes = freezeSet(new Set(parts.scopes))
  const auth = { scheme, issuer, subject, clientId, scopes, expiresAt, claims, via }
  return Object.freeze(Object.defineProperty(auth as typeof auth & Auth, 'token', { value: token }))
}

const refuse = (): never => {
  throw new TypeError('The scopes of an access token cannot be changed')
}

const HIDDEN = { add: { value: refuse }, delete: { value: refuse }, clear: { value: refuse } }

/** `Object.freeze` leaves the members of a set open: a handler could add a scope by accident, and pass the next guard. */
function freezeSet<T>(set: Set<T>): ReadonlySet<T> {
  return Object.freeze(Object.defineProperties(set, HIDDEN))
}
