import { isForm, readForm } from './form.js'

/**
 * What the core sees of an HTTP request, and all it sees. Adapters make one; so can you, for any server.
 *
 * @example
 *   const auth = await resourceServer.authenticate(fromNodeRequest(incomingMessage))
 */
export interface ProtectedResourceRequest {
  /** Request method, as received. */
  readonly method: string
  /** Path and query as received, before any router rewrote them. */
  readonly target: string
  /**
   * Whether the request came over TLS, as far as the server knows; read only where `requireTls` or `dpop.dangerouslyTrustHost`
   * is set.
   */
  readonly secure: boolean | undefined
  /**
   * Values of a header field, one for each field line, in order. Of `host` over HTTP/2, that of `:authority`, and those that
   * say something else. Of any field, one that is empty as well where Node.js 20 may have dropped some, past a thousand lines.
   *
   * @param name Lower-case field name.
   */
  fieldValues(name: string): readonly string[]
  /**
   * The parsed `application/x-www-form-urlencoded` body, where the application has parsed one; read only where
   * `bearerMethods` holds `body`.
   */
  form?(): Readonly<Record<string, unknown>> | undefined
  /** Who opened the connection; read only where client certificates count. */
  connection?(): ClientConnection
  /**
   * What stands for this one request, such as Node's `IncomingMessage`: a DPoP proof that was accepted with it is accepted with
   * it again, where two `requireToken` see it.
   */
  readonly source?: object | undefined
  /**
   * Sets a header field of the response to an accepted request, such as `DPoP-Nonce`. `Vary` is to be added to what is there.
   * Without it, clients get a nonce with refusals alone.
   */
  readonly setResponseField?: ((name: string, value: string) => void) | undefined
}

/** Who opened the connection that a request came on: the client, or a proxy. */
export interface ClientConnection {
  readonly remoteAddress: string | undefined
  /** The certificate that was shown when the connection was opened, in DER. */
  readonly certificate: Uint8Array | undefined
  /** `TLSv1.3`, say: before that, a client may show another certificate at any time, and not have proved yet that it is its own. */
  readonly tlsVersion: string | undefined
}

/** The parts of Node's `IncomingMessage` that are read. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** Where a router has taken something away from `url`: what it was before. */
  readonly originalUrl?: string | undefined
  /** Tells of repeated fields. Requests of Fastify and the like lack them: give theirs, `request.raw`. */
  readonly rawHeaders?: readonly string[] | undefined
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined
  readonly socket?: object | undefined
}

/** Field lines that Node.js 20 keeps where nothing else is set. */
const MOST_FIELDS = 1000

/** Scheme, authority, and all that follows, as it stands: a fragment is none of a request's target, and must not be hidden. */
const URL_TEXT = /^([a-z][a-z\d+.-]*):\/\/[^/?#\\]*(.*)/is

/** What frameworks know better than the message itself. */
export interface NodeRequestOverrides {
  /** Path and query before mounting. Default: `message.originalUrl`, as Express and others set it, or `message.url`. */
  readonly target?: string | undefined
  /** Whether the client used TLS, proxies considered. Default: whether the socket is encrypted. */
  readonly secure?: boolean | undefined
  /** The body, if something has parsed it. */
  readonly body?: unknown
  /** The text that the body was parsed from: parsers may have dropped what comes after a thousand parameters. */
  readonly rawBody?: unknown
  /** Sets a header field of the response; adds to `Vary`. Default: none is set. */
  readonly setResponseField?: ((name: string, value: string) => void) | undefined
}

/**
 * Views a request of `node:http` or `node:http2`.
 *
 * `headers` keeps the first of several `Authorization` fields and hides the others: `rawHeaders` tells. Apart from that
 * `headers` counts, where the application may have removed a field, or put one in.
 *
 * @example
 *   createServer(async (message, response) => {
 *     const auth = await resourceServer.authenticate(fromNodeRequest(message))
 *     response.end(auth.subject)
 *   })
 */
export function fromNodeRequest(
  message: NodeRequest,
  overrides: NodeRequestOverrides = {},
): ProtectedResourceRequest {
  const { target, secure, body, rawBody } = overrides
  const fieldValues = (name: string) => {
    const values = name === 'host' ? findHosts(message) : findFieldValues(message, name)
    return isCut(message) ? [...values, ''] : values
  }
  // No getters: V8 keeps an object literal that has some, and all that they see, until the next full collection.
  return {
    method: message.method ?? 'GET',
    target: target ?? message.originalUrl ?? message.url ?? '/',
    secure: secure ?? isEncrypted(message.socket ?? {}),
    fieldValues,
    form: () => (isForm(fieldValues('content-type')) ? readForm(body, rawBody) : undefined),
    connection: () => toConnection(message.socket ?? {}),
    source: message,
    setResponseField: overrides.setResponseField,
  }
}

/**
 * Views a request of the Fetch standard.
 *
 * `Headers` joins repeated fields with a comma, which no access token holds: repeated credentials are still refused, where the
 * server has not dropped them before. `secure` is what the URL says, which is not resolved: routers may not do that either. On
 * Node.js, {@link fromNodeRequest} knows more, where the `IncomingMessage` is at hand.
 */
export function fromWebRequest(request: Request): ProtectedResourceRequest {
  const [, scheme, target = ''] = URL_TEXT.exec(request.url) ?? []
  let isCut: boolean | undefined
  return {
    method: request.method,
    target,
    secure: scheme?.toLowerCase() === 'https',
    fieldValues(name) {
      const values = request.headers.get(name)?.split(/, (?=(?:bearer|dpop) )/i) ?? []
      isCut ??= mayBeCut(request.headers)
      return isCut ? [...values, ''] : values
    },
    source: request,
  }
}

/** Whether they may come from as many field lines as Node.js 20 keeps: each but the first of a name left a comma, or a semicolon. */
function mayBeCut(headers: Headers): boolean {
  let most = 0
  for (const [, value] of headers) most += value.split(/[,;]/).length
  return most >= MOST_FIELDS
}

/** Over HTTP/2, `:authority` counts; a `Host` that says something else is one too many (RFC 9113, section 8.3.1). */
function findHosts(message: NodeRequest): readonly string[] {
  const hosts = findFieldValues(message, 'host')
  const authorities = findFieldValues(message, ':authority')
  const [authority] = authorities
  if (authority === undefined) return hosts
  return [...authorities, ...hosts.filter((host) => host.toLowerCase() !== authority.toLowerCase())]
}

function findFieldValues({ headers, rawHeaders = [] }: NodeRequest, name: string): readonly string[] {
  if (headers === undefined) return readRawHeaders(rawHeaders, name)
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (value === undefined) return []
  if (isRepeated(rawHeaders, name)) return readRawHeaders(rawHeaders, name)
  return typeof value === 'string' ? [value] : value
}

/** Past so many field lines, Node.js 20 drops them without a word: there may be one more of any name. */
function isCut({ rawHeaders = [], socket }: NodeRequest): boolean {
  const { server }: { readonly server?: { readonly maxHeadersCount?: number | null } } = socket ?? {}
  const most = server?.maxHeadersCount ?? MOST_FIELDS
  return most > 0 && rawHeaders.length >= 2 * most
}

/** What a socket that is not of TLS lacks is not there. */
function toConnection(socket: {
  readonly remoteAddress?: unknown
  getPeerX509Certificate?(): { readonly raw?: Uint8Array } | undefined
  getProtocol?(): string | null
}): ClientConnection {
  const { remoteAddress } = socket
  return {
    remoteAddress: typeof remoteAddress === 'string' ? remoteAddress : undefined,
    certificate: socket.getPeerX509Certificate?.()?.raw,
    tlsVersion: socket.getProtocol?.() ?? undefined,
  }
}

function isEncrypted(socket: object): boolean {
  return 'encrypted' in socket && socket.encrypted === true
}

function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  let lines = 0
  for (let index = 0; index < rawHeaders.length; index += 2) if (isNamed(rawHeaders[index], name)) lines += 1
  return lines > 1
}

/** Compares lengths first: most fields have another. */
function isNamed(field: string | undefined, name: string): boolean {
  return field?.length === name.length && field.toLowerCase() === name
}

function readRawHeaders(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const value = rawHeaders[index + 1]
    if (value !== undefined && isNamed(rawHeaders[index], name)) values.push(value)
  }
  return values
}
