import type { IntrospectionCredentials } from '@bearward/core'
import { exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose'
import type { ClientMetadata } from 'oidc-provider'
import { listen } from '../../../examples/kit/src/listener.js'
import {
  REPORTER,
  type AccessTokenFormat,
  type ForeignAuthorizationServer,
  type IntrospectionMethod,
} from './authorization-server.js'
import { CLIENT_CREDENTIALS_CLIENT as COMMON, createProvider } from './oidc-provider-instance.js'

const SECRET = 'alsoKnownToEverybody1'
const KID = 'of-the-api'

/** The ways to authenticate that `oidc-provider` has a client of its own for. */
type Method = Exclude<IntrospectionMethod, 'access token'>

/**
 * Starts `oidc-provider`. It introspects and revokes opaque access tokens alone, and binds those to a key that are asked for
 * with a DPoP proof.
 */
export async function startOidcProvider(
  accessTokenFormat: AccessTokenFormat,
): Promise<ForeignAuthorizationServer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const { origin: issuer, serve, stop } = await listen()
  try {
    const clients = registerClients({ ...(await exportJWK(publicKey)), kid: KID, alg: 'ES256' })
    const provider = await createProvider(issuer, { accessTokenFormat, clients })
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

function registerClients(publicKey: JWK): readonly ClientMetadata[] {
  const withSecret = (method: Method): ClientMetadata => ({
    ...COMMON,
    client_id: toClientId(method),
    client_secret: SECRET,
    token_endpoint_auth_method: method,
  })
  return [
    { ...COMMON, client_id: REPORTER.clientId, client_secret: REPORTER.clientSecret },
    withSecret('client_secret_basic'),
    withSecret('client_secret_post'),
    {
      ...COMMON,
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
