/** A target URI without query and fragment, in the one spelling of all that mean the same. */
interface Target {
  /** Scheme and authority. */
  readonly origin: string
  readonly path: string
}

/** What URL parsers leave as it is, `|`, `^`, `[` and `]` included, which no URI of RFC 3986 has (URL Standard, section 1.3). */
const URI =
  /^(?<scheme>https?):\/\/(?<host>\[[\da-f:.]+\]|[\w\-.~!$&'()*+,;=%]+)(?::(?<port>\d*))?(?<path>\/[\w\-.~!$&'()*+,;=:@%/|^[\]]*)?(?:\?[!$-;=?-~]*)?(?:#[!#-;=?-~]*)?$/i
/** A path that has one spelling. */
const PLAIN = /^[\w\-.~!$&'()*+,;=:@/|^[\]]*$/
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }
const UNRESERVED = /[A-Za-z0-9\-._~]/

/**
 * Whether a URI is that of a request, query and fragment apart, after the normalization of RFC 3986, sections 6.2.2 and 6.2.3.
 *
 * @param htu As the proof has it. One that is not absolute, has user information, or characters that URL parsers do not
 *   leave as they are, is no request's.
 * @param bases Public origins, each with the path prefix that a proxy removed, if any.
 * @param target Path and query as received. An absolute one is believed where its origin is that of a base without prefix. One
 *   with dot segments or a fragment is no URI's: routers do not remove them, and dots would lead out of the prefix.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-4.3 RFC 9449, section 4.3}, step 9
 */
export function isTargetOf(htu: string, bases: readonly string[], target: string): boolean {
  const [path = ''] = target.split('?', 1)
  if (path.includes('#') || hasDotSegment(path)) return false
  const isPath = path.startsWith('/')
  if (isPath && PLAIN.test(path) && bases.some((base) => htu === base + path)) return true
  const claimed = normalizeUri(htu)
  if (claimed === undefined) return false
  const uris = isPath
    ? bases.map((base) => base + path)
    : bases.flatMap((base) => (isSameOrigin(base, path) ? [path] : []))
  return uris.some((uri) => {
    const actual = normalizeUri(uri)
    return actual?.origin === claimed.origin && actual.path === claimed.path
  })
}

/** Whether a segment of the path is `.` or `..`, in whatever spelling (RFC 3986, section 3.3). */
export function hasDotSegment(path: string): boolean {
  return DOT_SEGMENT.test(path)
}

/** Writes a URI in its one spelling; `undefined` for what cannot be the target of a request over HTTP. */
export function normalizeUri(uri: string): Target | undefined {
  const groups = URI.exec(uri)?.groups
  if (groups === undefined) return undefined
  const { scheme = '', host = '', port = '', path: written = '/' } = groups
  const name = normalizePercent(host)
  const path = normalizePercent(written)
  if (name === undefined || path === undefined) return undefined
  const isDefaultPort = port === '' || port === DEFAULT_PORTS[scheme.toLowerCase()]
  return {
    origin: `${scheme}://${name}${isDefaultPort ? '' : `:${port}`}`.toLowerCase(),
    path: removeDotSegments(path),
  }
}

/** Decodes what needs no encoding, and writes the rest in upper case (RFC 3986, sections 6.2.2.1 and 6.2.2.2). */
function normalizePercent(text: string): string | undefined {
  if (/%(?![\da-f]{2})/i.test(text)) return undefined
  return text.replace(/%[0-9a-f]{2}/gi, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
    return UNRESERVED.test(character) ? character : encoded.toUpperCase()
  })
}

/** RFC 3986, section 5.2.4, for a path that begins with a slash. */
function removeDotSegments(path: string): string {
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
    if (isLast && (segment === '.' || segment === '..')) kept.push('')
  }
  return `/${kept.join('/')}`
}

function isSameOrigin(base: string, uri: string): boolean {
  const own = normalizeUri(base)
  return own?.path === '/' && own.origin === normalizeUri(uri)?.origin
}
