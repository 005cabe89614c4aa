import type { AuthorizationServerConfig } from './config/authorization-server.js'
import type { IntrospectionCredentialsConfig } from './config/introspection.js'
import type { Documents } from './documents.js'
import { RefusedError, UnavailableError } from './errors.js'
import { createClientAuthentication } from './http/client-authentication.js'
import { within, type Clock } from './time.js'
import type { IntrospectionRequest } from './token/introspection.js'

/** `b64token`, RFC 6750, section 2.1. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/

/** Makes what authenticates this resource server at the introspection endpoint. */
export function toAuthenticate(
  credentials: IntrospectionCredentialsConfig,
  { issuer, connection: { fetchLimit } }: AuthorizationServerConfig,
  { metadata }: Documents,
  clock: Clock,
): (request: IntrospectionRequest) => Promise<void> {
  const late = () => unavailable(`none within ${String(fetchLimit)} seconds`)
  if (credentials.method === 'bearer') {
    return async ({ token, headers }) => {
      const own = await within(clock, fetchLimit, getToken(credentials.accessToken), late)
      // Active, no doubt, but nothing that a client of this API should have.
      if (own === token) throw new RefusedError('ERR_TOKEN_AUDIENCE', { cause: 'introspection.accessToken' })
      headers.set('authorization', `Bearer ${own}`)
    }
  }
  return async ({ url, headers, body }) => {
    const { introspectionEndpointAuthMethods, tokenEndpointAuthMethods } = metadata.copy()?.content ?? {}
    const supported = introspectionEndpointAuthMethods ?? tokenEndpointAuthMethods
    const authenticate = createClientAuthentication(credentials, supported, clock)
    const server = { issuer, introspection_endpoint: url }
    await within(
      clock,
      fetchLimit,
      Promise.resolve(authenticate(server, { client_id: credentials.clientId }, body, headers)),
      late,
    )
  }
}

async function getToken(accessToken: () => string | Promise<string>): Promise<string> {
  let token: unknown
  try {
    token = await accessToken()
  } catch (cause) {
    throw unavailable('introspection.accessToken failed', cause)
  }
  if (typeof token === 'string' && TOKEN.test(token)) return token
  throw unavailable('introspection.accessToken must give an access token, as a string')
}

function unavailable(problem: string, cause?: unknown): UnavailableError {
  return new UnavailableError('ERR_INTROSPECTION_CREDENTIALS', problem, { cause })
}
