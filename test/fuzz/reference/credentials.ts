/** What a request holds that credentials may be read from. */
export interface Submitted {
  readonly method: string
  readonly secure: boolean | undefined
  /** Values of the field `Authorization`, one for each field line. */
  readonly fields: readonly string[]
  readonly form: Readonly<Record<string, unknown>> | undefined
}

/** Where credentials may be. */
export interface Places {
  readonly requireTls: boolean
  readonly header: boolean
  readonly body: boolean
  /** Whether the scheme of RFC 9449, section 7.1, is known. Default: no. */
  readonly dpop?: boolean
}

const TOKEN_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * The access token of a request; `none`, or why it is refused.
 *
 * Strict on purpose: `one field line`, whatever its scheme (RFC 9110, section 5.3); `one place` (RFC 6750, section 2);
 * `spaces alone after the scheme` (RFC 9110, section 11.4); `a method in capitals`, where a form has a token. A field that is empty, or of another scheme, is no credentials.
 */
export function referenceCredentials(
  { method, secure, fields, form }: Submitted,
  { requireTls, header, body, dpop = false }: Places,
): { readonly scheme: string; readonly token: string } | string {
  if (requireTls && secure !== true) return 'RFC 6750, section 5.3: TLS'
  const found: (readonly [scheme: string, token: string])[] = []
  const schemes = [...(header ? ['bearer'] : []), ...(dpop ? ['dpop'] : [])]
  if (schemes.length > 0 && fields.length > 1) return 'one field line'
  const [field = ''] = fields
  if (schemes.length > 0 && field !== '') {
    const scheme = takeWhile(field, (character) => `!#$%&'*+-.^_\`|~${TOKEN_CHARACTERS}`.includes(character))
    const rest = field.slice(scheme.length)
    if (scheme === '' || (rest !== '' && !rest.startsWith(' '))) return 'RFC 9110, section 11.4: a scheme'
    if (schemes.includes(scheme.toLowerCase())) found.push([scheme.toLowerCase(), rest.replace(/^ +/, '')])
  }
  if (
    body &&
    ['POST', 'PUT', 'PATCH'].includes(method.toUpperCase()) &&
    form !== undefined &&
    Object.hasOwn(form, 'access_token')
  ) {
    const { access_token: token } = form
    if (typeof token !== 'string') return 'RFC 6750, section 2.2: one text'
    if (method !== method.toUpperCase()) return 'a method in capitals'
    found.push(['bearer', token])
  }
  if (found.length > 1) return 'one place'
  const [scheme, token] = found[0] ?? []
  if (scheme === undefined || token === undefined) return 'none'
  return referenceIsToken(token) ? { scheme, token } : 'RFC 6750, section 2.1: b64token'
}

/** RFC 6750, section 2.1: `b64token`. */
export function referenceIsToken(text: string): boolean {
  const body = takeWhile(text, (character) => `-._~+/${TOKEN_CHARACTERS}`.includes(character))
  return (
    body !== '' &&
    takeWhile(text.slice(body.length), (character) => character === '=') === text.slice(body.length)
  )
}

function takeWhile(text: string, isWanted: (character: string) => boolean): string {
  let end = 0
  while (end < text.length && isWanted(text.charAt(end))) end += 1
  return text.slice(0, end)
}
