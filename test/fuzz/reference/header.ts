import type { Rules } from './rules.js'

type Members = Readonly<Record<string, unknown>>

/**
 * Why the header of an access token is refused; `undefined` where it is not.
 *
 * Strict on purpose: `nothing critical is understood` (RFC 7515, section 4.1.11), `b64 is not known` (RFC 7797), `no JWT in
 * a JWT` (RFC 7519, section 5.2), `a kid is a text, and not empty` (RFC 7515, section 4.1.4). `null` is a value, and not
 * the same as absent.
 */
export function refuseHeader(
  header: Members,
  rules: Pick<Rules, 'algorithms' | 'types'>,
): string | undefined {
  const has = (name: string) => Object.hasOwn(header, name)
  if (has('crit')) return 'nothing critical is understood'
  if (has('b64')) return 'b64 is not known'
  if (has('cty') && (typeof header['cty'] !== 'string' || isMediaType(header['cty'], 'jwt')))
    return 'no JWT in a JWT'
  if (has('kid') && (typeof header['kid'] !== 'string' || header['kid'].length === 0))
    return 'a kid is a text'
  if (!rules.types.some((type) => isOfType(header, type))) return 'RFC 9068, section 4: typ'
  if (!rules.algorithms.some((algorithm) => has('alg') && header['alg'] === algorithm))
    return 'RFC 8725, section 3.1: alg'
  return undefined
}

function isOfType(header: Members, type: string | null): boolean {
  if (type === null) return !Object.hasOwn(header, 'typ')
  return Object.hasOwn(header, 'typ') && typeof header['typ'] === 'string' && isMediaType(header['typ'], type)
}

/** RFC 7515, section 4.1.9; the letters of media types are those of ASCII. */
function isMediaType(text: string, subtype: string): boolean {
  return [subtype, `application/${subtype}`].some((name) => equalsIgnoringCase(text, name))
}

/** @param lower In lower case. */
export function equalsIgnoringCase(text: string, lower: string): boolean {
  return text.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32)) === lower
}
