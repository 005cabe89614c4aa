import type { Endpoints } from './endpoints.js'
import type { Settings } from './options.js'
import { splitScope } from './scope.js'

/**
 * Makes the metadata document; the same one in every {@link MetadataStyle}.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414, section 2}
 */
export function createMetadata(endpoints: Endpoints, { clients }: Settings): Record<string, unknown> {
  return {
    issuer: endpoints.issuer,
    token_endpoint: endpoints.tokenEndpoint,
    jwks_uri: endpoints.jwksUri,
    scopes_supported: [...new Set(clients.flatMap(({ scope }) => splitScope(scope)))],
    response_types_supported: [], // required, though there is no authorization endpoint
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  }
}
