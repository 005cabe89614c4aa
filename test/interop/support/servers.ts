import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { createTokenSource } from '@bearward/client'
import {
  createResourceServer,
  type CommonOptions,
  type IntrospectionCredentials,
  type IssuerOptions,
  type ResourceServer,
} from '@bearward/core'
import {
  REPORTER,
  STATS_API,
  type ForeignAuthorizationServer,
  type IntrospectionMethod,
  type Start,
} from './authorization-server.js'
import { startGlewlwyd } from './glewlwyd.js'
import { startOidcProvider } from './oidc-provider.js'

type Server = readonly [
  name: string,
  start: Start,
  methods: readonly [IntrospectionMethod, ...IntrospectionMethod[]],
]

/** The authorization servers, and how an API can authenticate at their introspection endpoints. */
export const SERVERS: readonly Server[] = [
  ['oidc-provider', startOidcProvider, ['client_secret_basic', 'client_secret_post', 'private_key_jwt']],
  ['Glewlwyd', startGlewlwyd, ['access token', 'client_secret_basic']],
]

/** Who takes part in a test. */
export interface Stage {
  readonly issuer: string
  /** Gets an access token for the reporter. Default: `stats:read` at the statistics API. */
  getToken(wanted?: Wanted): Promise<string>
  introspectionCredentials(method: IntrospectionMethod): IntrospectionCredentials
  /** Makes a resource server that trusts this authorization server. Default: it is the statistics API. */
  protect(options?: ProtectionOptions): ResourceServer
  /** Revokes an access token of the reporter. */
  revoke(token: string): Promise<void>
}

type ProtectionOptions = CommonOptions & Partial<IssuerOptions> & { readonly audience?: string }

/** What a token is asked for. */
interface Wanted {
  readonly scope?: string
  readonly resource?: string
}

/** Starts an authorization server for all tests of a block, and stops it after them. */
export function useServer(start: Start, accessTokens: 'jwt' | 'opaque'): () => Stage {
  let server: ForeignAuthorizationServer | undefined
  const resourceServers: ResourceServer[] = []
  beforeAll(async () => {
    server = await start(accessTokens)
  })
  afterEach(() => {
    for (const resourceServer of resourceServers.splice(0)) resourceServer.close()
  })
  afterAll(() => server?.stop())

  return () => {
    if (server === undefined) throw new Error('The authorization server does not run')
    const { issuer, introspectionCredentials } = server
    return {
      issuer,
      introspectionCredentials,
      async getToken({ scope = 'stats:read', resource = STATS_API } = {}) {
        const tokens = createTokenSource({ issuer, ...REPORTER, scope, resource })
        return (await tokens.getToken()).accessToken
      },
      protect({ audience = STATS_API, ...options } = {}) {
        const resourceServer = createResourceServer({ issuer, audience, ...options })
        resourceServers.push(resourceServer)
        return resourceServer
      },
      revoke: (token) => revoke(issuer, token),
    }
  }
}

/** RFC 7009, section 2.1. */
async function revoke(issuer: string, token: string): Promise<void> {
  const metadata = await fetch(`${issuer}/.well-known/openid-configuration`)
  const { revocation_endpoint: endpoint } = (await metadata.json()) as { revocation_endpoint: string }
  const credentials = Buffer.from(`${REPORTER.clientId}:${REPORTER.clientSecret}`).toString('base64')
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { Authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
  })
  if (response.status !== 200) throw new Error(`The revocation is answered with ${response.status}`)
  await response.arrayBuffer()
}
