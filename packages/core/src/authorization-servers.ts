import type { AuthorizationServerConfig } from './config/authorization-server.js'
import type { ResourceServerConfig } from './config/resource-server.js'
import { RefusedError } from './errors.js'
import { createFetchJson } from './http/fetch-json.js'
import { createKeySource, type KeySource } from './keys/key-source.js'
import { createMetadataSource } from './metadata/authorization-server.js'
import { createLookUp } from './tenants.js'
import type { Clock } from './time.js'

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
 * @throws {@link UnavailableError} `ERR_ISSUER_LOOKUP`
 */
export type SelectAuthorizationServer = (issuer: unknown) => Promise<AuthorizationServer>

/** RFC 7517, section 8.5, and what servers send in practice. */
const KEY_SET_TYPES = ['application/json', 'application/jwk-set+json']

/** Starts with no request made: each authorization server is asked when its first token comes. */
export function createAuthorizationServers(config: ResourceServerConfig): SelectAuthorizationServer {
  const { resolve, clock } = config
  const start = (server: AuthorizationServerConfig, earlier?: AuthorizationServer): AuthorizationServer => ({
    ...server,
    keySource: earlier && hasSameKeys(server, earlier) ? earlier.keySource : startKeySource(server, clock),
  })
  const configured = new Map(
    [...config.authorizationServers].map(([issuer, server]) => [issuer, start(server)]),
  )
  const find = resolve && createLookUp(resolve, start, clock)
  return async (issuer) => {
    const server = typeof issuer === 'string' ? (configured.get(issuer) ?? (await find?.(issuer))) : undefined
    if (server === undefined)
      throw new RefusedError('ERR_TOKEN_ISSUER', { cause: 'iss: names no configured issuer' })
    return server
  }
}

function startKeySource(config: AuthorizationServerConfig, clock: Clock): KeySource {
  const fetchJson = createFetchJson(config.fetch, clock, config.addresses)
  const fetchMetadata = createMetadataSource(config.issuer, fetchJson)
  return createKeySource(async () => {
    const address = config.jwksUri ?? (await fetchMetadata()).jwksUri
    return fetchJson(address, KEY_SET_TYPES)
  }, clock)
}

/** Whether keys, and what is known of an outage, hold on when an issuer is looked up again. */
function hasSameKeys(config: AuthorizationServerConfig, earlier: AuthorizationServerConfig): boolean {
  const { internalOrigin, dangerouslyAllowHttp } = config.addresses
  return (
    config.jwksUri === earlier.jwksUri &&
    config.fetch === earlier.fetch &&
    internalOrigin === earlier.addresses.internalOrigin &&
    dangerouslyAllowHttp === earlier.addresses.dangerouslyAllowHttp
  )
}
