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
  /** Whether the request came over TLS, as far as the server knows; read only where `requireTls` is set. */
  readonly secure: boolean | undefined
  /**
   * Values of a header field, one for each field line, in order.
   *
   * @param name Lower-case field name.
   */
  fieldValues(name: string): readonly string[]
  /**
   * The parsed `application/x-www-form-urlencoded` body, where the application has parsed one; read only where
   * `bearerMethods` holds `body`.
   */
  form?(): Readonly<Record<string, unknown>> | undefined
}

/** The parts of Node's `IncomingMessage` that are read. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly rawHeaders?: readonly string[] | undefined
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined
  readonly socket?: object | undefined
}

/** What frameworks know better than the message itself. */
export interface NodeRequestOverrides {
  /** Path and query before mounting. Default: `message.url`. */
  readonly target?: string | undefined
  /** Whether the client used TLS, proxies considered. Default: whether the socket is encrypted. */
  readonly secure?: boolean | undefined
  /** The body, if something has parsed it. */
  readonly body?: unknown
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
  const fieldValues = (name: string): readonly string[] => {
    const received = readRawHeaders(message.rawHeaders ?? [], name)
    if (message.headers === undefined) return received
    const values = Object.hasOwn(message.headers, name) ? [message.headers[name] ?? []].flat() : []
    return values.length > 0 && received.length > 1 ? received : values
  }
  return {
    method: message.method ?? 'GET',
    target: overrides.target ?? message.url ?? '/',
    secure: overrides.secure ?? isEncrypted(message.socket ?? {}),
    fieldValues,
    form: () =>
      isForm(fieldValues('content-type')) && isRecord(overrides.body) ? overrides.body : undefined,
  }
}

/**
 * Views a request of the Fetch standard.
 *
 * `Headers` joins repeated fields with a comma, which no access token holds: repeated credentials are still refused.
 */
export function fromWebRequest(request: Request): ProtectedResourceRequest {
  const { pathname, search, protocol } = new URL(request.url)
  return {
    method: request.method,
    target: pathname + search,
    secure: protocol === 'https:',
    fieldValues(name) {
      return request.headers.get(name)?.split(/, (?=bearer )/i) ?? []
    },
  }
}

function isEncrypted(socket: object): boolean {
  return 'encrypted' in socket && socket.encrypted === true
}

function readRawHeaders(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const field = rawHeaders[index]
    const value = rawHeaders[index + 1]
    if (value !== undefined && field?.length === name.length && field.toLowerCase() === name)
      values.push(value)
  }
  return values
}

/** RFC 6750, section 2.2: one form, whatever the case of its media type and whatever its parameters. */
function isForm(contentType: readonly string[]): boolean {
  const mediaType = contentType.length === 1 ? contentType[0]?.split(';', 1)[0] : undefined
  return mediaType?.trim().toLowerCase() === 'application/x-www-form-urlencoded'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
