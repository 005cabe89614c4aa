import type { EndpointName, Endpoints } from './endpoints.js'
import { toJsonResponse } from './http/message.js'
import type { Route } from './http/router.js'
import {
  answerIntrospectionRequest,
  type IntrospectionSource,
} from './introspection-endpoint/introspection-endpoint.js'
import { createMetadata } from './metadata.js'
import type { Settings } from './options.js'
import { answerRevocationRequest } from './revocation-endpoint/revocation-endpoint.js'
import { answerTokenRequest, type IssueToken } from './token-endpoint/token-endpoint.js'

/** What the routes answer with. */
export interface Sources extends IntrospectionSource {
  /** The keys to serve. */
  keys(): readonly unknown[]
  readonly issue: IssueToken
  revoke(token: string): void
}

/** What each endpoint answers when nothing intercepts the request. */
export function createRoutes(
  endpoints: Endpoints,
  settings: Settings,
  sources: Sources,
): Readonly<Partial<Record<EndpointName, Route>>> {
  const keySetType = { 'Content-Type': 'application/jwk-set+json' } // RFC 7517, section 8.5.2
  return {
    metadata: {
      methods: ['GET', 'HEAD'],
      answer: () => toJsonResponse(200, createMetadata(endpoints, settings)),
    },
    jwks: {
      methods: ['GET', 'HEAD'],
      answer: () => toJsonResponse(200, { keys: sources.keys() }, keySetType),
    },
    token: {
      methods: ['POST'],
      answer: (request) => answerTokenRequest(request, settings, sources.issue),
    },
    introspection: {
      methods: ['POST'],
      answer: (request) => answerIntrospectionRequest(request, settings, sources),
    },
    revocation: {
      methods: ['POST'],
      answer: (request) => answerRevocationRequest(request, settings, sources.revoke),
    },
  }
}
