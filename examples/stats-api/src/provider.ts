import type {
  AdapterFactory,
  ClientMetadata,
  Configuration,
  JWK,
  Provider,
  ResourceServer,
} from 'oidc-provider'
import {
  API_CLIENT_ID,
  OPAQUE_API,
  OPAQUE_STAGING_API,
  SCOPE,
  STAGING_API,
  STATS_API,
  type ClientRegistration,
} from './registrations.js'

/** How long its tokens are good, in seconds. */
const TOKEN_LIFETIME = 600

/** What kind of tokens each API is given. */
const FORMATS: ReadonlyMap<string, 'jwt' | 'opaque'> = new Map([
  [STATS_API, 'jwt'],
  [STAGING_API, 'jwt'],
  [OPAQUE_API, 'opaque'],
  [OPAQUE_STAGING_API, 'opaque'],
])

/**
 * Makes an `oidc-provider` that gives access tokens to clients which name the API they are for: JWTs (RFC 9068), or opaque
 * ones, as the API has it.
 *
 * @param store Where it keeps opaque tokens.
 */
export async function createProvider(
  issuer: string,
  clients: readonly ClientRegistration[],
  signingKey: JWK,
  store: AdapterFactory,
): Promise<Provider> {
  const { Provider, errors } = await importQuietly()
  const age = new Map(clients.map(({ clientId, backdatedBy }) => [clientId, backdatedBy]))

  /** RFC 8707: the token is for one of our APIs, and only for that one. */
  function getResourceServerInfo(_context: unknown, resource: string): ResourceServer {
    const accessTokenFormat = FORMATS.get(resource)
    if (accessTokenFormat === undefined) throw new errors.InvalidTarget()
    return { scope: SCOPE, accessTokenFormat }
  }

  const configuration: Configuration = {
    clients: clients.map(toMetadata),
    jwks: { keys: [signingKey] },
    scopes: SCOPE.split(' '),
    ttl: { ClientCredentials: TOKEN_LIFETIME },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: (_context, { clientId }) => clientId === API_CLIENT_ID },
      resourceIndicators: { enabled: true, getResourceServerInfo },
      revocation: {
        enabled: true,
        allowedPolicy: (_context, { clientId }, token) => token.clientId === clientId,
      },
    },
    formats: {
      customizers: {
        // Stands in for waiting until a token is out of date.
        jwt(_context, { clientId = '' }, { payload }) {
          const backdatedBy = age.get(clientId) ?? 0
          payload['iat'] = Number(payload['iat']) - backdatedBy
          payload['exp'] = Number(payload['exp']) - backdatedBy
        },
      },
    },
    adapter: store,
  }
  return new Provider(issuer, configuration)
}

function toMetadata({ clientId, clientSecret, authMethod }: ClientRegistration): ClientMetadata {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    token_endpoint_auth_method: authMethod,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    scope: SCOPE,
  }
}

/** On Node.js 20 `oidc-provider` works, but warns; it does so when it is imported. */
async function importQuietly() {
  const { warn } = console
  console.warn = () => undefined
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}
