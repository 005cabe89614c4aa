import type { EndpointName } from './endpoints.js'

/** How many requests each endpoint has had, answered or not. */
export type RequestCounters = Readonly<Record<EndpointName, number>>

/** The live counters and how to move them. */
export interface Counting {
  readonly counters: RequestCounters
  count(endpoint: EndpointName): void
  reset(): void
}

/** Counts requests, beginning at 0. */
export function createCounting(): Counting {
  const counters: Record<EndpointName, number> = { metadata: 0, jwks: 0, token: 0, other: 0 }
  return {
    counters,
    count(endpoint) {
      counters[endpoint] += 1
    },
    reset() {
      Object.assign(counters, { metadata: 0, jwks: 0, token: 0, other: 0 })
    },
  }
}
