import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { JWK } from 'oidc-provider'
import { startProgram } from './program.js'
import type { ServerCommand, ServerSettings } from './programs/authorization-server.js'

export const AUDIENCE = 'https://stats.example.com'
const SCOPE = 'stats:read'
const CLIENT = { id: 'stats-reporter', secret: 'not-a-secret-on-this-machine' }

/** An `oidc-provider` in a process of its own, and what can befall it. */
export interface AuthorizationServer {
  readonly issuer: string
  readonly port: number
  /** An access token, signed with the first of its keys. */
  requestToken(): Promise<string>
  useKeys(...keys: readonly JWK[]): Promise<void>
  failKeySetRequests(isFailing: boolean): Promise<void>
  /** Its process is stopped: it takes connections, and does not answer. */
  hang(): void
  goOn(): void
  kill(): Promise<void>
  /** At the same port, with the same keys or others. Kills it first, where it runs. */
  restart(options: { readonly keys: readonly JWK[]; readonly isFailing?: boolean }): Promise<void>
}

/** Makes a key to sign with. */
export function createKey(kid: string): JWK {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }), kty: 'RSA', alg: 'RS256', use: 'sig', kid }
}

/** Starts it at a free port of this machine. */
export async function startAuthorizationServer(key: JWK): Promise<AuthorizationServer> {
  const port = await findFreePort()
  const origin = `http://127.0.0.1:${String(port)}`
  const start = (keys: readonly JWK[], isFailing = false) => {
    const settings: ServerSettings = {
      port,
      audience: AUDIENCE,
      scope: SCOPE,
      client: CLIENT,
      keys,
      isFailing,
    }
    return startProgram('authorization-server', settings)
  }
  let program = await start([key])
  const tell = (command: ServerCommand) => program.tell(command)

  return {
    issuer: origin,
    port,
    requestToken: () => requestToken(`${origin}/token`),
    useKeys: (...keys) => tell({ type: 'use keys', keys }),
    failKeySetRequests: (isFailing) => tell({ type: 'fail key set requests', isFailing }),
    hang: () => {
      program.pause()
    },
    goOn: () => {
      program.resume()
    },
    kill: () => program.kill(),
    async restart({ keys, isFailing }) {
      await program.kill()
      program = await start(keys, isFailing)
    },
  }
}

async function requestToken(tokenEndpoint: string): Promise<string> {
  const credentials = Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')
  const response = await fetch(tokenEndpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: AUDIENCE, scope: SCOPE }),
  })
  if (!response.ok) throw new Error(`The token endpoint answered ${String(response.status)}`)
  return ((await response.json()) as { access_token: string }).access_token
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
