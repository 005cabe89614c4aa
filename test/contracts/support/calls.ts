import type { Fetch, FetchResponse, Seconds } from '@bearward/core'
import type { MachineClock } from './clock.js'

/** A request to the authorization server, and what really came of it. */
export interface Call {
  readonly endpoint: 'jwks' | 'metadata'
  readonly url: string
  /** On the monotonic clock, as all instants here. */
  readonly at: Seconds
  /** When the last byte, or the failure, came; `undefined` before. */
  endedAt: Seconds | undefined
  status: number | undefined
  /** Fields of the answer that say how long it is fresh. */
  freshness: { readonly cacheControl: string | null; readonly age: string | null }
  /** The key identifiers that came, of a key set that came complete, as JSON, with 200 or 304. */
  kids: readonly string[] | undefined
}

/** Which keys a key set has by its entity tag: for a 304. */
type Tagged = Map<string, readonly string[]>

/** Notes each call that goes through a `fetch`. */
export function watchCalls(fetch: Fetch, clock: MachineClock, calls: Call[]): Fetch {
  const tagged: Tagged = new Map()
  return async (url, init) => {
    const call: Call = {
      endpoint: url.includes('/.well-known/') ? 'metadata' : 'jwks',
      url,
      at: clock.monotonic(),
      endedAt: undefined,
      status: undefined,
      freshness: { cacheControl: null, age: null },
      kids: undefined,
    }
    calls.push(call)
    try {
      const response = await fetch(url, init)
      call.status = response.status
      const { headers: fields } = response
      call.freshness = { cacheControl: fields.get('cache-control'), age: fields.get('age') }
      if (response.status === 304) {
        call.endedAt = clock.monotonic()
        call.kids = tagged.get(init.headers['if-none-match'] ?? '')
      }
      const { status, headers, redirected } = response
      const body = response.body && watchBody(response, call, clock, tagged)
      return { status, headers, body, ...(redirected !== undefined && { redirected }) }
    } catch (error) {
      call.endedAt = clock.monotonic()
      throw error
    }
  }
}

async function* watchBody(
  { body, status, headers }: FetchResponse,
  call: Call,
  clock: MachineClock,
  tagged: Tagged,
): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk)
      yield chunk
    }
    const isJson = (headers.get('content-type') ?? '').includes('json')
    if (status === 200 && isJson && call.endpoint === 'jwks') call.kids = readKids(Buffer.concat(chunks))
    const etag = headers.get('etag')
    if (etag !== null && call.kids !== undefined) tagged.set(etag, call.kids)
  } finally {
    call.endedAt = clock.monotonic()
  }
}

function readKids(text: Buffer): readonly string[] | undefined {
  try {
    const { keys } = JSON.parse(String(text)) as { keys: readonly { readonly kid: string }[] }
    return keys.map(({ kid }) => kid)
  } catch {
    return undefined
  }
}
