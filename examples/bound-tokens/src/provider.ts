import { generateKeyPairSync } from 'node:crypto'
import type { Configuration, errors, Provider } from 'oidc-provider'

/** What it knows. */
export interface ProviderOptions {
  readonly clientId: string
  readonly clientSecret: string
  /** The one API that there are tokens for. */
  readonly audience: string
}

const SCOPE = 'stats:read'

/**
 * Makes an authorization server that knows one client and one API. Nothing in it says DPoP: `oidc-provider` binds every token
 * that is asked for with a proof.
 */
export async function createProvider(issuer: string, options: ProviderOptions): Promise<Provider> {
  const { warn } = console
  console.warn = () => undefined // it warns of Node.js 20, and of keeping in memory what it has to remember
  try {
    const { Provider, errors } = await import('oidc-provider')
    return new Provider(issuer, configure(options, errors))
  } finally {
    console.warn = warn
  }
}

function configure(
  { clientId, clientSecret, audience }: ProviderOptions,
  { InvalidTarget }: typeof errors,
): Configuration {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        scope: SCOPE,
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kty: 'RSA', alg: 'RS256', use: 'sig' }] },
    scopes: [SCOPE],
    ttl: { ClientCredentials: 600 },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_context, resource) {
          if (resource !== audience) throw new InvalidTarget()
          return { scope: SCOPE, accessTokenFormat: 'jwt' }
        },
      },
    },
  }
}
