import type { Adapter, ClientMetadata, Configuration, JWK, Provider, ResourceServer } from 'oidc-provider'
import { SCOPE, STAGING_API, STATS_API, type ClientRegistration } from './registrations.js'

/** How long its tokens are good, in seconds. */
const TOKEN_LIFETIME = 600

/** Makes an `oidc-provider` that gives JWT access tokens (RFC 9068) to clients which name the API they are for. */
export async function createProvider(
  issuer: string,
  clients: readonly ClientRegistration[],
  signingKey: JWK,
): Promise<Provider> {
  const { Provider, errors } = await importQuietly()
  const age = new Map(clients.map(({ clientId, backdatedBy }) => [clientId, backdatedBy]))

  /** RFC 8707: the token is for one of our APIs, and only for that one. */
  function getResourceServerInfo(_context: unknown, resource: string): ResourceServer {
    if (resource !== STATS_API && resource !== STAGING_API) throw new errors.InvalidTarget()
    return { scope: SCOPE, accessTokenFormat: 'jwt' }
  }

  const configuration: Configuration = {
    clients: clients.map(toMetadata),
    jwks: { keys: [signingKey] },
    scopes: SCOPE.split(' '),
    ttl: { ClientCredentials: TOKEN_LIFETIME },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: { enabled: true, getResourceServerInfo },
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
    adapter: createEmptyStore,
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

/** Nothing has to be remembered: clients are in the configuration, and JWT access tokens speak for themselves. */
function createEmptyStore(): Adapter {
  const forget = () => Promise.resolve()
  return {
    upsert: forget,
    consume: forget,
    destroy: forget,
    revokeByGrantId: forget,
    find: forget,
    findByUid: forget,
    findByUserCode: forget,
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
