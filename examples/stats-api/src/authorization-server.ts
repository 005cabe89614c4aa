import type { RequestListener } from 'node:http'
import { listen } from './listener.js'
import { createProvider } from './provider.js'
import { createRegistrations, type Registrations } from './registrations.js'
import { createSigningKey } from './signing-key.js'

/** A real authorization server, on this machine. */
export interface AuthorizationServer {
  readonly issuer: string
  readonly tokenEndpoint: string
  /** The clients that may ask it for tokens, with their secrets. */
  readonly clients: Registrations
  /** Signs with a new key from now on, and withdraws the old one. */
  rotateKeys(): Promise<void>
  /** Stops it for good. */
  stop(): Promise<void>
}

/** Starts `oidc-provider` on a free port: metadata, key set, token endpoint. */
export async function startAuthorizationServer(): Promise<AuthorizationServer> {
  const { origin: issuer, serve, stop } = await listen()
  const clients = createRegistrations()

  async function createHandler(): Promise<RequestListener> {
    const provider = await createProvider(issuer, Object.values(clients), createSigningKey())
    const handle = provider.callback()
    return (request, response) => void handle(request, response)
  }

  serve(await createHandler())
  return {
    issuer,
    tokenEndpoint: `${issuer}/token`,
    clients,
    rotateKeys: async () => serve(await createHandler()),
    stop,
  }
}
