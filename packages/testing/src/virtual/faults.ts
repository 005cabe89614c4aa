import type { Seconds } from '@bearward/core'
import type { EndpointName } from '../endpoints.js'
import type { PlainResponse } from '../http/message.js'
import { half, slowly, thenFail, thenSpaces } from './bodies.js'

/**
 * What can be wrong with an endpoint:
 *
 * - `hang`: takes the request, and never answers.
 * - `refuse`: nobody listens; `fetch` rejects with a `TypeError` whose cause has the code `ECONNREFUSED`.
 * - `reset`: the connection breaks after half of the content.
 * - `truncate`: half of the content, as if that were all.
 * - `error-page`: an HTML page, with status 200.
 * - `server-error`: 500.
 * - `too-many-requests`: 429, `Retry-After: 20`.
 * - `unavailable`: 503, `Retry-After` with the date in 20 seconds.
 * - `redirect`: 302 to another host.
 * - `not-modified`: 304, whatever was asked.
 * - `wrong-json`: the right object, in an array.
 * - `wrong-type`: the right content, as `text/plain`.
 * - `empty-key-set`: `{"keys":[]}` for the key set, `{}` for the metadata.
 * - `slow-body`: the right content, one byte each second.
 * - `huge-body`: the right content, and a megabyte of spaces, in pieces of 16 KiB.
 */
export type Fault =
  | 'hang'
  | 'refuse'
  | 'reset'
  | 'truncate'
  | 'error-page'
  | 'server-error'
  | 'too-many-requests'
  | 'unavailable'
  | 'redirect'
  | 'not-modified'
  | 'wrong-json'
  | 'wrong-type'
  | 'empty-key-set'
  | 'slow-body'
  | 'huge-body'

/** The answer of an endpoint that is well. */
export interface GoodAnswer extends PlainResponse {
  readonly endpoint: EndpointName
}

/** What an answer can depend on besides. */
export interface Surroundings {
  /** Wall-clock time. */
  readonly now: Seconds
  /** Waits, for ever where it is told to; rejects where the request is aborted. */
  pause(delay: Seconds): Promise<void>
}

type Spoil = (
  good: { readonly headers: NonNullable<PlainResponse['headers']>; readonly content: string },
  surroundings: Surroundings,
  endpoint: EndpointName,
) => PlainResponse | Promise<PlainResponse>

const HTML = { 'Content-Type': 'text/html' }
const PAGE = '<!doctype html><title>Sorry</title><p>Something went wrong.</p>'

const SPOILS: Readonly<Record<Fault, Spoil>> = {
  async hang(_good, { pause }) {
    await pause(Infinity)
    return {}
  },
  refuse() {
    throw failedFetch('fetch failed', 'ECONNREFUSED')
  },
  reset: ({ headers, content }) => ({
    headers,
    body: thenFail(half(content), failedFetch('terminated', 'ECONNRESET')),
  }),
  truncate: ({ headers, content }) => ({ headers, body: half(content) }),
  'error-page': () => ({ headers: HTML, body: PAGE }),
  'server-error': () => ({ status: 500, headers: HTML, body: PAGE }),
  'too-many-requests': () => ({ status: 429, headers: { 'Retry-After': '20' } }),
  unavailable: (_good, { now }) => ({ status: 503, headers: { 'Retry-After': toHttpDate(now + 20) } }),
  redirect: () => ({ status: 302, headers: { Location: 'https://elsewhere.example.net/' } }),
  'not-modified': () => ({ status: 304 }),
  'wrong-json': ({ headers, content }) => ({ headers, body: `[${content}]` }),
  'wrong-type': ({ headers, content }) => ({
    headers: { ...headers, 'Content-Type': 'text/plain' },
    body: content,
  }),
  'empty-key-set': ({ headers }, _surroundings, endpoint) => ({
    headers,
    body: endpoint === 'jwks' ? '{"keys":[]}' : '{}',
  }),
  'slow-body': ({ headers, content }, { pause }) => ({ headers, body: slowly(content, pause) }),
  'huge-body': ({ headers, content }) => ({ headers, body: thenSpaces(content) }),
}

/** Every fault there is. */
export const FAULTS: readonly Fault[] = Object.keys(SPOILS).filter(isFault)

/** Whether `name` is that of a fault. */
export function isFault(name: string): name is Fault {
  return Object.hasOwn(SPOILS, name)
}

/** Turns a good answer into a bad one; rejects as `fetch` does where the fault is that there is none. */
export async function spoil(
  fault: Fault,
  { endpoint, headers = {}, body }: GoodAnswer,
  surroundings: Surroundings,
): Promise<PlainResponse> {
  const content = typeof body === 'string' ? body : ''
  return SPOILS[fault]({ headers, content }, surroundings, endpoint)
}

/** What `fetch` of Node.js rejects with. */
function failedFetch(message: string, code: string): TypeError {
  return new TypeError(message, { cause: Object.assign(new Error(code), { code }) })
}

/** The next whole second: a date of HTTP has no smaller part. */
function toHttpDate(instant: Seconds): string {
  return new Date(Math.ceil(instant) * 1000).toUTCString()
}
