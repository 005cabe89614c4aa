import { systemClock, type Clock, type Seconds } from '@bearward/core'
import { isMetadataStyle, type MetadataStyle } from './endpoints.js'
import { isAlgorithm, type Algorithm } from './keys/algorithm.js'

/** A client that may ask for access tokens, and about them, with its secret. */
export interface RegisteredClient {
  readonly clientId: string
  readonly clientSecret: string
  /** The scopes that it may have, separated by spaces. */
  readonly scope: string
}

/** What kind of authorization server to start. Every option has a default. */
export interface StartOptions {
  /** Signing algorithms; each gets its own key, tokens are signed with the first. Default: `['RS256']`. */
  readonly algorithms?: readonly Algorithm[]
  /** Path of the issuer: empty, or with a leading slash, such as `/tenants/a`. Default: empty. */
  readonly path?: string
  /** Which well-known URL answers; see {@link MetadataStyle}. Default: `oauth`. */
  readonly metadata?: MetadataStyle
  /** The `aud` of tokens. Default: `https://api.example.com`. */
  readonly audience?: string
  /** What the token endpoint issues: JWTs of RFC 9068, or opaque tokens that only introspection explains. Default: `jwt`. */
  readonly accessTokens?: 'jwt' | 'opaque'
  /** Default: the client `client` with the secret `secret` and the scope `stats:read stats:write`. */
  readonly clients?: readonly RegisteredClient[]
  /** How long tokens are good for, in seconds; a part of a second counts as a whole one. Default: 300. */
  readonly lifetime?: Seconds
  /** What tells the time for `iat` and `exp`. Default: the clock of the system. */
  readonly clock?: Clock
  /** Port on 127.0.0.1; 0 lets the system choose. Default: 0. */
  readonly port?: number
}

/** Options with every default filled in. */
export interface Settings extends Required<StartOptions> {
  readonly algorithms: readonly [Algorithm, ...Algorithm[]]
}

const DEFAULT_CLIENT: RegisteredClient = {
  clientId: 'client',
  clientSecret: 'secret',
  scope: 'stats:read stats:write',
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {TypeError} When an option cannot be used; the message begins with its name.
 */
export function parseOptions(options: StartOptions): Settings {
  const { path = '', metadata = 'oauth', lifetime = 300, accessTokens = 'jwt' } = options
  const [algorithm, ...otherAlgorithms] = options.algorithms ?? ['RS256']
  if (algorithm === undefined) throw new TypeError('algorithms: at least one is needed')
  const algorithms = [algorithm, ...otherAlgorithms] as const
  const unsupported = algorithms.filter((name: string) => !isAlgorithm(name))
  if (unsupported.length > 0) throw new TypeError(`algorithms: ${unsupported.join(', ')} not supported`)
  if (!isIssuerPath(path)) throw new TypeError('path: must be empty, or a URL path with a leading slash')
  if (!isMetadataStyle(metadata)) throw new TypeError('metadata: must be oauth, openid-inserted or openid')
  if (!isAccessTokenKind(accessTokens)) throw new TypeError('accessTokens: must be jwt or opaque')
  if (!(lifetime > 0 && lifetime < Infinity)) throw new TypeError('lifetime: must be more than 0 seconds')
  return {
    algorithms,
    path,
    metadata,
    accessTokens,
    audience: options.audience ?? 'https://api.example.com',
    clients: options.clients ?? [DEFAULT_CLIENT],
    lifetime,
    clock: options.clock ?? systemClock,
    port: options.port ?? 0,
  }
}

function isAccessTokenKind(name: string): boolean {
  return name === 'jwt' || name === 'opaque'
}

/** Empty, or a path that no URL parser rewrites, so that the issuer is the same string wherever it goes. */
export function isIssuerPath(path: string): boolean {
  return path === '' || (path.startsWith('/') && new URL(`http://localhost${path}`).pathname === path)
}
