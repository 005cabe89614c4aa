import { AskedPauseError, UnavailableError } from '../errors.js'
import { parseJsonObject, type JsonObject } from '../json.js'
import { within, type Clock, type Seconds } from '../time.js'
import { resolveAddress, type AddressPolicy } from './address.js'
import type { Fetch, FetchResponse } from './fetch.js'
import { readEtag, readLifetime, readRetryAfter } from './freshness.js'

/** What a copy can be asked for again with, at no cost where nothing changed. */
export interface Validator {
  readonly url: string
  readonly etag: string
}

/** What a request brought. */
export interface Fetched<T> {
  /** `undefined`: the copy that the validator belongs to still holds (RFC 9110, section 15.4.5). */
  readonly content: T | undefined
  readonly validator: Validator | undefined
  /** As the server says; `undefined` where it does not. */
  readonly lifetime: Seconds | undefined
}

/**
 * Gets a JSON object from an authorization server.
 *
 * @param validator Of the copy in hand, whatever its URL.
 *
 * @throws {@link UnavailableError} `ERR_AUTHORIZATION_SERVER_UNREACHABLE` where no answer came in time,
 *   `ERR_AUTHORIZATION_SERVER_RESPONSE` where the answer cannot be used
 */
export type FetchJson = (
  url: string,
  mediaTypes: readonly string[],
  validator?: Validator,
) => Promise<Fetched<JsonObject>>

/** Between one resource server and one authorization server. */
export interface Connection {
  readonly fetch: Fetch
  readonly addresses: AddressPolicy
  /** For the whole exchange, from name look-up to the last byte. */
  readonly fetchLimit: Seconds
}

/** In bytes, after decompression. */
const SIZE_LIMIT = 65_536

/**
 * Makes the one function through which requests leave for an authorization server. No redirect is followed.
 *
 * @param closing Ends all of them.
 */
export function createFetchJson(connection: Connection, clock: Clock, closing: AbortSignal): FetchJson {
  const { fetch, addresses } = connection
  return async (url, mediaTypes, validator) => {
    const address = resolveAddress(url, addresses)
    if (address === undefined) {
      // The text of the address is the server's: it stays out of messages and logs.
      throw unusable(
        `A well-known URL or the jwks_uri of ${addresses.issuerOrigin}`,
        'is not an https address',
      )
    }
    const { href } = address
    const etag = validator?.url === url ? validator.etag : undefined
    const headers = { accept: mediaTypes.join(', '), ...(etag !== undefined && { 'if-none-match': etag }) }
    return withTimeLimit(connection, clock, closing, href, async (signal) => {
      const response = await fetch(href, { method: 'GET', headers, redirect: 'manual', signal })
      const isUnchanged = response.status === 304 && etag !== undefined
      if (!isUnchanged) checkResponse(response, href, mediaTypes, clock.now())
      const newEtag = readEtag(response.headers) ?? (isUnchanged ? etag : undefined)
      return {
        content: isUnchanged ? undefined : parseBody(await readBody(response, href, signal), href),
        validator: newEtag === undefined ? undefined : { url, etag: newEtag },
        lifetime: readLifetime(response.headers),
      }
    })
  }
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

function checkResponse(
  { status, redirected, headers }: FetchResponse,
  url: string,
  mediaTypes: readonly string[],
  now: Seconds,
): void {
  if (redirected === true) throw unusable(url, 'redirected, which must not be followed')
  if (status !== 200) {
    const retryAfter = status === 429 || status === 503 ? readRetryAfter(headers, now) : undefined
    const problem = `answered with status ${String(status)}`
    if (retryAfter === undefined) throw unusable(url, problem)
    throw new AskedPauseError('ERR_AUTHORIZATION_SERVER_RESPONSE', `${url} ${problem}`, { retryAfter })
  }
  const mediaType = headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (mediaType !== undefined && mediaTypes.includes(mediaType)) return
  throw unusable(url, `is not of media type ${mediaTypes.join(' or ')}`)
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

function parseBody(bytes: Uint8Array, url: string): JsonObject {
  const document = parseJsonObject(bytes)
  if (document === undefined) throw unusable(url, 'is not one unambiguous JSON object')
  return document
}

function unusable(url: string, problem: string): UnavailableError {
  return new UnavailableError('ERR_AUTHORIZATION_SERVER_RESPONSE', `${url} ${problem}`)
}

function unreachable(url: string, problem: string, cause?: unknown): UnavailableError {
  return new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', `${url}: ${problem}`, { cause })
}

function closed(url: string): UnavailableError {
  return unreachable(url, 'this resource server is closed')
}
