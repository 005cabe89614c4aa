import { UnavailableError } from '../errors.js'
import { parseJsonObject, type JsonObject } from '../json.js'
import { within, type Clock, type Seconds } from '../time.js'
import { resolveAddress, type AddressPolicy } from './address.js'

/**
 * The part of the Fetch standard that Bearward calls. `globalThis.fetch` is one, and so is the `fetch` of undici.
 *
 * It must not follow redirects (`redirect` is `manual`), and should end when `signal` says so.
 */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>

/** How a request is made. */
export interface FetchInit {
  readonly method: 'GET' | 'POST'
  /** Absent for `GET`. */
  readonly body?: string
  readonly headers: Record<string, string>
  readonly redirect: 'manual'
  readonly signal: AbortSignal
}

/** The parts of a response that are read. */
export interface FetchResponse {
  readonly status: number
  readonly redirected?: boolean
  /** `get` gives the value of a field, or `null`. */
  readonly headers: Pick<Headers, 'get'>
  /** A stream of bytes: a `ReadableStream`, or any other async iterable of `Uint8Array`. */
  readonly body: object | null
}

/** The `fetch` of this platform, as it is at the time of the call. */
export const systemFetch: Fetch = (url, init) => fetch(url, init)

/**
 * Gets a JSON object from an authorization server.
 *
 * @throws {@link UnavailableError} `ERR_AUTHORIZATION_SERVER_UNREACHABLE` where no answer came in time,
 *   `ERR_AUTHORIZATION_SERVER_RESPONSE` where the answer cannot be used
 */
export type FetchJson = (url: string, mediaTypes: readonly string[]) => Promise<JsonObject>

/** For the whole exchange, from name look-up to the last byte. */
const TIME_LIMIT: Seconds = 5
/** In bytes, after decompression. */
const SIZE_LIMIT = 65_536

/** Makes the one function through which requests leave for an authorization server. No redirect is followed. */
export function createFetchJson(fetch: Fetch, clock: Clock, policy: AddressPolicy): FetchJson {
  return async (url, mediaTypes) => {
    const address = resolveAddress(url, policy)
    if (address === undefined) {
      // The text of the address is the server's: it stays out of messages and logs.
      throw unusable(`A well-known URL or the jwks_uri of ${policy.issuerOrigin}`, 'is not an https address')
    }
    const bytes = await withTimeLimit(clock, address.href, async (signal) => {
      const headers = { accept: mediaTypes.join(', ') }
      const response = await fetch(address.href, { method: 'GET', headers, redirect: 'manual', signal })
      return readBody(response, address.href, mediaTypes, signal)
    })
    const document = parseJsonObject(bytes)
    if (document === undefined) throw unusable(address.href, 'is not one unambiguous JSON object')
    return document
  }
}

/** Ends the exchange in time even with a `fetch` that does not heed its signal. */
async function withTimeLimit<T>(
  clock: Clock,
  url: string,
  exchange: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const late = () => unreachable(url, `no complete answer within ${String(TIME_LIMIT)} seconds`)
  try {
    return await within(clock, TIME_LIMIT, exchange(controller.signal), late)
  } catch (cause) {
    throw cause instanceof UnavailableError ? cause : unreachable(url, 'the request failed', cause)
  } finally {
    controller.abort() // frees the socket where the body was not read to its end
  }
}

async function readBody(
  response: FetchResponse,
  url: string,
  mediaTypes: readonly string[],
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const mediaType = response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (response.redirected === true) throw unusable(url, 'redirected, which must not be followed')
  if (response.status !== 200) throw unusable(url, `answered with status ${String(response.status)}`)
  if (mediaType === undefined || !mediaTypes.includes(mediaType)) {
    throw unusable(url, `is not of media type ${mediaTypes.join(' or ')}`)
  }
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const chunk of (response.body ?? []) as AsyncIterable<unknown>) {
    if (!isBytes(chunk)) throw unusable(url, 'came as something else than bytes')
    size += chunk.byteLength
    if (size > SIZE_LIMIT) throw unusable(url, `is larger than ${String(SIZE_LIMIT)} bytes`)
    if (signal.aborted) throw unreachable(url, 'the time is over')
    chunks.push(chunk)
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}

function isBytes(chunk: unknown): chunk is Uint8Array<ArrayBuffer> {
  return ArrayBuffer.isView(chunk)
}

function unusable(url: string, problem: string): UnavailableError {
  return new UnavailableError('ERR_AUTHORIZATION_SERVER_RESPONSE', `${url} ${problem}`)
}

function unreachable(url: string, problem: string, cause?: unknown): UnavailableError {
  return new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', `${url}: ${problem}`, { cause })
}
