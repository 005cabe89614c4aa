import type { Seconds } from '@bearward/core'

/** An access token, and what is known of it. Frozen. */
export interface AccessToken {
  /** The token itself. Nothing that logs, serializes or copies this object finds it: only who asks for it by its name. */
  readonly accessToken: string
  /** What it is good for, scopes separated by spaces: as the server says, else as asked; may be less than was asked. */
  readonly scope: string | undefined
  /** Scopes that were asked for and not given, in the order of the question. */
  readonly missingScopes: readonly string[]
  /** Wall-clock time at which it expires, in seconds since the epoch. */
  readonly expiresAt: Seconds
}

/** What an answer of the token endpoint says. */
export interface Grant {
  readonly accessToken: string
  /** `expires_in`; `undefined` where the server does not say. */
  readonly lifetime: Seconds | undefined
  /** `undefined` where the server does not say. */
  readonly scope: string | undefined
}

/**
 * Makes an {@link AccessToken}.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.3 RFC 6749, section 3.3}: the order of scopes means nothing
 */
export function createAccessToken(
  { accessToken, scope }: Grant,
  expiresAt: Seconds,
  asked: readonly string[],
): AccessToken {
  const granted = scope?.split(' ') ?? asked
  return Object.freeze(
    new TokenHolder(accessToken, {
      scope: scope ?? (asked.length > 0 ? asked.join(' ') : undefined),
      missingScopes: Object.freeze(asked.filter((value) => !granted.includes(value))),
      expiresAt,
    }),
  )
}

/** A private field is what `console.log('%o')` does not print, as it does every property. */
// eslint-disable-next-line no-restricted-syntax -- nothing but a class has private fields
class TokenHolder implements AccessToken {
  readonly #accessToken: string
  readonly scope: AccessToken['scope']
  readonly missingScopes: AccessToken['missingScopes']
  readonly expiresAt: AccessToken['expiresAt']

  constructor(accessToken: string, parts: Omit<AccessToken, 'accessToken'>) {
    this.#accessToken = accessToken
    this.scope = parts.scope
    this.missingScopes = parts.missingScopes
    this.expiresAt = parts.expiresAt
  }

  get accessToken(): string {
    return this.#accessToken
  }
}
