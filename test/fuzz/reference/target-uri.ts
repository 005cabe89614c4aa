/** What a request says of its target. */
export interface Aimed {
  /** The request target, as received. */
  readonly target: string
  /** Values of the field `Host`, one for each field line. */
  readonly hosts: readonly string[]
  readonly secure: boolean
}

/** An `http` or `https` URI in one spelling, query and fragment apart. */
interface ReadUri {
  readonly scheme: string
  readonly host: string
  /** As text; empty where it is the one of the scheme. */
  readonly port: string
  readonly path: string
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const UNRESERVED = `${LETTERS}0123456789-._~`
const SUB_DELIMS = "!$&'()*+,;="
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }

/**
 * Whether `htu` is the target URI of a request (RFC 9449, section 4.3, no. 9), after the normalization of RFC 3986, sections
 * 6.2.2 and 6.2.3.
 *
 * Strict on purpose: `a target with dot segments or a fragment fits no proof`; `an absolute target is of a configured origin`,
 * one without prefix; `ports as they are written`; `no user information`; `what a URL parser would encode is no URI`.
 * Lenient on purpose: `| ^ [ ]` in paths, which URL parsers leave as they are.
 *
 * @param origins As configured; `undefined` where the `Host` field is believed.
 */
export function referenceIsTarget(
  htu: string,
  { target, hosts, secure }: Aimed,
  origins: readonly string[] | undefined,
): boolean {
  const [path = ''] = target.split('?')
  if (path.includes('#') || hasDots(path)) return false
  const bases = (origins ?? originOf(hosts, secure)).map((origin) => origin.replace(/\/+$/, ''))
  const uris = bases.flatMap((base) => {
    if (path.startsWith('/')) return [base + path]
    return isSame(readUri(base), readUri(path), false) && readUri(base)?.path === '/' ? [path] : []
  })
  return uris.some((uri) => isSame(readUri(uri), readUri(htu), true))
}

/** An origin as it may be configured, without slashes at its end; `undefined` where no client would ever write it. */
export function referenceOrigin(text: string): string | undefined {
  const uri = readUri(text)
  if (uri === undefined || /[?#|^]/.test(text) || hasDots(text)) return undefined
  if (/[[\]]/.test(text.split('/').slice(3).join('/'))) return undefined
  const isName = uri.host.startsWith('[') || /^[A-Za-z0-9_.-]+$/.test(uri.host)
  let origin: string
  try {
    ;({ origin } = new URL(text)) // what clients make of it: URL Standard, section 4.4
  } catch {
    return undefined
  }
  const own = `${uri.scheme}://${uri.host}${uri.port === '' ? '' : `:${uri.port}`}`
  return isName && own === origin ? text.replace(/\/+$/, '') : undefined
}

/** RFC 9110, section 7.2: one field, `uri-host [ ":" port ]`. */
function originOf(hosts: readonly string[], secure: boolean): readonly string[] {
  const [host = ''] = hosts
  const isHost = hosts.length === 1 && !/[/?#]/.test(host)
  return isHost && readUri(`http://${host}`) !== undefined ? [`${secure ? 'https' : 'http'}://${host}`] : []
}

function isSame(one: ReadUri | undefined, other: ReadUri | undefined, withPath: boolean): boolean {
  if (one === undefined || other === undefined) return false
  const isSameOrigin = one.scheme === other.scheme && one.host === other.host && one.port === other.port
  return isSameOrigin && (!withPath || one.path === other.path)
}

/** RFC 3986, section 3.3. */
function hasDots(path: string): boolean {
  return path.split('/').some((segment) => ['.', '..'].includes(segment.replace(/%2e/gi, '.')))
}

/** RFC 3986, section 3, part after part. */
function readUri(text: string): ReadUri | undefined {
  const [scheme = '', ...rest] = text.split(':')
  const lower = scheme.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  const after = rest.join(':')
  if (!Object.hasOwn(DEFAULT_PORTS, lower) || !after.startsWith('//')) return undefined
  const end = indexOfAny(after, '/?#', 2)
  const pathEnd = indexOfAny(after, '?#', end)
  const authority = readAuthority(after.slice(2, end))
  const path = normalize(after.slice(end, pathEnd), `${SUB_DELIMS}:@/|^[]`)
  const isVisible = Array.from(after.slice(pathEnd)).every(
    (character) => character >= '!' && character <= '~' && !'"<>'.includes(character),
  )
  if (authority === undefined || path === undefined || !isVisible) return undefined
  const { host, port } = authority
  return {
    scheme: lower,
    host,
    port: port === DEFAULT_PORTS[lower] ? '' : port,
    path: path === '' ? '/' : removeDotSegments(path),
  }
}

function indexOfAny(text: string, characters: string, from: number): number {
  let at = from
  while (at < text.length && !characters.includes(text.charAt(at))) at += 1
  return at
}

/** RFC 3986, section 3.2. */
function readAuthority(text: string): { readonly host: string; readonly port: string } | undefined {
  const isLiteral = text.startsWith('[')
  const hostEnd = isLiteral ? text.indexOf(']') + 1 : indexOfAny(text, ':', 0)
  const host = text.slice(0, hostEnd)
  const port = text.slice(hostEnd)
  if (!/^(?::[0-9]*)?$/.test(port)) return undefined
  const name = isLiteral ? host : normalize(host, SUB_DELIMS)
  if (name === undefined || name === '' || (isLiteral && !/^\[[0-9A-Fa-f:.]+\]$/.test(host))) return undefined
  return { host: name.toLowerCase(), port: port.slice(1) }
}

/** RFC 3986, sections 6.2.2.1 and 6.2.2.2: one character at a time; `undefined` for one that may not stand there. */
function normalize(text: string, allowed: string): string | undefined {
  let result = ''
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    const digits = text.slice(at + 1, at + 3)
    if (character !== '%' && !UNRESERVED.includes(character) && !allowed.includes(character)) return undefined
    if (character !== '%') result += character
    else if (/^[0-9A-Fa-f]{2}$/.test(digits)) {
      const decoded = String.fromCharCode(parseInt(digits, 16))
      result += UNRESERVED.includes(decoded) ? decoded : `%${digits.toUpperCase()}`
      at += 2
    } else return undefined
  }
  return result
}

/** RFC 3986, section 5.2.4, to the letter. */
function removeDotSegments(path: string): string {
  let [input, output] = [path, '']
  while (input !== '') {
    if (input.startsWith('/./')) input = input.slice(2)
    else if (input === '/.') input = '/'
    else if (input.startsWith('/../') || input === '/..') {
      input = `/${input.slice(4)}`
      output = output.slice(0, Math.max(0, output.lastIndexOf('/')))
    } else {
      const end = indexOfAny(input, '/', 1)
      output += input.slice(0, end)
      input = input.slice(end)
    }
  }
  return output
}
