/** One offer of a `WWW-Authenticate` field: a scheme, and its parameters in order. */
export interface Challenge {
  readonly scheme: string
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

/**
 * Writes a challenge as the value of one `WWW-Authenticate` field line. The only place where anything is quoted.
 *
 * Values are fixed texts, or come from the configuration, which has been checked. Whatever else came in would lose all
 * but printable ASCII: no line can be broken.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 RFC 9110, section 11.6.1}
 */
export function serializeChallenge({ scheme, parameters }: Challenge): string {
  return `${scheme} ${parameters.map(([name, value]) => `${name}=${quote(value)}`).join(', ')}`
}

/** `quoted-string`, RFC 9110, section 5.6.4. */
function quote(value: string): string {
  return `"${value.replace(/[^\x20-\x7E]/g, '').replace(/["\\]/g, '\\$&')}"`
}
