import type { Seconds } from '@bearward/core'

/** Longest that is heeded: a typing error of the server must not become an outage of the client. */
const LONGEST: Seconds = 300
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/**
 * When a server wants to be asked again, in seconds from now; `undefined` where it does not say.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 RFC 9110, section 10.2.3}
 */
export function readRetryAfter(headers: Headers, now: Seconds): Seconds | undefined {
  const value = headers.get('retry-after')?.trim() ?? ''
  const date = HTTP_DATE.test(value) ? Date.parse(value) / 1000 - now : NaN
  const delay = /^\d+$/.test(value) ? Number(value) : date
  return Number.isNaN(delay) ? undefined : Math.max(0, Math.min(delay, LONGEST))
}
