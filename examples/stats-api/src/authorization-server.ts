import type { RequestListener } from 'node:http'
import { listen } from '@bearward/example-kit'
import { createProvider } from './provider.js'
import { createRegistrations, type Registrations } from './registrations.js'
import { createSigningKey } from './signing-key.js'
import { createStore } from './store.js'

/** A real authorization server, on this machine. */
export interface AuthorizationServer {
  readonly issuer: string
  readonly tokenEndpoint: string
  /** Where a client says that it needs a token no more (RFC 7009). */
  readonly revocationEndpoint: string
  /** Who may ask it for tokens, and about them, with their secrets. */
  readonly clients: Registrations
  /** Signs with a new key from now on, and withdraws the old one. */
  rotateKeys(): Promise<void>
  /** Stops it for good. */
  stop(): Promise<void>
}

/** Starts `oidc-provider` on a free port: metadata, key set, token endpoint, introspection, revocation. */
export async function startAuthorizationServer(): Promise<AuthorizationServer> {
  const { origin: issuer, serve, stop } = await listen()
  const clients = createRegistrations()
  const store = createStore()

  async function createHandler(): Promise<RequestListener> {
    const provider = await createProvider(issuer, Object.values(clients), createSigningKey(), store)
    const handle = provider.callback()
    return (request, response) => void handle(request, response)
  }

  serve(await createHandler())
  return {
    issuer,
    tokenEndpoint: `${issuer}/token`,
    revocationEndpoint: `${issuer}/token/revocation`,
    clients,
    rotateKeys: async () => serve(await createHandler()),
    stop,
  }
}
