import type { Endpoints } from './endpoints.js'
import type { Settings } from './options.js'
import { splitScope } from './scope.js'

/** How `authenticateClient` lets a client prove who it is. */
const AUTHENTICATION_METHODS = ['client_secret_basic', 'client_secret_post']

/**
 * Makes the metadata document; the same one in every {@link MetadataStyle}.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414, section 2}
 */
export function createMetadata(
  endpoints: Endpoints,
  { algorithms, clients }: Settings,
): Record<string, unknown> {
  return {
    issuer: endpoints.issuer,
    token_endpoint: endpoints.tokenEndpoint,
    jwks_uri: endpoints.jwksUri,
    scopes_supported: [...new Set(clients.flatMap(({ scope }) => splitScope(scope)))],
    response_types_supported: [], // required, though there is no authorization endpoint
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
    introspection_endpoint: endpoints.introspectionEndpoint,
    introspection_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
    introspection_signing_alg_values_supported: algorithms.slice(0, 1), // RFC 9701, section 7
    revocation_endpoint: endpoints.revocationEndpoint,
    revocation_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
  }
}
