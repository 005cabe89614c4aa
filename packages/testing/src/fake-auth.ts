import { createAuth, systemClock, type AccessTokenClaims, type Auth, type Seconds } from '@bearward/core'
import { joinScope, splitScope } from './scope.js'

/** Who the fake caller is. */
export interface FakeAuthOptions {
  /** What the token allows. Default: what the claim `scope` of `claims` says; otherwise nothing. */
  readonly scopes?: readonly string[]
  /** `sub`; undefined leaves it out. Default: the client, as in the client-credentials grant. */
  readonly subject?: string | undefined
  /** `client_id`; undefined leaves it out. Default: `client`. */
  readonly clientId?: string | undefined
  /** `iss`. Default: `https://as.example.com`. */
  readonly issuer?: string
  /** `exp`, in seconds since the epoch. Default: 300 seconds from now. */
  readonly expiresAt?: Seconds
  /** How the token came. Default: `DPoP` where `claims` bind it to a key (`cnf: { jkt }`), otherwise `Bearer`. */
  readonly scheme?: Auth['scheme']
  /** More claims. One that an option above sets as well is taken from here. Default: none. */
  readonly claims?: Partial<AccessTokenClaims>
}

const DEFAULT_ISSUER = 'https://as.example.com'

/**
 * Makes what `authenticate` returns for an accepted request, without any request, key or token: to call a handler
 * directly. Frozen, its claims deeply, like the real one; its token is not a JWT.
 *
 * @example
 *   const auth = fakeAuth({ scopes: ['stats:read'], subject: 'user-1' })
 *   expect(readStats(auth)).toEqual([])
 */
export function fakeAuth(options: FakeAuthOptions = {}): Auth {
  const claims = createFakeClaims(options)
  return createAuth('fake-access-token', {
    scheme: options.scheme ?? (isBoundToKey(claims) ? 'DPoP' : 'Bearer'),
    issuer: claims.iss ?? options.issuer ?? DEFAULT_ISSUER,
    subject: claims.sub,
    clientId: claims.client_id,
    scopes: options.scopes ?? (typeof claims.scope === 'string' ? splitScope(claims.scope) : []),
    expiresAt: claims.exp,
    claims: deepFreeze(claims),
    via: 'jwt',
  })
}

function createFakeClaims(options: FakeAuthOptions): AccessTokenClaims {
  const { issuer = DEFAULT_ISSUER, scopes = [] } = options
  const clientId = 'clientId' in options ? options.clientId : 'client'
  const issuedAt = Math.floor(systemClock.now())
  const claims = {
    iss: issuer,
    aud: 'https://api.example.com',
    sub: 'subject' in options ? options.subject : clientId,
    client_id: clientId,
    iat: issuedAt,
    exp: options.expiresAt ?? issuedAt + 300,
    jti: 'fake-jti',
    scope: joinScope(scopes),
    ...options.claims,
  }
  // What a JWT could carry: a copy, so that nothing of the caller's is frozen, and without what is undefined.
  return JSON.parse(JSON.stringify(claims)) as AccessTokenClaims
}

function isBoundToKey({ cnf }: AccessTokenClaims): boolean {
  return typeof cnf === 'object' && cnf !== null && 'jkt' in cnf
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  Object.values(value).forEach(deepFreeze)
  return Object.freeze(value)
}
