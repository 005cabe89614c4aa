import { createManualClock } from '../../../../test/support/manual-clock.js'
import { UnavailableError } from '../../src/errors.js'
import { createExchange } from '../../src/http/exchange.js'
import { createFetchJson, type Fetched, type Validator } from '../../src/http/fetch-json.js'
import type { Fetch, FetchInit } from '../../src/http/fetch.js'
import type { JsonObject } from '../../src/json.js'
import type { Clock, Seconds } from '../../src/time.js'

export const URL_OF_KEYS = 'https://as.example.com/jwks'
export const TYPES = ['application/json', 'application/jwk-set+json']
const ADDRESSES = {
  issuerOrigin: 'https://as.example.com',
  internalOrigin: undefined,
  dangerouslyAllowHttp: false,
}
export const headers = { 'content-type': 'application/json' }

interface Circumstances {
  readonly clock?: Clock
  readonly url?: string
  /** Of the copy in hand. */
  readonly validator?: Validator
  readonly fetchLimit?: Seconds
  readonly closing?: AbortSignal
  readonly internalOrigin?: string
}

/** What a request through this `fetch` brings. */
export async function ask(fetch: Fetch, circumstances: Circumstances = {}): Promise<Fetched<JsonObject>> {
  const { clock = createManualClock(), url = URL_OF_KEYS, validator, fetchLimit = 5 } = circumstances
  const { closing = new AbortController().signal, internalOrigin } = circumstances
  const addresses = { ...ADDRESSES, internalOrigin }
  const exchange = createExchange({ fetch, addresses, fetchLimit }, clock, closing)
  return createFetchJson(exchange, clock)(url, TYPES, validator)
}

/** What comes of a `fetch`: the document, or the code of the error. */
export async function get(
  fetch: Fetch,
  clock: Clock = createManualClock(),
  url: string = URL_OF_KEYS,
): Promise<unknown> {
  try {
    return (await ask(fetch, { clock, url })).content
  } catch (error) {
    if (error instanceof UnavailableError) return error.code
    throw error
  }
}

/** The outage that comes of a `fetch`. */
export async function outageOf(fetch: Fetch, circumstances: Circumstances = {}): Promise<UnavailableError> {
  try {
    await ask(fetch, circumstances)
  } catch (error) {
    if (error instanceof UnavailableError) return error
    throw error
  }
  throw new Error('There was no outage')
}

/** A `fetch` that answers with this. */
export const answering =
  (body: ConstructorParameters<typeof Response>[0], init: ResponseInit = {}): Fetch =>
  () =>
    Promise.resolve(new Response(body, { headers, ...init }))

/** The same `fetch`, and how it was called. */
export function recording(fetch: Fetch): { readonly fetch: Fetch; readonly calls: [string, FetchInit][] } {
  const calls: [string, FetchInit][] = []
  return { calls, fetch: (url, init) => (calls.push([url, init]), fetch(url, init)) }
}
