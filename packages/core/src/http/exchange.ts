import { AskedPauseError, ClosedError, GeneralOutageError, UnavailableError } from '../errors.js'
import { within, type Clock, type Seconds } from '../time.js'
import { resolveAddress, type AddressPolicy } from './address.js'
import type { Fetch, FetchInit, FetchResponse } from './fetch.js'
import { readRetryAfter } from './freshness.js'

/** Between one resource server and one authorization server. */
export interface Connection {
  readonly fetch: Fetch
  readonly addresses: AddressPolicy
  /** For the whole exchange, from name look-up to the last byte. */
  readonly fetchLimit: Seconds
}

/** A response of which nothing has been read but status and header fields. */
export interface Incoming {
  readonly response: FetchResponse
  /** The address that was asked, as messages may show it: without its query, which can hold a key. */
  readonly name: string
  /**
   * The whole body.
   *
   * @throws {@link UnavailableError} `ERR_AUTHORIZATION_SERVER_RESPONSE` where it is too large
   */
  readBody(): Promise<Uint8Array>
}

/**
 * Makes one request to an authorization server, and reads its answer. No redirect is followed.
 *
 * @param read Runs within the time limit as well.
 *
 * @throws {@link UnavailableError} `ERR_AUTHORIZATION_SERVER_UNREACHABLE` where no answer came in time,
 *   `ERR_AUTHORIZATION_SERVER_RESPONSE` where the address must not be asked; and what `read` throws
 */
export type Exchange = <T>(
  url: string,
  init: Pick<FetchInit, 'method' | 'headers' | 'body'>,
  read: (incoming: Incoming) => Promise<T>,
) => Promise<T>

/** In bytes, after decompression. */
const SIZE_LIMIT = 65_536

/**
 * Makes the one function through which requests leave for an authorization server.
 *
 * @param closing Ends all of them.
 */
export function createExchange(connection: Connection, clock: Clock, closing: AbortSignal): Exchange {
  const { fetch, addresses } = connection
  return async (url, init, read) => {
    const address = resolveAddress(url, addresses)
    if (address === undefined) {
      // The text of the address is the server's: it stays out of messages and logs.
      throw unusable(`An address in the metadata of ${addresses.issuerOrigin}`, 'is not an https address')
    }
    const name = address.origin + address.pathname
    return withTimeLimit(connection, clock, closing, name, async (signal) => {
      const response = await fetch(address.href, { ...init, redirect: 'manual', signal })
      return read({ response, name, readBody: () => readBody(response, name, signal) })
    })
  }
}

/**
 * Checks that an answer is one, and of a media type that was asked for.
 *
 * @returns The media type.
 *
 * @throws {@link UnavailableError} `ERR_AUTHORIZATION_SERVER_RESPONSE`
 */
export function checkResponse(
  { response: { status, redirected, headers }, name }: Incoming,
  mediaTypes: readonly string[],
  now: Seconds,
): string {
  if (redirected === true) throw unusable(name, 'redirected, which must not be followed')
  if (status !== 200) throw failed({ status, headers }, name, now)
  const mediaType = headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (mediaType !== undefined && mediaTypes.includes(mediaType)) return mediaType
  throw unusable(name, `is not of media type ${mediaTypes.join(' or ')}`)
}

/** No answer to the question: of the server as a whole where it, or what stands before it, is overloaded or down. */
function failed({ status, headers }: Pick<FetchResponse, 'status' | 'headers'>, name: string, now: Seconds) {
  const code = 'ERR_AUTHORIZATION_SERVER_RESPONSE'
  const detail = `${name} answered with status ${String(status)}`
  const retryAfter = status === 429 || status === 503 ? readRetryAfter(headers, now) : undefined
  if (retryAfter !== undefined) return new AskedPauseError(code, detail, { retryAfter })
  const Outage = [429, 502, 503, 504].includes(status) ? GeneralOutageError : UnavailableError
  return new Outage(code, detail)
}

/** An answer that is no use. */
export function unusable(url: string, problem: string): UnavailableError {
  return new UnavailableError('ERR_AUTHORIZATION_SERVER_RESPONSE', `${url} ${problem}`)
}

/** Ends the exchange in time, and when all is closed, even with a `fetch` that does not heed its signal. */
async function withTimeLimit<T>(
  { fetchLimit }: Connection,
  clock: Clock,
  closing: AbortSignal,
  url: string,
  exchange: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (closing.aborted) throw closed(url)
  const controller = new AbortController()
  const { signal } = controller
  const end = new Promise<never>((_resolve, reject) => {
    const close = () => {
      reject(closed(url))
    }
    closing.addEventListener('abort', close, { signal })
  })
  const late = () => unreachable(url, `no complete answer within ${String(fetchLimit)} seconds`)
  try {
    return await within(clock, fetchLimit, Promise.race([exchange(signal), end]), late)
  } catch (cause) {
    throw cause instanceof UnavailableError ? cause : unreachable(url, 'the request failed', cause)
  } finally {
    controller.abort() // frees the socket where the body was not read to its end, and the listener above
  }
}

async function readBody({ body }: FetchResponse, url: string, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (body ?? []) as AsyncIterable<unknown>) {
    if (!isBytes(chunk)) throw unusable(url, 'came as something else than bytes')
    size += chunk.byteLength
    if (size > SIZE_LIMIT) throw unusable(url, `is larger than ${String(SIZE_LIMIT)} bytes`)
    if (signal.aborted) throw unreachable(url, 'the time is over')
    chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

function isBytes(chunk: unknown): chunk is ArrayBufferView {
  return ArrayBuffer.isView(chunk)
}

function unreachable(url: string, problem: string, cause?: unknown): UnavailableError {
  return new GeneralOutageError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', `${url}: ${problem}`, { cause })
}

function closed(url: string): UnavailableError {
  return new ClosedError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', `${url}: this resource server is closed`)
}
