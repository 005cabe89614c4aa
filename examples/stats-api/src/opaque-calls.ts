import { accepted, insufficient, refused, UNAUTHENTICATED, UNAVAILABLE } from './demand.js'
import type { Call } from './exchange.js'

/** The opaque tokens that the client got, and a JWT. */
export interface OpaqueTokens {
  readonly good: string
  /** Asked for with less scope. */
  readonly narrow: string
  /** Asked for with another resource. */
  readonly foreign: string
  /** A JWT for another API of the same authorization server. */
  readonly jwt: string
}

/** What may happen on any day to an API that is given opaque tokens. */
export function listOpaqueCalls({ good, narrow, foreign, jwt }: OpaqueTokens): readonly Call[] {
  return [
    {
      ...toCall('GET', undefined, 'no token'),
      demand: UNAUTHENTICATED,
      why: 'There is nothing to ask about.',
    },
    {
      ...toCall('GET', good, 'good'),
      demand: accepted(200),
      why: 'The authorization server was asked: active, for this API, with stats:read. The answer is kept for 60 seconds.',
    },
    {
      ...toCall('POST', good, 'good'),
      demand: accepted(201),
      why: 'It has stats:write as well. Nobody was asked: the answer of a moment ago says so.',
    },
    {
      ...toCall('GET', narrow, 'with stats:read only'),
      demand: accepted(200),
      why: 'No more is needed here.',
    },
    {
      ...toCall('POST', narrow, 'with stats:read only'),
      demand: insufficient('stats:write'),
      why: 'Active, but too narrow: the challenge names the scope that it would take.',
    },
    {
      ...toCall('GET', foreign, 'for another API'),
      demand: refused('ERR_TOKEN_AUDIENCE'),
      why: 'Active, but meant for someone else: "active" alone is no reason to accept a token.',
    },
    {
      ...toCall('GET', `${good}x`, 'with one character too many'),
      demand: refused('ERR_TOKEN_INACTIVE'),
      why: 'The authorization server does not know it. That answer is kept for 5 seconds.',
    },
    {
      ...toCall('GET', jwt, 'a JWT for another API'),
      demand: refused('ERR_TOKEN_AUDIENCE'),
      why: 'JWTs of this issuer are judged by their signature as before, and nobody is asked about a bad one.',
    },
  ]
}

/** What becomes of a token that was revoked, on an API that has seen it before. */
export function listCallsAfterRevocation(token: string): readonly Call[] {
  return [
    {
      ...toCall('GET', token, 'revoked'),
      demand: accepted(200),
      why: 'The API uses the answer that it has: for 60 seconds from when it asked (introspection.cache.maxAge), and no longer.',
    },
    {
      ...toCall('DELETE', token, 'revoked'),
      demand: refused('ERR_TOKEN_INACTIVE'),
      why: 'Behind requireFresh({ maxAge: 0 }) no kept answer counts: the authorization server was asked now.',
    },
    {
      ...toCall('GET', token, 'revoked'),
      demand: refused('ERR_TOKEN_INACTIVE'),
      why: 'The new answer took the place of the old one, for all routes.',
    },
  ]
}

/** What is left of it while the authorization server is stopped. */
export function listOpaqueCallsInOutage(known: string, unknown: string): readonly Call[] {
  return [
    {
      ...toCall('GET', known, 'good'),
      demand: accepted(200),
      why: 'The API asked less than 60 seconds ago, and uses the answer for that long.',
    },
    {
      ...toCall('DELETE', known, 'good'),
      demand: UNAVAILABLE,
      why: 'Behind requireFresh({ maxAge: 0 }) there is no verdict without an answer: neither a pass nor a refusal.',
    },
    {
      ...toCall('GET', unknown, 'never seen here'),
      demand: UNAVAILABLE,
      why: 'Nobody can say what it means now. The client keeps it, and tries again.',
    },
  ]
}

/** A call that asks now, whatever is known. */
export function callFresh(token: string): Call {
  return {
    ...toCall('DELETE', token, 'good'),
    demand: accepted(200),
    why: 'Behind requireFresh({ maxAge: 0 }) the authorization server is asked for each request.',
  }
}

function toCall(method: Call['method'], token: string | undefined, sent: string) {
  return { method, token, sent } as const
}
