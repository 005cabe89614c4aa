import type { AuthorizationServerConfig } from './config/authorization-server.js'
import type { IntrospectionCredentialsConfig } from './config/introspection.js'
import type { Documents } from './documents.js'
import { RefusedError, UnavailableError } from './errors.js'
import { createClientAuthentication, type ClientCredentials } from './http/client-authentication.js'
import { within, type Clock } from './time.js'
import type { IntrospectionRequest } from './token/introspection.js'

type Authenticate = (request: IntrospectionRequest) => Promise<void>

/** `b64token`, RFC 6750, section 2.1. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * Makes what authenticates this resource server at the introspection endpoint.
 *
 * It throws an {@link UnavailableError} `ERR_INTROSPECTION_CREDENTIALS` where it cannot, or not in time, and refuses its own
 * access token in the hands of a client.
 */
export function toAuthenticate(
  credentials: IntrospectionCredentialsConfig,
  { issuer, connection: { fetchLimit } }: AuthorizationServerConfig,
  { metadata }: Documents,
  clock: Clock,
): Authenticate {
  const late = () => new Error(`There were none within ${String(fetchLimit)} seconds`)
  const authenticate: Authenticate =
    credentials.method === 'bearer'
      ? (request) => addAccessToken(credentials.accessToken, request)
      : (request) => addClientCredentials(credentials, request, issuer, metadata, clock)
  return async (request) => {
    try {
      await within(clock, fetchLimit, authenticate(request), late)
    } catch (cause) {
      throw new UnavailableError('ERR_INTROSPECTION_CREDENTIALS', 'see the cause', { cause })
    }
    // Active, no doubt, but nothing that a client of this API should have.
    if (request.headers.get('authorization') === `Bearer ${request.token}`)
      throw new RefusedError('ERR_TOKEN_AUDIENCE', { cause: 'introspection.accessToken' })
  }
}

async function addAccessToken(
  accessToken: () => string | Promise<string>,
  { headers }: IntrospectionRequest,
): Promise<void> {
  const token: unknown = await accessToken()
  if (typeof token !== 'string' || !TOKEN.test(token))
    throw new TypeError('introspection.accessToken must give an access token, as a string')
  headers.set('authorization', `Bearer ${token}`)
}

async function addClientCredentials(
  { clientId, ...credentials }: ClientCredentials & { readonly clientId: string },
  { url, headers, body }: IntrospectionRequest,
  issuer: string,
  metadata: Documents['metadata'],
  clock: Clock,
): Promise<void> {
  const { introspectionEndpointAuthMethods, tokenEndpointAuthMethods } = metadata.copy()?.content ?? {}
  const supported = introspectionEndpointAuthMethods ?? tokenEndpointAuthMethods
  const authenticate = createClientAuthentication(credentials, supported, clock)
  await authenticate({ issuer, introspection_endpoint: url }, { client_id: clientId }, body, headers)
}
