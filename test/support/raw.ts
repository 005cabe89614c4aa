import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request as it goes over the wire: nothing is normalized, joined or completed. */
export interface RawRequest {
  /** Default: `GET`. */
  readonly method?: string
  /** Default: `/me`. */
  readonly target?: string
  /** Header field lines, in order, besides `Host` and `Connection`. */
  readonly fields?: readonly (readonly [name: string, value: string])[]
  /** Content, a byte for each character; sent with its length. */
  readonly body?: string
}

/** A response as it came over the wire. */
export interface RawResponse {
  readonly status: number
  /** Values of a header field, one for each field line. */
  fieldValues(name: string): readonly string[]
  /** Everything that came after the header fields. */
  readonly body: string
  /** All that came. */
  readonly text: string
}

/** An HTTP server on a free port of the loopback address, for as long as `use` runs. */
export async function withServer<Result>(
  listener: RequestListener,
  use: (port: number) => Promise<Result>,
): Promise<Result> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await use((server.address() as AddressInfo).port)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/**
 * Sends one request, and reads all that is sent until the server closes the connection.
 *
 * @param server Port of a running one, or what to start one with.
 */
export async function sendRaw(
  server: RequestListener | number,
  request: RawRequest = {},
): Promise<RawResponse> {
  if (typeof server === 'function') return withServer(server, (port) => sendRaw(port, request))
  return parseResponse(await text(openRequest(server, request).setEncoding('latin1')))
}

/** An app that never answers fails its test after this time, in milliseconds, instead of stopping the run. */
const LONGEST_SILENCE = 4_000

/** Sends one request on a new connection, and leaves the rest to the caller. */
export function openRequest(port: number, request: RawRequest = {}): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(LONGEST_SILENCE, () => socket.destroy(new Error('The app does not answer')))
  socket.write(serializeRequest(request), 'latin1')
  return socket
}

function serializeRequest({ method = 'GET', target = '/me', fields = [], body }: RawRequest): string {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: api.example.com',
    'Connection: close',
    ...fields.map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`Content-Length: ${body.length}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`
}

function parseResponse(received: string): RawResponse {
  const [head = '', ...content] = received.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const fields = lines.map((line) => ({
    name: line.slice(0, line.indexOf(':')).toLowerCase(),
    value: line.slice(line.indexOf(':') + 1).trim(),
  }))
  return {
    status: Number(statusLine.split(' ')[1]),
    fieldValues: (name) =>
      fields.filter((field) => field.name === name.toLowerCase()).map(({ value }) => value),
    body: content.join('\r\n\r\n'),
    text: received,
  }
}
