import { createServer, type RequestListener } from 'node:http'
import type { Configuration, JWK } from 'oidc-provider'

/** What this program is started with, as JSON. */
export interface ServerSettings {
  readonly port: number
  readonly audience: string
  readonly scope: string
  readonly client: { readonly id: string; readonly secret: string }
  /** It signs with the first. */
  readonly keys: readonly JWK[]
  /** Whether requests for the key set get a 500. */
  readonly isFailing: boolean
}

/** What it can be told while it runs. It answers each with an empty message. */
export type ServerCommand =
  | { readonly type: 'use keys'; readonly keys: readonly JWK[] }
  | { readonly type: 'fail key set requests'; readonly isFailing: boolean }

const settings = JSON.parse(process.argv[2] ?? '') as ServerSettings
const { Provider } = await importQuietly()
let handle = createHandler(settings.keys)
let { isFailing } = settings

const server = createServer((request, response) => {
  if (isFailing && request.url?.startsWith('/jwks')) response.writeHead(500).end()
  else handle(request, response)
})
server.listen(settings.port, '127.0.0.1', () => process.send?.({}))

process.on('message', (command: ServerCommand) => {
  if (command.type === 'use keys') handle = createHandler(command.keys)
  else isFailing = command.isFailing
  process.send?.({})
})
process.once('disconnect', () => process.exit())

function createHandler(keys: readonly JWK[]): RequestListener {
  const issuer = `http://127.0.0.1:${String(settings.port)}`
  const callback = new Provider(issuer, configure(keys)).callback()
  return (request, response) => void callback(request, response)
}

function configure(keys: readonly JWK[]): Configuration {
  const { audience, scope, client } = settings
  return {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        scope,
      },
    ],
    jwks: { keys: [...keys] },
    scopes: scope.split(' '),
    ttl: { ClientCredentials: 3600 },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ audience, scope, accessTokenFormat: 'jwt' }),
      },
    },
  }
}

/** On Node.js 20 `oidc-provider` works, but warns; it does so when it is imported, and of its store in memory. */
async function importQuietly() {
  console.warn = () => undefined
  console.info = () => undefined
  return import('oidc-provider')
}
