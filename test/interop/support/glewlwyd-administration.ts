import { createSigningKey } from '../../../examples/stats-api/src/signing-key.js'

/** What Glewlwyd is told by its administrator. */
export interface Administration {
  addScope(name: string): Promise<void>
  /** Adds an issuer with client credentials, resource indicators, introspection and revocation. */
  addOpenIdPlugin(name: string, options: PluginOptions): Promise<void>
  addClient(client: ClientOptions): Promise<void>
}

interface PluginOptions {
  readonly issuer: string
  /** An access token with this scope may introspect the tokens of all clients. */
  readonly introspectionScope: string
}

interface ClientOptions {
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: readonly string[]
  /** Identifiers of the APIs that it may have tokens for. */
  readonly resources: readonly string[]
}

/** Logs in with the password of a new database. */
export async function logIn(origin: string): Promise<Administration> {
  const login = await post(`${origin}/api/auth/`, { username: 'admin', password: 'password' })
  const cookie = login.headers.getSetCookie().map((value) => value.replace(/;.*/, ''))
  const add = async (path: string, parameters: object): Promise<void> => {
    await post(`${origin}/api/${path}`, parameters, cookie.join('; '))
  }
  return {
    addScope: (name) =>
      add('scope/', { name, display_name: name, description: name, password_required: false, scheme: {} }),
    addOpenIdPlugin: (name, options) =>
      add('mod/plugin/', {
        module: 'oidc',
        name,
        display_name: name,
        order_rank: 0,
        parameters: toPluginParameters(options),
      }),
    addClient: ({ clientId, clientSecret, scopes, resources }) =>
      add('client/', {
        client_id: clientId,
        name: clientId,
        password: clientSecret,
        confidential: true,
        enabled: true,
        scope: scopes,
        authorization_type: ['client_credentials'],
        token_endpoint_auth_method: ['client_secret_basic'],
        redirect_uri: [],
        resource: resources,
      }),
  }
}

async function post(url: string, body: object, cookie = ''): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', Cookie: cookie }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) {
    const { pathname } = new URL(url)
    throw new Error(`Glewlwyd answers ${pathname} with ${response.status}: ${await response.text()}`)
  }
  await response.arrayBuffer()
  return response
}

function toPluginParameters({ issuer, introspectionScope }: PluginOptions) {
  return {
    iss: issuer,
    'subject-type': 'public',
    'jwks-private': JSON.stringify({ keys: [createSigningKey()] }),
    'jwks-show': true,
    'jwt-type': 'rsa',
    'jwt-key-size': '256',
    'access-token-duration': 600,
    'refresh-token-duration': 600,
    'code-duration': 600,
    'allowed-scope': ['openid'],
    'allow-non-oidc': true, // client credentials among others
    'auth-type-client-enabled': true,
    'auth-type-code-enabled': false,
    'auth-type-token-enabled': false,
    'auth-type-id-token-enabled': true,
    'auth-type-password-enabled': false,
    'auth-type-device-enabled': false,
    'auth-type-refresh-enabled': false,
    'resource-allowed': true,
    'resource-client-property': 'resource',
    'resource-scope': {},
    'resource-scope-and-client-property': false,
    'oauth-dpop-allowed': true,
    'oauth-dpop-iat-duration': 60,
    'introspection-revocation-allowed': true,
    'introspection-revocation-allow-target-client': true,
    'introspection-revocation-auth-scope': [introspectionScope],
  }
}
