/** The values of a scope: RFC 6749, section 3.3. Forgives too many spaces. */
export function splitScope(scope: string): string[] {
  return scope.split(' ').filter((value) => value !== '')
}

/** One scope of several values; undefined where there is none, since an empty scope is not one. */
export function joinScope(scopes: readonly string[]): string | undefined {
  return scopes.length === 0 ? undefined : scopes.join(' ')
}
