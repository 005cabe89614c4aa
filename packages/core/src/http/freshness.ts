import type { Seconds } from '../time.js'
import type { FetchResponse } from './fetch.js'

type Headers = FetchResponse['headers']

/** RFC 9111, section 1.2.2: what is longer counts as this. */
const LONGEST_LIFETIME: Seconds = 2 ** 31
/** Longest `Retry-After` that is heeded: a typing error of the server must not become an outage of the API. */
const LONGEST_RETRY: Seconds = 300
const LONGEST_ETAG = 256
/** Between commas, but for those in quoted strings (RFC 9110, section 5.6.4). */
const DIRECTIVES = /(?:"(?:[^"\\]|\\.)*"?|[^,"])+/gs

/**
 * How long an answer is fresh, in seconds: its `max-age`, less the `Age` that it arrived with; 0 where it must not be
 * stored. `undefined` where it does not say.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2 RFC 9111, section 5.2.2} and section 5.1
 */
export function readLifetime(headers: Headers): Seconds | undefined {
  const directives = (headers.get('cache-control') ?? '').match(DIRECTIVES) ?? []
  const names = directives.map((directive) => directive.trim().toLowerCase())
  if (names.includes('no-store') || names.includes('no-cache')) return 0
  const ages = names.flatMap((name) => /^max-age=("?)(?<age>\d+)\1$/.exec(name)?.groups?.['age'] ?? [])
  if (ages.length === 0) return undefined
  const age = /^\d+$/.exec(headers.get('age') ?? '')?.[0] ?? 0
  return Math.max(0, Math.min(LONGEST_LIFETIME, ...ages.map(Number)) - Number(age))
}

/**
 * The validator of an answer, in its one form that can be sent back as it came.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3 RFC 9110, section 8.8.3}
 */
export function readEtag(headers: Headers): string | undefined {
  const etag = headers.get('etag')
  return typeof etag === 'string' && etag.length <= LONGEST_ETAG && /^(?:W\/)?"[\x21\x23-\x7E]*"$/.test(etag)
    ? etag
    : undefined
}

/**
 * When a server wants to be asked again, in seconds from now, at most 300. `undefined` where it does not say.
 *
 * @param now Wall-clock time.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 RFC 9110, section 10.2.3}
 */
export function readRetryAfter(headers: Headers, now: Seconds): Seconds | undefined {
  const value = headers.get('retry-after')?.trim() ?? ''
  const isDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)
  const delay = isDate ? Date.parse(value) / 1000 - now : /^\d+$/.test(value) ? Number(value) : NaN
  return Number.isNaN(delay) ? undefined : Math.min(Math.max(0, delay), LONGEST_RETRY)
}
