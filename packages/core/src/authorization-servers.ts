import { isDeepStrictEqual } from 'node:util'
import type { AuthorizationServerConfig } from './config/authorization-server.js'
import type { ResourceServerConfig } from './config/resource-server.js'
import { createDocuments, findNeeds, type Documents } from './documents.js'
import { RefusedError } from './errors.js'
import { createExchange } from './http/exchange.js'
import { createIntrospection, type Introspection } from './introspection.js'
import { createLookUp, type LookUp } from './tenants.js'

/** An authorization server whose tokens are accepted: what is configured for it, and what it publishes. */
export interface AuthorizationServer extends Omit<AuthorizationServerConfig, 'introspection'> {
  readonly config: AuthorizationServerConfig
  readonly documents: Documents
  /** `undefined`: there is none. */
  readonly introspection: Introspection | undefined
}

/** The authorization servers whose tokens are accepted. */
export interface AuthorizationServers {
  /**
   * Selects the one that an `iss` claim names, among those that the configuration accepts.
   *
   * @param issuer As the token has it: of any type, and believed by nobody yet.
   *
   * @throws {@link RefusedError} `ERR_TOKEN_ISSUER`
   * @throws {@link UnavailableError} `ERR_ISSUER_LOOKUP`
   */
  select(issuer: unknown): Promise<AuthorizationServer>
  /** The same, where nobody has to be asked. */
  atHand(issuer: unknown): AuthorizationServer | undefined
  /** Notes that a token of this issuer turned out to be good, or still is. */
  confirm(issuer: string): void
  /** The one that is asked about tokens which name no issuer; `undefined` where none is. */
  readonly introspecting: AuthorizationServer | undefined
  /** Those that the configuration names. */
  readonly configured: readonly AuthorizationServer[]
  /** Those that were looked up, and are in use. */
  lookedUp(): readonly AuthorizationServer[]
}

/**
 * Starts with no request made: each authorization server is asked when its first token comes.
 *
 * @param closing Ends all requests to authorization servers.
 * @param onStart Told of each that is put to use, before anything is asked of it.
 */
export function createAuthorizationServers(
  config: ResourceServerConfig,
  closing: AbortSignal,
  onStart: (server: AuthorizationServer) => void,
): AuthorizationServers {
  const start = createStart(config, closing, onStart)
  const byIssuer = new Map(
    [...config.authorizationServers].map(([issuer, server]) => [issuer, start(server, undefined)]),
  )
  const configured = [...byIssuer.values()]
  for (const { documents } of configured) documents.plan()
  const lookUp = createLookUpOf(config, closing, start)
  const atHand = (issuer: unknown) =>
    typeof issuer === 'string' ? (byIssuer.get(issuer) ?? lookUp?.atHand(issuer)) : undefined
  return {
    async select(issuer) {
      const server = atHand(issuer) ?? (typeof issuer === 'string' ? await lookUp?.find(issuer) : undefined)
      if (server === undefined)
        throw new RefusedError('ERR_TOKEN_ISSUER', { cause: 'iss: names no configured issuer' })
      return server
    },
    atHand,
    confirm: lookUp?.confirm ?? (() => undefined),
    introspecting: configured.find(({ accessTokens }) => accessTokens !== 'jwt'),
    configured,
    lookedUp: () => lookUp?.list() ?? [],
  }
}

type Start = (
  config: AuthorizationServerConfig,
  earlier: AuthorizationServer | undefined,
) => AuthorizationServer

/** Puts an authorization server to use, in the place of an earlier one of the same issuer: with what holds on of it. */
function createStart(
  config: ResourceServerConfig,
  closing: AbortSignal,
  onStart: (server: AuthorizationServer) => void,
): Start {
  return (server, earlier) => {
    const exchange = createExchange(server.connection, config.clock, closing)
    const kept =
      earlier !== undefined && hasSameDocuments(server, earlier.config) ? earlier.documents : undefined
    if (earlier !== undefined && kept === undefined) stop(earlier)
    const documents = kept ?? createDocuments(server, config, exchange)
    const introspection =
      earlier !== undefined && isSame(server, earlier.config)
        ? earlier.introspection
        : server.introspection &&
          createIntrospection(server, server.introspection, documents, exchange, config)
    const started = { ...server, config: server, documents, introspection }
    if (kept === undefined) onStart(started)
    return started
  }
}

/** Nothing is planned for those that are looked up before a good token of theirs comes. */
function createLookUpOf(
  { resolve, clock }: ResourceServerConfig,
  closing: AbortSignal,
  start: Start,
): LookUp<AuthorizationServer> | undefined {
  if (resolve === undefined) return undefined
  return createLookUp(resolve, clock, {
    start,
    stop,
    plan({ documents }) {
      if (!closing.aborted) documents.plan()
    },
  })
}

/** Whether verdicts, and what is known of the endpoint, hold on: functions and keys must be the very same. */
function isSame(config: AuthorizationServerConfig, earlier: AuthorizationServerConfig): boolean {
  return isDeepStrictEqual(config, earlier) && keyOf(config) === keyOf(earlier)
}

/** Which some versions of Node.js take for equal to any other. */
function keyOf({ introspection }: AuthorizationServerConfig): object | undefined {
  return introspection?.credentials.method === 'assertion' ? introspection.credentials.key : undefined
}

/** Requests that wait for what is under way still get it. */
function stop({ documents }: AuthorizationServer): void {
  documents.stop()
}

/** Whether keys, and what is known of an outage, hold on when an issuer is looked up again. */
function hasSameDocuments(config: AuthorizationServerConfig, earlier: AuthorizationServerConfig): boolean {
  const of = (server: AuthorizationServerConfig) => [
    server.jwksUri,
    server.connection,
    server.refresh,
    findNeeds(server),
  ]
  return isDeepStrictEqual(of(config), of(earlier))
}
