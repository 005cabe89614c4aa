import { createCounts, type EndpointName } from '../endpoints.js'
import type { PlainResponse } from '../http/message.js'
import { thenRun } from './bodies.js'

/** A number for each endpoint. */
export type EndpointCounts = Readonly<Record<EndpointName, number>>

/** The requests that are under way. */
export interface Traffic {
  readonly underWay: EndpointCounts
  readonly mostUnderWay: EndpointCounts
  /** Counts an exchange, until its answer is sent whole, does not come, or is aborted. */
  carry(
    endpoint: EndpointName,
    signal: AbortSignal | undefined,
    exchange: () => Promise<PlainResponse>,
  ): Promise<PlainResponse>
  /** Takes those that are under way now for the most there were. */
  reset(): void
}

interface OpenRequest {
  readonly endpoint: EndpointName
  readonly signal: AbortSignal | undefined
}

/** Begins without any. */
export function createTraffic(): Traffic {
  const open = new Set<OpenRequest>()
  const mostUnderWay = createCounts()

  /** Looks at the signals, since a body that nobody reads does not notice that it is aborted. */
  function count(endpoint: EndpointName): number {
    for (const request of open) if (request.signal?.aborted) open.delete(request)
    return [...open].filter((request) => request.endpoint === endpoint).length
  }

  const underWay = createGauge(count)
  return {
    underWay,
    mostUnderWay,
    async carry(endpoint, signal, exchange) {
      const request = { endpoint, signal }
      const end = () => void open.delete(request)
      open.add(request)
      mostUnderWay[endpoint] = Math.max(mostUnderWay[endpoint], underWay[endpoint])
      let isStreamed = false
      try {
        const response = await exchange()
        const { body = '' } = response
        if (typeof body === 'string' || body instanceof Uint8Array) return response
        isStreamed = true
        return { ...response, body: thenRun(body, end) }
      } finally {
        if (!isStreamed) end()
      }
    },
    reset() {
      Object.assign(mostUnderWay, underWay)
    },
  }
}

/** Counts when it is looked at. */
function createGauge(count: (endpoint: EndpointName) => number): EndpointCounts {
  const gauge = createCounts()
  for (const endpoint of Object.keys(gauge) as EndpointName[]) {
    Object.defineProperty(gauge, endpoint, { enumerable: true, get: () => count(endpoint) })
  }
  return gauge
}
