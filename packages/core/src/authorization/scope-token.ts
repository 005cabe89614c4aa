import { ConfigurationError } from '../errors.js'

/** `scope-token`, RFC 6749, section 3.3. */
const TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/

/**
 * Checks names of scopes.
 *
 * @throws {@link ConfigurationError} where there is none, or one cannot be a scope that an API asks for
 */
export function checkScopes(scopes: readonly string[], option = 'scopes'): readonly [string, ...string[]] {
  const [first, ...others] = scopes
  if (first === undefined) throw new ConfigurationError(option, 'name at least one scope')
  if (!scopes.every(isToken)) {
    throw new ConfigurationError(
      option,
      'each must be one scope: printable ASCII without space, quote or backslash',
    )
  }
  if (scopes.includes('offline_access')) {
    throw new ConfigurationError(option, 'offline_access asks for a refresh token, and allows nothing here')
  }
  return [first, ...others]
}

/** Tells printable ASCII without space, quote or backslash. */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && TOKEN.test(value)
}
