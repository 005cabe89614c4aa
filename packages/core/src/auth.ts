import type { Scheme } from './binding/confirmation.js'
import type { Seconds } from './time.js'
import type { AccessTokenClaims } from './token/claims.js'

/**
 * Who makes a request, and what the access token allows. Frozen.
 *
 * A user is the pair of `issuer` and `subject`: the same `subject` of another issuer is somebody else.
 */
export interface Auth {
  /** The access token. Nothing that logs, serializes or copies `auth` finds it: only who asks for it by its name. */
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
 * Makes an {@link Auth} out of its parts: frozen, its scopes too, with the token hidden. For test kits; requests get theirs
 * from `authenticate`.
 */
export function createAuth(token: string, parts: AuthParts): Auth {
  return Object.freeze(new TokenHolder(token, parts))
}

/** A private field is what `console.log('%o')` does not print, as it does every property. */
// eslint-disable-next-line no-restricted-syntax -- nothing but a class has private fields
class TokenHolder implements Auth {
  readonly #token: string
  readonly scheme: Auth['scheme']
  readonly issuer: Auth['issuer']
  readonly subject: Auth['subject']
  readonly clientId: Auth['clientId']
  readonly scopes: Auth['scopes']
  readonly expiresAt: Auth['expiresAt']
  readonly claims: Auth['claims']
  readonly via: Auth['via']

  constructor(token: string, parts: AuthParts) {
    this.#token = token
    this.scheme = parts.scheme
    this.issuer = parts.issuer
    this.subject = parts.subject
    this.clientId = parts.clientId
    this.scopes = freezeSet(parts.scopes)
    this.expiresAt = parts.expiresAt
    this.claims = parts.claims
    this.via = parts.via
  }

  get token(): string {
    return this.#token
  }
}

const refuse = (): never => {
  throw new TypeError('The scopes of an access token cannot be changed')
}

const HIDDEN = { add: { value: refuse }, delete: { value: refuse }, clear: { value: refuse } }

/** `Object.freeze` leaves the members of a set open: a handler could add a scope by accident, and pass the next guard. */
function freezeSet(members: Iterable<string>): ReadonlySet<string> {
  return Object.freeze(Object.defineProperties(new Set(members), HIDDEN))
}
