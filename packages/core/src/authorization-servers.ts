import { LRUCache } from 'lru-cache'
import type { AuthorizationServerConfig } from './config/authorization-server.js'
import type { ResourceServerConfig } from './config/resource-server.js'
import { RefusedError, UnavailableError } from './errors.js'
import { createFetchJson } from './http/fetch-json.js'
import { createKeySource, type KeySource } from './keys/key-source.js'
import { fetchMetadata } from './metadata/authorization-server.js'
import type { Clock, Seconds } from './time.js'

/** An authorization server whose tokens are accepted: what is configured for it, and its keys. */
export interface AuthorizationServer extends AuthorizationServerConfig {
  readonly keySource: KeySource
}

/**
 * Selects the authorization server that an `iss` claim names among those that the configuration accepts.
 *
 * @param issuer As the token has it: of any type, and believed by nobody yet.
 *
 * @throws {@link RefusedError} `ERR_TOKEN_ISSUER`
 * @throws {@link UnavailableError} `ERR_TENANT_LOOKUP`
 */
export type SelectAuthorizationServer = (issuer: unknown) => Promise<AuthorizationServer>

type FindAuthorizationServer = (issuer: string) => Promise<AuthorizationServer | undefined>

/** RFC 7517, section 8.5, and what servers send in practice. */
const KEY_SET_TYPES = ['application/json', 'application/jwk-set+json']
/** How long the answer for an issuer that was looked up holds. */
const LOOKUP_INTERVAL: Seconds = 600
const MOST_LOOKED_UP = 1_000

/** Starts with no request made: each authorization server is asked when its first token comes. */
export function createAuthorizationServers(config: ResourceServerConfig): SelectAuthorizationServer {
  const { resolve, clock } = config
  const configured = new Map(
    [...config.authorizationServers].map(([issuer, server]) => [
      issuer,
      toAuthorizationServer(server, clock),
    ]),
  )
  const find =
    resolve &&
    lookUp(async (issuer) => {
      const server = await resolve(issuer)
      return server && toAuthorizationServer(server, clock)
    }, clock)
  return async (issuer) => {
    const server = typeof issuer === 'string' ? (configured.get(issuer) ?? (await find?.(issuer))) : undefined
    if (server === undefined) throw new RefusedError('ERR_TOKEN_ISSUER')
    return server
  }
}

function toAuthorizationServer(config: AuthorizationServerConfig, clock: Clock): AuthorizationServer {
  const fetchJson = createFetchJson(config.fetch, clock, config.addresses)
  const fetchKeySet = async () => {
    const address = config.jwksUri ?? (await fetchMetadata(config.issuer, fetchJson)).jwksUri
    return fetchJson(address, KEY_SET_TYPES)
  }
  return { ...config, keySource: createKeySource(fetchKeySet, clock) }
}

/** Keeps accepted answers, and joins the requests that wait for the same one. Refused issuers leave no trace. */
function lookUp(find: FindAuthorizationServer, clock: Clock): FindAuthorizationServer {
  const found = new LRUCache<string, { readonly server: AuthorizationServer; readonly at: Seconds }>({
    max: MOST_LOOKED_UP,
  })
  const pending = new Map<string, Promise<AuthorizationServer | undefined>>()

  return async (issuer) => {
    const known = found.get(issuer)
    if (known !== undefined && clock.monotonic() - known.at < LOOKUP_INTERVAL) return known.server
    const search = pending.get(issuer) ?? start(issuer)
    pending.set(issuer, search)
    return search
  }

  async function start(issuer: string): Promise<AuthorizationServer | undefined> {
    try {
      const server = await find(issuer)
      if (server === undefined) found.delete(issuer)
      else found.set(issuer, { server, at: clock.monotonic() })
      return server
    } catch (cause) {
      throw new UnavailableError('ERR_TENANT_LOOKUP', 'see the cause', { cause })
    } finally {
      pending.delete(issuer)
    }
  }
}
