import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals'
import {
  createResourceServer,
  type CommonOptions,
  type IssuerOptions,
  type ResourceServer,
} from '@bearward/core'
import { startAuthorizationServer, type AuthorizationServer, type StartOptions } from '@bearward/testing'

/** The audience of every token that is minted, and of every resource server here. */
export const AUDIENCE = 'https://api.example.com'

/** Who takes part in a test. */
export interface Servers {
  /** The same one in every test of a file, without what the test before did to its answers and counters. */
  readonly authorizationServer: AuthorizationServer
  /** A new one for each test, with no option but issuer and audience: it has asked for nothing yet. */
  readonly resourceServer: ResourceServer
  /** Makes another resource server that trusts the authorization server. */
  protect(options?: CommonOptions & Partial<IssuerOptions>): ResourceServer
}

/**
 * Starts an authorization server for all tests of a file, and makes a resource server for each.
 *
 * @param start Default: one key, for ES256.
 */
export function useServers(start: StartOptions = { algorithms: ['ES256'] }): () => Servers {
  let authorizationServer: AuthorizationServer
  let resourceServer: ResourceServer
  const started: ResourceServer[] = []
  const protect: Servers['protect'] = (options = {}) => {
    const server = createResourceServer({
      issuer: authorizationServer.issuer,
      audience: AUDIENCE,
      ...options,
    })
    started.push(server)
    return server
  }

  beforeAll(async () => {
    authorizationServer = await startAuthorizationServer(start)
  })
  beforeEach(() => {
    authorizationServer.publish(undefined)
    authorizationServer.intercept(undefined)
    authorizationServer.resetCounters()
    resourceServer = protect()
  })
  afterEach(() => {
    for (const server of started.splice(0)) server.close() // what it fetches later would count in the next test
  })
  afterAll(() => authorizationServer.close())
  return () => ({ authorizationServer, resourceServer, protect })
}
