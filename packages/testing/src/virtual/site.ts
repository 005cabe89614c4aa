import { findEndpoint, type EndpointName, type Endpoints } from '../endpoints.js'
import type { PlainResponse, ReceivedRequest } from '../http/message.js'
import { followRoute } from '../http/router.js'
import { createRoutes, type Sources } from '../routes.js'
import type { ScriptedSettings } from './options.js'
import { addEtag } from './response.js'

/** Where an authorization server is, and what it answers where it is well. */
export interface Site {
  readonly jwksUri: string
  /** Finds the endpoint of a request; `other` on other hosts as well. */
  find(url: URL): EndpointName
  answer(endpoint: EndpointName, request: ReceivedRequest): Promise<PlainResponse>
  /** Moves the key set to where it has never been. */
  moveKeySet(): void
}

/** What can be asked for again with a validator. */
const TAGGED: readonly EndpointName[] = ['metadata', 'jwks']

/** Lays out the site. */
export function createSite(settings: ScriptedSettings, sources: Sources): Site {
  let endpoints: Endpoints = settings.endpoints
  let moves = 0
  return {
    get jwksUri() {
      return endpoints.jwksUri
    },
    find: ({ origin, pathname }) =>
      origin === new URL(endpoints.issuer).origin ? findEndpoint(endpoints, pathname) : 'other',
    async answer(endpoint, request) {
      const routes = createRoutes(endpoints, settings, sources)
      const response = await followRoute(routes[endpoint], request)
      return settings.etags && TAGGED.includes(endpoint) ? addEtag(response) : response
    },
    moveKeySet() {
      moves += 1
      endpoints = { ...endpoints, jwksUri: `${settings.endpoints.jwksUri}-${moves}` }
    },
  }
}
