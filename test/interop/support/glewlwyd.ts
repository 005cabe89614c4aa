import { createTokenSource } from '@bearward/client'
import {
  OTHER_API,
  REPORTER,
  SCOPES,
  STATS_API,
  type ForeignAuthorizationServer,
} from './authorization-server.js'
import { logIn, type Administration } from './glewlwyd-administration.js'
import { startGlewlwydProgram } from './glewlwyd-program.js'

const PLUGIN = 'oidc'
/** What an access token needs to be shown at the introspection endpoint. */
const INTROSPECTION_SCOPE = 'introspect'
const API = { clientId: 'stats-api', clientSecret: 'alsoKnownToEverybody1' } as const

/**
 * Starts Glewlwyd. Its access tokens are always JWTs; it introspects and revokes them. To a client that shows its secret it
 * tells of the client's own tokens only: an API on its own needs an access token to introspect with.
 */
export async function startGlewlwyd(): Promise<ForeignAuthorizationServer> {
  const { origin, stop } = await startGlewlwydProgram()
  const issuer = `${origin}/api/${PLUGIN}`
  try {
    await setUp(await logIn(origin), issuer)
  } catch (error) {
    await stop()
    throw error
  }
  const tokens = createTokenSource({ issuer, ...API, scope: INTROSPECTION_SCOPE })
  return {
    issuer,
    introspectionCredentials(method) {
      switch (method) {
        case 'access token':
          return { accessToken: async () => (await tokens.getToken()).accessToken }
        case 'client_secret_basic':
          return REPORTER
        default:
          throw new Error(`Glewlwyd has no introspection with ${method} here`)
      }
    },
    stop,
  }
}

async function setUp(administration: Administration, issuer: string): Promise<void> {
  for (const scope of [...SCOPES, INTROSPECTION_SCOPE]) await administration.addScope(scope)
  await administration.addOpenIdPlugin(PLUGIN, { issuer, introspectionScope: INTROSPECTION_SCOPE })
  await administration.addClient({ ...REPORTER, scopes: SCOPES, resources: [STATS_API, OTHER_API] })
  await administration.addClient({ ...API, scopes: [INTROSPECTION_SCOPE], resources: [] })
}
