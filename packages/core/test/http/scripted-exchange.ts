import { createManualClock } from '../../../../test/support/manual-clock.js'
import { UnavailableError } from '../../src/errors.js'
import { createFetchJson, type Fetch } from '../../src/http/fetch-json.js'
import type { Clock } from '../../src/time.js'

export const URL_OF_KEYS = 'https://as.example.com/jwks'
export const TYPES = ['application/json', 'application/jwk-set+json']
export const ADDRESSES = {
  issuerOrigin: 'https://as.example.com',
  internalOrigin: undefined,
  dangerouslyAllowHttp: false,
}
export const headers = { 'content-type': 'application/json' }

/** What comes of a `fetch`: the document, or the code of the error. */
export async function get(
  fetch: Fetch,
  clock: Clock = createManualClock(),
  url: string = URL_OF_KEYS,
): Promise<unknown> {
  try {
    return await createFetchJson(fetch, clock, ADDRESSES)(url, TYPES)
  } catch (error) {
    if (error instanceof UnavailableError) return error.code
    throw error
  }
}

/** A `fetch` that answers with this. */
export const answering =
  (body: ConstructorParameters<typeof Response>[0], init: ResponseInit = {}): Fetch =>
  () =>
    Promise.resolve(new Response(body, { headers, ...init }))
