import type { Seconds } from '@bearward/core'

type Claims = Readonly<Record<string, unknown>>

/**
 * The access tokens that an authorization server has made, and what it says of them. Without a bound: they are as many as
 * the tests make, and gone with the server.
 */
export interface IssuedTokens {
  /**
   * Remembers a token, in place of the same text before.
   *
   * @param staysActive Whether it is active when `exp` has passed as well.
   */
  add(token: string, claims: Claims, staysActive?: boolean): void
  /**
   * Adds claims to a token, or replaces them.
   *
   * @throws {TypeError} When there is no such token.
   */
  setClaims(token: string, claims: Claims): void
  /** Forgets a token, if it is one. */
  revoke(token: string): void
  /**
   * What the introspection endpoint says.
   *
   * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 RFC 7662, section 2.2}
   */
  introspect(token: string, now: Seconds): Claims
}

interface IssuedToken {
  readonly claims: Claims
  readonly staysActive: boolean
}

/** Begins without any. */
export function createIssuedTokens(): IssuedTokens {
  const issued = new Map<string, IssuedToken>()
  return {
    add(token, claims, staysActive = false) {
      issued.set(token, { claims: { ...claims }, staysActive })
    },
    setClaims(token, claims) {
      const known = issued.get(token)
      if (known === undefined) throw new TypeError('token: must be one of this server, and not revoked')
      issued.set(token, { ...known, claims: { ...known.claims, ...claims } })
    },
    revoke(token) {
      issued.delete(token)
    },
    introspect(token, now) {
      const known = issued.get(token)
      if (known === undefined || (hasExpired(known, now) && !known.staysActive)) return { active: false }
      return { active: true, token_type: 'Bearer', ...known.claims }
    },
  }
}

/** An `exp` that is no number is for the resource server to judge. */
function hasExpired({ claims: { exp } }: IssuedToken, now: Seconds): boolean {
  return typeof exp === 'number' && exp <= now
}
