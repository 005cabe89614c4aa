import { ConfigurationError } from '../errors.js'
import type { ResolveAuthorizationServer } from '../options.js'
import {
  parseAuthorizationServer,
  SERVER_OPTIONS,
  type AuthorizationServerConfig,
} from './authorization-server.js'
import { checkFunction, type Unchecked } from './check.js'

/** Whose tokens are accepted. */
export interface Source {
  /** By issuer. */
  readonly authorizationServers: ReadonlyMap<string, AuthorizationServerConfig>
  /** For issuers that are not among `authorizationServers`. */
  readonly resolve: ((issuer: string) => Promise<AuthorizationServerConfig | undefined>) | undefined
}

/** Options of which one says it. */
export const SOURCES: readonly string[] = ['issuer', 'authorizationServers', 'resolveAuthorizationServer']

/**
 * Checks that exactly one of `issuer`, `authorizationServers` and `resolveAuthorizationServer` says whose tokens are accepted.
 *
 * @throws {@link ConfigurationError}
 */
export function parseSource(options: Unchecked): Source {
  const [source = 'issuer', ...others] = SOURCES.filter((name) => options[name] !== undefined)
  if (others.length > 0)
    throw new ConfigurationError(source, `contradicts ${others.join()}; give one of them`)
  const { audience, dangerouslyAcceptAnyAudience } = options
  const defaults = { audience, dangerouslyAcceptAnyAudience }
  if (source === 'issuer') {
    const own = Object.fromEntries(Object.entries(options).filter(([name]) => SERVER_OPTIONS.includes(name)))
    const server = parseAuthorizationServer(own, 'options', defaults)
    return { authorizationServers: new Map([[server.issuer, server]]), resolve: undefined }
  }
  const misplaced = SERVER_OPTIONS.find(
    (name) => options[name] !== undefined && !Object.hasOwn(defaults, name),
  )
  if (misplaced !== undefined) throw new ConfigurationError(misplaced, `belongs to each entry of ${source}`)
  if (source === 'authorizationServers') {
    return { authorizationServers: parseServers(options[source], defaults), resolve: undefined }
  }
  return { authorizationServers: new Map(), resolve: parseResolver(options[source], defaults) }
}

function parseServers(entries: unknown, defaults: Unchecked): ReadonlyMap<string, AuthorizationServerConfig> {
  if (!Array.isArray(entries) || entries.length === 0) {
    throw new ConfigurationError('authorizationServers', 'must be a list with at least one entry')
  }
  const servers = entries.map((entry) => parseAuthorizationServer(entry, 'authorizationServers', defaults))
  const byIssuer = new Map(servers.map((server) => [server.issuer, server]))
  if (byIssuer.size < servers.length)
    throw new ConfigurationError('authorizationServers', 'has an issuer twice')
  if (servers.filter(({ accessTokens }) => accessTokens !== 'jwt').length > 1) {
    // Asking each of them would tell one of the tokens of the other.
    throw new ConfigurationError(
      'accessTokens',
      'may be opaque or mixed for one issuer only: an opaque token does not say whose it is',
    )
  }
  return byIssuer
}

function parseResolver(value: unknown, defaults: Unchecked): Source['resolve'] {
  checkFunction(value, 'resolveAuthorizationServer')
  const resolve = value as ResolveAuthorizationServer
  return async (issuer) => {
    const options = await resolve(issuer)
    if (options === undefined || options === null) return undefined
    const server = parseAuthorizationServer(options, 'resolveAuthorizationServer', defaults)
    if (server.issuer === issuer) return server
    throw new ConfigurationError(
      'resolveAuthorizationServer',
      'must answer with the issuer that it was asked for',
    )
  }
}
