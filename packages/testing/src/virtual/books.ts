import type { Clock, Seconds } from '@bearward/core'
import type { EndpointName } from '../endpoints.js'
import type { ReceivedRequest } from '../http/message.js'
import { createCounting, type RequestCounters } from '../request-counters.js'
import { readForm } from '../token-endpoint/form.js'
import { isOAuthError } from '../token-endpoint/oauth-error.js'
import { createTraffic, type EndpointCounts, type Traffic } from './traffic.js'

/** A request that reached a scripted authorization server. */
export interface LoggedRequest {
  readonly endpoint: EndpointName
  /** When it came, on the monotonic clock. */
  readonly at: Seconds
  /** Whether it asked for what is new only, with `If-None-Match`. */
  readonly isConditional: boolean
  /** The token that it was about, where it was for introspection or revocation and had one. */
  readonly token?: string
}

/** What is known of the requests, for tests to read. */
export interface BookMembers {
  readonly requests: RequestCounters
  readonly log: readonly LoggedRequest[]
  readonly underWay: EndpointCounts
  readonly mostUnderWay: EndpointCounts
  resetCounters(): void
}

/** The same, and what is written in them. */
export interface Books {
  readonly members: BookMembers
  readonly traffic: Traffic
  /** Writes down that a request came. */
  enter(endpoint: EndpointName, request: ReceivedRequest): void
}

/** Begins with empty books. */
export function createBooks(clock: Clock): Books {
  const { counters, count, reset } = createCounting()
  const traffic = createTraffic()
  const log: LoggedRequest[] = []
  return {
    members: {
      requests: counters,
      log,
      underWay: traffic.underWay,
      mostUnderWay: traffic.mostUnderWay,
      resetCounters() {
        reset()
        traffic.reset()
      },
    },
    traffic,
    enter(endpoint, request) {
      count(endpoint)
      const isConditional = request.headers['if-none-match'] !== undefined
      log.push({ endpoint, at: clock.monotonic(), isConditional, ...readToken(endpoint, request) })
    },
  }
}

function readToken(endpoint: EndpointName, request: ReceivedRequest): Pick<LoggedRequest, 'token'> {
  if (endpoint !== 'introspection' && endpoint !== 'revocation') return {}
  const form = readForm(request)
  const token = isOAuthError(form) ? undefined : form.get('token')
  return token === undefined ? {} : { token }
}
