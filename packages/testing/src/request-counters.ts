import { createCounts, type EndpointName } from './endpoints.js'

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
  const counters = createCounts()
  return {
    counters,
    count(endpoint) {
      counters[endpoint] += 1
    },
    reset() {
      Object.assign(counters, createCounts())
    },
  }
}
