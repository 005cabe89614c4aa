import type { ScopePolicy } from '../authorization/scope.js'
import { ConfigurationError } from '../errors.js'
import type { Connection } from '../http/exchange.js'
import type { RefreshPolicy } from '../http/outcome.js'
import type { ClaimsPolicy } from '../token/claims.js'
import type { HeaderPolicy } from '../token/jwt.js'
import {
  copyOptions,
  parseBoolean,
  parseChoice,
  parseMembers,
  parseNumber,
  parseStrings,
  type Unchecked,
} from './check.js'
import { parseAddress, parseConnection } from './connection.js'
import { parseIntrospection, type IntrospectionConfig } from './introspection.js'
import { parseProfile } from './profile.js'
import { parseRefresh } from './refresh.js'

/** The checked options of one authorization server, by the stage that uses them. */
export interface AuthorizationServerConfig {
  readonly issuer: string
  /** How its access tokens are validated: by signature, by introspection, or JWTs by the one and others by the other. */
  readonly accessTokens: 'jwt' | 'opaque' | 'mixed'
  /** `undefined`: there is none. */
  readonly introspection: IntrospectionConfig | undefined
  /** `undefined`: as the metadata says. */
  readonly jwksUri: string | undefined
  readonly connection: Connection
  readonly refresh: RefreshPolicy
  readonly header: HeaderPolicy
  readonly claims: ClaimsPolicy
  readonly scopes: ScopePolicy
}

/** Names of the options that belong to one authorization server. */
export const SERVER_OPTIONS: readonly string[] = [
  'issuer',
  'audience',
  'dangerouslyAcceptAnyAudience',
  'singleAudience',
  'accessTokens',
  'introspection',
  'jwksUri',
  'internalOrigin',
  'dangerouslyAllowHttp',
  'algorithms',
  'profile',
  'scopesFrom',
  'clockTolerance',
  'maxTokenAge',
  'fetch',
  'fetchLimit',
  'waitLimit',
  'refreshInterval',
  'staleWindow',
]

/** What is supported: asymmetric, and nothing of yesterday (RFC 8725, section 3.2). */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'Ed25519',
  'EdDSA',
]
const DEFAULT_CLOCK_TOLERANCE = 5
/** "Usually no more than a few minutes" (RFC 7519, section 4.1.4). */
const LARGEST_CLOCK_TOLERANCE = 300
const LARGEST_TOKEN_AGE = 315_360_000

/**
 * Checks the options of one authorization server.
 *
 * @param defaults Audience options for an entry that has none of its own.
 *
 * @throws {@link ConfigurationError}
 */
export function parseAuthorizationServer(
  options: unknown,
  name: string,
  defaults: Unchecked,
): AuthorizationServerConfig {
  const own = copyOptions(options, name, SERVER_OPTIONS)
  const connection = parseConnection(own)
  const hasAudience = own['audience'] !== undefined || own['dangerouslyAcceptAnyAudience'] !== undefined
  const audiences = parseAudience(hasAudience ? own : defaults)
  const profile = parseProfile(own['profile'], own['scopesFrom'])
  const { clockTolerance = DEFAULT_CLOCK_TOLERANCE, maxTokenAge, algorithms = ALGORITHMS } = own
  const claims: ClaimsPolicy = {
    ...profile.claims,
    audiences,
    singleAudience: parseBoolean(own['singleAudience'], 'singleAudience'),
    clockTolerance: parseNumber(clockTolerance, 'clockTolerance', 0, LARGEST_CLOCK_TOLERANCE, 'seconds'),
    maxTokenAge:
      maxTokenAge === undefined
        ? undefined
        : parseNumber(maxTokenAge, 'maxTokenAge', 0, LARGEST_TOKEN_AGE, 'seconds'),
  }
  return {
    issuer: String(own['issuer']),
    ...parseAccessTokens(own, connection, claims),
    jwksUri: parseAddress(own['jwksUri'], 'jwksUri', connection.addresses),
    connection,
    refresh: parseRefresh(own),
    header: {
      types: profile.types,
      algorithms: new Set(parseMembers(parseStrings(algorithms, 'algorithms'), 'algorithms', ALGORITHMS)),
    },
    claims,
    scopes: profile.scopes,
  }
}

function parseAccessTokens(
  own: Unchecked,
  connection: Connection,
  claims: ClaimsPolicy,
): Pick<AuthorizationServerConfig, 'accessTokens' | 'introspection'> {
  const accessTokens = parseChoice(own['accessTokens'], 'accessTokens', ['jwt', 'opaque', 'mixed'])
  if (own['introspection'] !== undefined) {
    const introspection = parseIntrospection(own['introspection'], own, connection, claims)
    return { accessTokens: accessTokens ?? 'mixed', introspection }
  }
  if (accessTokens === undefined || accessTokens === 'jwt')
    return { accessTokens: 'jwt', introspection: undefined }
  throw new ConfigurationError('introspection', `is required with accessTokens: ${accessTokens}`)
}

/** RFC 9068, section 4: an audience is always checked, unless the developer says in so many words that it is not. */
function parseAudience(options: Unchecked): ReadonlySet<string> | undefined {
  const isAny = parseBoolean(options['dangerouslyAcceptAnyAudience'], 'dangerouslyAcceptAnyAudience')
  const { audience } = options
  if (isAny && audience === undefined) return undefined
  if (!isAny && audience === undefined) {
    throw new ConfigurationError('audience', 'is required: how tokens for this API name it in `aud`')
  }
  if (!isAny) return new Set(parseStrings(audience, 'audience'))
  throw new ConfigurationError('audience', 'contradicts dangerouslyAcceptAnyAudience; give one of the two')
}
