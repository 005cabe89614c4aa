import type { IntrospectionCredentials } from '@bearward/core'
import { exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose'
import type { ClientMetadata, Configuration, Provider } from 'oidc-provider'
import { listen } from '../../../examples/stats-api/src/listener.js'
import { createSigningKey } from '../../../examples/stats-api/src/signing-key.js'
import {
  OTHER_API,
  REPORTER,
  SCOPES,
  STATS_API,
  type ForeignAuthorizationServer,
  type IntrospectionMethod,
} from './authorization-server.js'
import { createStore } from './oidc-provider-store.js'

const SCOPE = SCOPES.join(' ')
const SECRET = 'alsoKnownToEverybody1'
const KID = 'of-the-api'

/** The ways to authenticate that `oidc-provider` has a client of its own for. */
type Method = Exclude<IntrospectionMethod, 'access token'>

/** Starts `oidc-provider`. It introspects and revokes opaque access tokens alone. */
export async function startOidcProvider(
  accessTokenFormat: 'jwt' | 'opaque',
): Promise<ForeignAuthorizationServer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const { origin: issuer, serve, stop } = await listen()
  try {
    const clients = registerClients({ ...(await exportJWK(publicKey)), kid: KID, alg: 'ES256' })
    const provider = await createProvider(issuer, accessTokenFormat, clients)
    const handle = provider.callback()
    serve((request, response) => void handle(request, response))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    issuer,
    introspectionCredentials(method) {
      if (method === 'access token') throw new Error('oidc-provider has introspection for clients alone')
      return toCredentials(method, privateKey)
    },
    stop,
  }
}

async function createProvider(
  issuer: string,
  accessTokenFormat: 'jwt' | 'opaque',
  clients: readonly ClientMetadata[],
): Promise<Provider> {
  const { Provider, errors } = await importQuietly()
  const configuration: Configuration = {
    adapter: createStore(clients),
    jwks: { keys: [createSigningKey()] },
    scopes: [...SCOPES],
    ttl: { ClientCredentials: 600 },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      jwtIntrospection: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_context, resource) {
          if (resource !== STATS_API && resource !== OTHER_API) throw new errors.InvalidTarget()
          return { scope: SCOPE, accessTokenFormat }
        },
      },
      revocation: {
        enabled: true,
        allowedPolicy: (_context, { clientId }, token) => token.clientId === clientId,
      },
    },
  }
  return new Provider(issuer, configuration)
}

function registerClients(publicKey: JWK): readonly ClientMetadata[] {
  const common = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: SCOPE }
  const withSecret = (method: Method): ClientMetadata => ({
    ...common,
    client_id: toClientId(method),
    client_secret: SECRET,
    token_endpoint_auth_method: method,
  })
  return [
    { ...common, client_id: REPORTER.clientId, client_secret: REPORTER.clientSecret },
    withSecret('client_secret_basic'),
    withSecret('client_secret_post'),
    {
      ...common,
      client_id: toClientId('private_key_jwt'),
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [publicKey] },
    },
  ]
}

function toCredentials(method: Method, key: CryptoKey): IntrospectionCredentials {
  const clientId = toClientId(method)
  if (method === 'private_key_jwt') return { clientId, privateKey: { key, kid: KID } }
  if (method === 'client_secret_post') {
    return { clientId, clientSecret: SECRET, clientAuthentication: method }
  }
  return { clientId, clientSecret: SECRET }
}

const toClientId = (method: Method): string => `stats-api-${method}`

/** It warns of Node.js 20 when it is imported, and works there. */
async function importQuietly() {
  const { warn } = console
  console.warn = () => undefined
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}
