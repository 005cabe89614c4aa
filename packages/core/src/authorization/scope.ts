import { atOnce } from '../at-once.js'
import { RefusedError } from '../errors.js'
import { isJsonObject, isStringArray } from '../json.js'
import type { AccessTokenClaims } from '../token/claims.js'
import type { ScopesFrom } from '../token/profile.js'

/** Where the scopes of an access token are. `undefined` is RFC 9068: the claim `scope`, one string. */
export type ScopePolicy = ScopesFrom | undefined

/**
 * Reads the scopes of an access token. No claim, no scopes: nothing is ever granted by default.
 *
 * @throws {@link RefusedError} `ERR_TOKEN_CLAIM_INVALID` where the claim is not of the configured shape
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3 RFC 9068, section 2.2.3}
 */
export function readScopes(claims: AccessTokenClaims, policy: ScopePolicy): readonly string[] {
  if (typeof policy === 'function') return toScopes(readFound(atOnce<unknown>(policy(claims))))
  const name = findClaim(claims, policy ?? 'scope')
  if (name === undefined) return []
  const value = claims[name]
  const scopes = typeof value === 'string' ? value : policy && attributeValues(value)
  if (scopes === undefined) {
    throw new RefusedError('ERR_TOKEN_CLAIM_INVALID', { cause: name })
  }
  return toScopes(scopes)
}

/** The first that is present. */
function findClaim(claims: AccessTokenClaims, names: string | readonly string[]): string | undefined {
  const candidates = typeof names === 'string' ? [names] : names
  return candidates.find((candidate) => Object.hasOwn(claims, candidate))
}

/** What the application's own function found. A promise is a mistake of its developer, an odd member one of the token. */
function readFound(found: unknown): string | readonly string[] {
  if (found === undefined || found === null) return []
  if (typeof found === 'string') return found
  if (typeof found !== 'object' || !(Symbol.iterator in found)) {
    throw new TypeError('scopesFrom must return strings, at once')
  }
  const scopes = [...(found as Iterable<unknown>)]
  if (!isStringArray(scopes)) throw new RefusedError('ERR_TOKEN_CLAIM_INVALID', { cause: 'scopesFrom' })
  return scopes
}

/** RFC 6749, section 3.3: separated by spaces, and by nothing else. */
function toScopes(scopes: string | readonly string[]): readonly string[] {
  const values = typeof scopes === 'string' ? scopes.split(' ') : scopes
  return values.includes('') ? values.filter((scope) => scope !== '') : values
}

/**
 * Reads a multi-valued attribute such as `groups`, `roles` or `entitlements`: an array of strings, or of objects with a
 * string `value` as SCIM has them. Returns `undefined` for everything else, a plain string included.
 *
 * @example
 *   requireClaims((claims) => attributeValues(claims.roles)?.includes('auditor') === true)
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3.1 RFC 9068, section 2.2.3.1}
 */
export function attributeValues(attribute: unknown): readonly string[] | undefined {
  if (!Array.isArray(attribute)) return undefined
  const values = attribute.map((member: unknown) => (isJsonObject(member) ? member['value'] : member))
  return values.every((value) => typeof value === 'string') ? values : undefined
}
