import type { ScopePolicy } from '../authorization/scope.js'
import { ConfigurationError } from '../errors.js'
import { isSecure, resolveAddress, type AddressPolicy } from '../http/address.js'
import { systemFetch, type Fetch } from '../http/fetch-json.js'
import type { ClaimsPolicy } from '../token/claims.js'
import type { HeaderPolicy } from '../token/jwt.js'
import { parseUrl } from '../url.js'
import {
  checkFunction,
  copyOptions,
  parseBoolean,
  parseMembers,
  parseNumber,
  parseStrings,
  type Unchecked,
} from './check.js'
import { parseProfile } from './profile.js'

/** The checked options of one authorization server, by the stage that uses them. */
export interface AuthorizationServerConfig {
  readonly issuer: string
  /** `undefined`: as the metadata says. */
  readonly jwksUri: string | undefined
  readonly addresses: AddressPolicy
  readonly fetch: Fetch
  readonly header: HeaderPolicy
  readonly claims: ClaimsPolicy
  readonly scopes: ScopePolicy
}

/** Names of the options that belong to one authorization server. */
export const SERVER_OPTIONS: readonly string[] = [
  'issuer',
  'audience',
  'dangerouslyAcceptAnyAudience',
  'jwksUri',
  'internalOrigin',
  'dangerouslyAllowHttp',
  'algorithms',
  'profile',
  'scopesFrom',
  'clockTolerance',
  'maxTokenAge',
  'fetch',
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
  const addresses = parseAddresses(own)
  const hasAudience = own['audience'] !== undefined || own['dangerouslyAcceptAnyAudience'] !== undefined
  const audiences = parseAudience(hasAudience ? own : defaults)
  const profile = parseProfile(own['profile'], own['scopesFrom'])
  const { clockTolerance = DEFAULT_CLOCK_TOLERANCE, maxTokenAge, algorithms = ALGORITHMS, jwksUri } = own
  checkFunction(own['fetch'], 'fetch')
  if (jwksUri !== undefined && (typeof jwksUri !== 'string' || !resolveAddress(jwksUri, addresses))) {
    throw new ConfigurationError('jwksUri', 'must be an https URL (or http, on loopback) without fragment')
  }
  return {
    issuer: String(own['issuer']),
    jwksUri,
    addresses,
    fetch: (own['fetch'] as Fetch | undefined) ?? systemFetch,
    header: {
      types: profile.types,
      algorithms: new Set(parseMembers(parseStrings(algorithms, 'algorithms'), 'algorithms', ALGORITHMS)),
    },
    claims: {
      ...profile.claims,
      audiences,
      clockTolerance: parseNumber(clockTolerance, 'clockTolerance', 0, LARGEST_CLOCK_TOLERANCE, 'seconds'),
      maxTokenAge:
        maxTokenAge === undefined
          ? undefined
          : parseNumber(maxTokenAge, 'maxTokenAge', 0, LARGEST_TOKEN_AGE, 'seconds'),
    },
    scopes: profile.scopes,
  }
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

/** RFC 8414, section 2. */
function parseAddresses(options: Unchecked): AddressPolicy {
  const { issuer, internalOrigin } = options
  const dangerouslyAllowHttp = parseBoolean(options['dangerouslyAllowHttp'], 'dangerouslyAllowHttp')
  if (issuer === undefined) throw new ConfigurationError('issuer', 'is required: how tokens name it in `iss`')
  if (typeof issuer !== 'string' || !isIssuer(issuer)) {
    throw new ConfigurationError(
      'issuer',
      'must be the https URL that tokens have in `iss`, without query, fragment, user information or `..`',
    )
  }
  if (issuer.includes('/.well-known/'))
    throw new ConfigurationError('issuer', 'must end where /.well-known/ begins')
  const policy = { issuerOrigin: new URL(issuer).origin, internalOrigin: undefined, dangerouslyAllowHttp }
  if (!isSecure(policy.issuerOrigin, policy)) throw new ConfigurationError('issuer', NEEDS_HTTPS)
  if (internalOrigin === undefined) return policy
  if (typeof internalOrigin !== 'string' || !isOrigin(internalOrigin)) {
    throw new ConfigurationError(
      'internalOrigin',
      'must be a scheme, a host and perhaps a port, without a path',
    )
  }
  const internal = { ...policy, internalOrigin: new URL(internalOrigin).origin }
  if (!isSecure(internal.internalOrigin, internal))
    throw new ConfigurationError('internalOrigin', NEEDS_HTTPS)
  return internal
}

const NEEDS_HTTPS = 'must be https (http only on loopback, or with dangerouslyAllowHttp)'

/** A URL whose path is what it looks like: nothing that resolving would change. */
function isIssuer(issuer: string): boolean {
  const rest = /^https?:\/\/[^/?#@\\\s]+(?<path>[^?#\\\s]*)$/.exec(issuer)?.groups?.['path']
  return rest !== undefined && parseUrl(issuer)?.pathname === (rest === '' ? '/' : rest)
}

function isOrigin(origin: string): boolean {
  return /^https?:\/\/[^/?#@\\\s]+\/?$/.test(origin) && parseUrl(origin) !== undefined
}
