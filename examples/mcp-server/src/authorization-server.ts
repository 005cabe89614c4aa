import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { listen } from '@bearward/example-kit'
import type { ClientMetadata, Configuration, JWK, Provider, ResourceServer } from 'oidc-provider'
import { createStore } from './store.js'

/** A client as the authorization server knows it. */
export interface McpClient {
  readonly clientId: string
  readonly clientSecret: string
  /** The scopes that it may have. */
  readonly scope: string
}

/** A real authorization server, on this machine. */
export interface AuthorizationServer {
  readonly issuer: string
  /** May read and write. */
  readonly assistant: McpClient
  /** May read. */
  readonly reader: McpClient
  /** How many requests for tokens it had. */
  tokenRequests(): number
  stop(): Promise<void>
}

const SCOPE = 'notes:read notes:write'
/** How long its tokens are good, in seconds. */
const TOKEN_LIFETIME = 600

/**
 * Starts `oidc-provider` on a free port.
 *
 * @param resources What it gives tokens for: a token is for the one that the client names (RFC 8707).
 */
export async function startAuthorizationServer(resources: readonly string[]): Promise<AuthorizationServer> {
  const { origin: issuer, serve, stop } = await listen()
  const assistant = register('assistant', SCOPE)
  const reader = register('reader', 'notes:read')
  const provider = await createProvider(issuer, [assistant, reader], resources)
  const handle = provider.callback()
  let tokenRequests = 0
  serve((request, response) => {
    if (request.url === '/token') tokenRequests += 1
    void handle(request, response)
  })
  return { issuer, assistant, reader, tokenRequests: () => tokenRequests, stop }
}

function register(clientId: string, scope: string): McpClient {
  return { clientId, clientSecret: randomBytes(18).toString('base64url'), scope }
}

async function createProvider(
  issuer: string,
  clients: readonly McpClient[],
  resources: readonly string[],
): Promise<Provider> {
  const { Provider, errors } = await importQuietly()
  const configuration: Configuration = {
    clients: clients.map(toMetadata),
    adapter: createStore,
    jwks: { keys: [createSigningKey()] },
    scopes: SCOPE.split(' '),
    ttl: { ClientCredentials: TOKEN_LIFETIME },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_context, resource): ResourceServer {
          if (!resources.includes(resource)) throw new errors.InvalidTarget()
          return { scope: SCOPE, accessTokenFormat: 'jwt' }
        },
      },
    },
  }
  return new Provider(issuer, configuration)
}

function toMetadata({ clientId, clientSecret, scope }: McpClient): ClientMetadata {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    scope,
  }
}

function createSigningKey(): JWK {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }), kty: 'RSA', alg: 'RS256', use: 'sig', kid: randomUUID() }
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
