import type { EndpointName, Endpoints } from './endpoints.js'
import { toJsonResponse } from './http/message.js'
import type { Route } from './http/router.js'
import { createMetadata } from './metadata.js'
import type { Settings } from './options.js'
import { answerTokenRequest, type IssueToken } from './token-endpoint/token-endpoint.js'

/** What the routes answer with. */
export interface Sources {
  /** The keys to serve. */
  keys(): readonly unknown[]
  readonly issue: IssueToken
}

/** What each endpoint answers when nothing intercepts the request. */
export function createRoutes(
  endpoints: Endpoints,
  settings: Settings,
  { keys, issue }: Sources,
): Readonly<Partial<Record<EndpointName, Route>>> {
  const keySetType = { 'Content-Type': 'application/jwk-set+json' } // RFC 7517, section 8.5.2
  return {
    metadata: {
      methods: ['GET', 'HEAD'],
      answer: () => toJsonResponse(200, createMetadata(endpoints, settings)),
    },
    jwks: {
      methods: ['GET', 'HEAD'],
      answer: () => toJsonResponse(200, { keys: keys() }, keySetType),
    },
    token: {
      methods: ['POST'],
      answer: (request) => answerTokenRequest(request, settings, issue),
    },
  }
}
