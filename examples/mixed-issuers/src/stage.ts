import { listen } from '@bearward/example-kit'
import { createResourceServer, type ResourceServer } from '@bearward/koa'
import { startAuthorizationServer, type AuthorizationServer, type RegisteredClient } from '@bearward/testing'
import { createApi } from './api.js'

const AUDIENCE = 'https://stats.example.com'
const SCOPE = 'stats:read stats:write'

/** A client of each authorization server. */
export const OUR_CLIENT: RegisteredClient = {
  clientId: 'our-app',
  clientSecret: 'known-to-our-app',
  scope: SCOPE,
}
export const PARTNER_CLIENT: RegisteredClient = {
  clientId: 'partner-app',
  clientSecret: 'known-to-partner-app',
  scope: SCOPE,
}
/** The API itself, which asks the partner what its tokens mean. */
const API_CLIENT = { clientId: 'stats-api', clientSecret: 'known-to-stats-api' }

/** All that runs in this example. */
export interface Stage {
  /** Gives JWT access tokens. */
  readonly ours: AuthorizationServer
  /** Gives opaque access tokens. */
  readonly partner: AuthorizationServer
  readonly resourceServer: ResourceServer
  /** Where the API is. */
  readonly url: string
  close(): Promise<void>
}

/** Starts both authorization servers, and the API. */
export async function openStage(): Promise<Stage> {
  const ours = await startAuthorizationServer({ audience: AUDIENCE, clients: [OUR_CLIENT] })
  const partner = await startAuthorizationServer({
    audience: AUDIENCE,
    accessTokens: 'opaque',
    clients: [PARTNER_CLIENT, { ...API_CLIENT, scope: '' }],
  })

  const resourceServer = createResourceServer({
    audience: AUDIENCE,
    authorizationServers: [
      { issuer: ours.issuer },
      { issuer: partner.issuer, accessTokens: 'opaque', introspection: API_CLIENT },
    ],
  })

  const handle = createApi(resourceServer).callback()
  const api = await listen((request, response) => void handle(request, response))
  return {
    ours,
    partner,
    resourceServer,
    url: api.origin,
    async close() {
      await Promise.all([api.stop(), ours.close(), partner.close()])
      resourceServer.close()
    },
  }
}
