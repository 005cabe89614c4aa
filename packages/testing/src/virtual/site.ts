import { findEndpoint, type EndpointName, type Endpoints } from '../endpoints.js'
import type { PlainResponse, ReceivedRequest } from '../http/message.js'
import { followRoute } from '../http/router.js'
import type { Issuing } from '../issuing.js'
import { createRoutes } from '../routes.js'
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

/** Lays out the site. */
export function createSite(
  settings: ScriptedSettings,
  keys: Issuing['servedKeys'],
  mint: Issuing['mint'],
): Site {
  let endpoints: Endpoints = settings.endpoints
  let moves = 0
  return {
    get jwksUri() {
      return endpoints.jwksUri
    },
    find: ({ origin, pathname }) =>
      origin === new URL(endpoints.issuer).origin ? findEndpoint(endpoints, pathname) : 'other',
    async answer(endpoint, request) {
      const routes = createRoutes(endpoints, settings, {
        keys,
        issue: ({ clientId }, scope) => mint({ sub: clientId, client_id: clientId, scope }),
      })
      const response = await followRoute(routes[endpoint], request)
      return settings.etags && endpoint !== 'token' ? addEtag(response) : response
    },
    moveKeySet() {
      moves += 1
      endpoints = { ...endpoints, jwksUri: `${settings.endpoints.jwksUri}-${moves}` }
    },
  }
}
