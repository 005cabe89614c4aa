import type { Clock, Seconds } from '@bearward/core'
import { toName } from './address.js'
import { TokenEndpointUnavailableError } from './errors.js'
import type { TokenSourceFetch } from './options.js'
import { readRetryAfter } from './retry-after.js'

/** An answer of an authorization server: 200, or the client's fault, and JSON. */
export interface Answer {
  readonly status: number
  /** Own members only. */
  readonly content: Readonly<Record<string, unknown>>
}

/**
 * Asks an authorization server. No redirect is followed.
 *
 * @throws {@link TokenEndpointUnavailableError} for everything that is not an {@link Answer}
 */
export type Exchange = (url: string, init: RequestInit, signal: AbortSignal) => Promise<Answer>

/** In bytes, after decompression. */
const SIZE_LIMIT = 65_536
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Makes the one function through which requests leave for the authorization server. */
export function createExchange(fetch: TokenSourceFetch, clock: Clock): Exchange {
  return async (url, init, signal) => {
    const name = toName(new URL(url))
    const response = await send(fetch, url, { ...init, redirect: 'manual', signal }, name)
    checkResponse(response, name, clock)
    const text = await readText(response, name, signal)
    return { status: response.status, content: parseObject(text, name) }
  }
}

/**
 * Ends what `run` does in time, even with a `fetch` that does not heed its signal.
 *
 * @throws {@link TokenEndpointUnavailableError} `ERR_AUTHORIZATION_SERVER_UNREACHABLE` where the time is over
 */
export async function withTimeLimit<T>(
  clock: Clock,
  limit: Seconds,
  name: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  let cancel: (() => void) | undefined
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(limit, () => {
      reject(unreachable(name, `no complete answer within ${limit} seconds`))
    })
  })
  try {
    return await Promise.race([run(controller.signal), late])
  } finally {
    cancel?.()
    controller.abort() // frees the socket where the body was not read to its end
  }
}

/** An answer that is no use: what it says stays out of the message. */
export function unusable(name: string, problem: string, retryAfter?: Seconds): TokenEndpointUnavailableError {
  const detail = `${name} ${problem}`
  return new TokenEndpointUnavailableError('ERR_AUTHORIZATION_SERVER_RESPONSE', detail, { retryAfter })
}

/** No answer, or not in time. */
export function unreachable(name: string, problem: string, cause?: unknown): TokenEndpointUnavailableError {
  const detail = `${name}: ${problem}`
  return new TokenEndpointUnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', detail, { cause })
}

async function send(
  fetch: TokenSourceFetch,
  url: string,
  init: RequestInit,
  name: string,
): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    throw unreachable(name, 'the request failed', cause)
  }
}

function checkResponse({ status, redirected, headers }: Response, name: string, clock: Clock): void {
  if (redirected) throw unusable(name, 'redirected, which must not be followed')
  const isAnswer = status === 200 || (status >= 400 && status < 500 && status !== 429)
  if (!isAnswer) throw unusable(name, `answered with status ${status}`, readRetryAfter(headers, clock.now()))
  const mediaType = headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (mediaType !== 'application/json')
    throw unusable(name, `answered with status ${status}, and not in application/json`)
}

async function readText({ body }: Response, name: string, signal: AbortSignal): Promise<string> {
  const bytes = new Uint8Array(SIZE_LIMIT)
  let size = 0
  try {
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      if (signal.aborted) break // the time limit has been reported
      if (size + chunk.byteLength > SIZE_LIMIT)
        throw unusable(name, `answered with more than ${SIZE_LIMIT} bytes`)
      bytes.set(chunk, size)
      size += chunk.byteLength
    }
  } catch (cause) {
    throw cause instanceof TokenEndpointUnavailableError
      ? cause
      : unreachable(name, 'the answer broke off', cause)
  }
  return decode(bytes.subarray(0, size)) ?? ''
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** Without the parser's error as cause, which quotes the text. */
function parseObject(text: string, name: string): Answer['content'] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw unusable(name, 'answered with broken JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unusable(name, 'did not answer with a JSON object')
  return Object.assign(Object.create(null) as Record<string, unknown>, value)
}
