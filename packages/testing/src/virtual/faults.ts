import type { Seconds } from '@bearward/core'
import type { EndpointName } from '../endpoints.js'
import type { PlainResponse } from '../http/message.js'
import { toErrorResponse } from '../token-endpoint/oauth-error.js'
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
 * - `redirect`: to another host; 302, and 307 for `introspection`, which asks to send the token there.
 * - `not-modified`: 304, whatever was asked.
 * - `wrong-json`: the right object, in an array.
 * - `wrong-type`: the right content, as `text/plain`.
 * - `empty-key-set`: `{"keys":[]}` for the key set, `{}` for the others.
 * - `slow-body`: the right content, one byte each second.
 * - `huge-body`: the right content, and a megabyte of spaces, in pieces of 16 KiB.
 *
 * And, as an introspection endpoint refuses a resource server:
 *
 * - `unauthorized`: 401, `invalid_client`, whatever the credentials are.
 * - `forbidden`: 403.
 * - `bad-request`: 400, `invalid_request`.
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
  | Refusal

type Refusal = 'unauthorized' | 'forbidden' | 'bad-request'

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

interface Spoilable {
  readonly status: number
  readonly headers: NonNullable<PlainResponse['headers']>
  readonly content: string
}

type Spoil = (
  good: Spoilable,
  surroundings: Surroundings,
  endpoint: EndpointName,
) => PlainResponse | Promise<PlainResponse>

const HTML = { 'Content-Type': 'text/html' }
const REFUSED = 'Refused, as the test asks'
const PAGE = '<!doctype html><title>Sorry</title><p>Something went wrong.</p>'

const SPOILS: Readonly<Record<Fault, Spoil>> = {
  async hang(_good, { pause }) {
    await pause(Infinity)
    return {}
  },
  refuse() {
    throw failedFetch('fetch failed', 'ECONNREFUSED')
  },
  reset: ({ content, ...good }) => ({
    ...good,
    body: thenFail(half(content), failedFetch('terminated', 'ECONNRESET')),
  }),
  truncate: ({ content, ...good }) => ({ ...good, body: half(content) }),
  'error-page': () => ({ headers: HTML, body: PAGE }),
  'server-error': () => ({ status: 500, headers: HTML, body: PAGE }),
  'too-many-requests': () => ({ status: 429, headers: { 'Retry-After': '20' } }),
  unavailable: (_good, { now }) => ({ status: 503, headers: { 'Retry-After': toHttpDate(now + 20) } }),
  redirect: (_good, _surroundings, endpoint) => ({
    status: endpoint === 'introspection' ? 307 : 302, // 307 keeps method and content: RFC 9110, section 15.4.8
    headers: { Location: 'https://elsewhere.example.net/' },
  }),
  'not-modified': () => ({ status: 304 }),
  'wrong-json': ({ content, ...good }) => ({ ...good, body: `[${content}]` }),
  'wrong-type': ({ status, headers, content }) => ({
    status,
    headers: { ...headers, 'Content-Type': 'text/plain' },
    body: content,
  }),
  'empty-key-set': ({ headers }, _surroundings, endpoint) => ({
    headers,
    body: endpoint === 'jwks' ? '{"keys":[]}' : '{}',
  }),
  'slow-body': ({ content, ...good }, { pause }) => ({ ...good, body: slowly(content, pause) }),
  'huge-body': ({ content, ...good }) => ({ ...good, body: thenSpaces(content) }),
  unauthorized: () => toErrorResponse({ error: 'invalid_client', description: REFUSED }),
  forbidden: () => ({ status: 403 }),
  'bad-request': () => toErrorResponse({ error: 'invalid_request', description: REFUSED }),
}

const REFUSALS: readonly Fault[] = ['unauthorized', 'forbidden', 'bad-request'] satisfies Refusal[]

/** Every fault that an introspection endpoint can have: all there are. */
export const INTROSPECTION_FAULTS: readonly Fault[] = Object.keys(SPOILS).filter(isFault)

/** Every fault that any endpoint can have: all but refusals of the credentials. */
export const FAULTS: readonly Fault[] = INTROSPECTION_FAULTS.filter((fault) => !REFUSALS.includes(fault))

/** Whether `name` is that of a fault. */
export function isFault(name: string): name is Fault {
  return Object.hasOwn(SPOILS, name)
}

/** Turns a good answer into a bad one; rejects as `fetch` does where the fault is that there is none. */
export async function spoil(
  fault: Fault,
  { endpoint, status = 200, headers = {}, body }: GoodAnswer,
  surroundings: Surroundings,
): Promise<PlainResponse> {
  const content = typeof body === 'string' ? body : ''
  return SPOILS[fault]({ status, headers, content }, surroundings, endpoint)
}

/** What `fetch` of Node.js rejects with. */
function failedFetch(message: string, code: string): TypeError {
  return new TypeError(message, { cause: Object.assign(new Error(code), { code }) })
}

/** The next whole second: a date of HTTP has no smaller part. */
function toHttpDate(instant: Seconds): string {
  return new Date(Math.ceil(instant) * 1000).toUTCString()
}
