import type { AuthorizationServerConfig } from './config/authorization-server.js'
import type { IntrospectionCredentialsConfig } from './config/introspection.js'
import type { Documents } from './documents.js'
import { RefusedError, UnavailableError } from './errors.js'
import { createClientAuthentication, type ClientCredentials } from './http/client-authentication.js'
import type { AuthorizationServerMetadata } from './metadata/authorization-server.js'
import { within, type Clock, type Seconds } from './time.js'
import type { IntrospectionRequest } from './token/introspection.js'

/** Returns what is to be told where the endpoint refuses these credentials. */
type Authenticate = (request: IntrospectionRequest) => Promise<() => void>

const LONGEST_RETRY: Seconds = 300
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
  { issuer, introspection, connection: { fetchLimit } }: AuthorizationServerConfig,
  { metadata }: Documents,
  clock: Clock,
): Authenticate {
  const late = () => new Error(`There were none within ${String(fetchLimit)} seconds`)
  const findSupported = () => (introspection?.endpoint === undefined ? metadata.copy()?.content : undefined)
  const add: Authenticate =
    credentials.method === 'bearer'
      ? createAddAccessToken(credentials.accessToken)
      : (request) => addClientCredentials(credentials, request, issuer, findSupported(), clock)
  return async (request) => {
    let refuse: () => void
    try {
      refuse = await within(clock, fetchLimit, add(request), late)
    } catch (cause) {
      throw new UnavailableError('ERR_INTROSPECTION_CREDENTIALS', 'see the cause', {
        cause,
        ...readRetryAfter(cause),
      })
    }
    // Active, no doubt, but nothing that a client of this API should have.
    if (request.headers.get('authorization') === `Bearer ${request.token}`)
      throw new RefusedError('ERR_TOKEN_AUDIENCE', { cause: 'introspection.accessToken' })
    return refuse
  }
}

/** The errors of a token source say when to try again. */
function readRetryAfter(cause: unknown): { readonly retryAfter?: number } {
  const { retryAfter } = cause instanceof Error && 'retryAfter' in cause ? cause : {}
  return typeof retryAfter === 'number' && retryAfter <= LONGEST_RETRY ? { retryAfter } : {}
}

function createAddAccessToken(accessToken: (refused?: string) => string | Promise<string>): Authenticate {
  let refused: string | undefined
  return async ({ headers }) => {
    const token: unknown = await accessToken(refused)
    if (typeof token !== 'string' || !TOKEN.test(token))
      throw new TypeError('introspection.accessToken must give an access token, as a string')
    headers.set('authorization', `Bearer ${token}`)
    return () => {
      refused = token
    }
  }
}

async function addClientCredentials(
  { clientId, ...credentials }: ClientCredentials & { readonly clientId: string },
  { url, headers, body }: IntrospectionRequest,
  issuer: string,
  metadata: AuthorizationServerMetadata | undefined,
  clock: Clock,
): Promise<() => void> {
  const supported = metadata?.introspectionEndpointAuthMethods ?? metadata?.tokenEndpointAuthMethods
  const authenticate = createClientAuthentication(credentials, supported, clock)
  await authenticate({ issuer, introspection_endpoint: url }, { client_id: clientId }, body, headers)
  return () => undefined
}
