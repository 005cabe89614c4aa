import type { ClientMetadata, Configuration, MTLSConfiguration, Provider } from 'oidc-provider'
import { createSigningKey } from '../../../examples/stats-api/src/signing-key.js'
import { OTHER_API, SCOPES, STATS_API, type AccessTokenFormat } from './authorization-server.js'
import { createStore } from './oidc-provider-store.js'

const SCOPE = SCOPES.join(' ')

/** What all clients have that get tokens for themselves, with both scopes. */
export const CLIENT_CREDENTIALS_CLIENT = {
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  scope: SCOPE,
} satisfies Partial<ClientMetadata>

/** What is not the same for all. */
export interface ProviderOptions {
  readonly accessTokenFormat: AccessTokenFormat
  readonly clients: readonly ClientMetadata[]
  /** Default: there are no client certificates. */
  readonly mTLS?: MTLSConfiguration
  /** What else to configure. */
  readonly additions?: Pick<Configuration, 'clientAuthMethods' | 'discovery'>
}

/** Makes an `oidc-provider` that serves nobody yet. */
export async function createProvider(
  issuer: string,
  { accessTokenFormat, clients, mTLS = {}, additions }: ProviderOptions,
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
      mTLS,
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
    enabledJWA: { dPoPSigningAlgValues: ['ES256', 'Ed25519', 'PS256', 'RS256'] },
    ...additions,
  }
  return new Provider(issuer, configuration)
}

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
