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
