import { ConfigurationError } from '../errors.js'
import type { AddressPolicy } from '../http/address.js'
import type { ClientCredentials } from '../http/client-authentication.js'
import type { Connection } from '../http/exchange.js'
import type { ClaimsPolicy } from '../token/claims.js'
import type { IntrospectedClaimsPolicy } from '../token/introspection-claims.js'
import type { VerdictPolicy } from '../token/introspection-verdicts.js'
import {
  checkFunction,
  copyOptions,
  parseBoolean,
  parseChoice,
  parseNumber,
  parseText,
  type Unchecked,
} from './check.js'
import { parseAddress } from './connection.js'
import { CREDENTIAL_OPTIONS, parseClientCredentials } from './credentials.js'

/** The checked options of introspection, by the part that uses them. */
export interface IntrospectionConfig {
  /** `undefined`: as the metadata says. */
  readonly endpoint: string | undefined
  readonly credentials: IntrospectionCredentialsConfig
  readonly responseFormat: 'json' | 'jwt'
  readonly tokenTypeHint: boolean
  readonly concurrency: number
  readonly cache: VerdictPolicy
  readonly claims: IntrospectedClaimsPolicy
}

/** How this resource server authenticates at the endpoint. */
export type IntrospectionCredentialsConfig =
  | { readonly method: 'bearer'; readonly accessToken: () => string | Promise<string> }
  | (ClientCredentials & { readonly clientId: string })

const OPTIONS = [
  'accessToken',
  'cache',
  'clientId',
  'concurrency',
  'dangerouslyAcceptMissingAudience',
  'endpoint',
  'responseFormat',
  'tokenTypeHint',
  ...CREDENTIAL_OPTIONS,
]
const CACHE_OPTIONS = ['maxAge', 'inactiveMaxAge', 'maxSize']
const DEFAULT_CONCURRENCY = 50
const MOST_CONCURRENCY = 1_000
const DEFAULT_CACHE = { maxAge: 60, inactiveMaxAge: 5, maxSize: 16_777_216 }
const LONGEST_AGE = 3_600
const LARGEST_SIZE = 1_073_741_824
/** Claims of a JWT of which the answer about an opaque token need not speak. */
const ALWAYS_PRESENT: readonly string[] = []

/**
 * Checks how access tokens are introspected.
 *
 * @param server Options of the authorization server.
 * @param claims What JWTs of it must say.
 *
 * @throws {@link ConfigurationError} that names the option as `introspection.endpoint`, for example
 */
export function parseIntrospection(
  options: unknown,
  server: Unchecked,
  { addresses }: Connection,
  claims: ClaimsPolicy,
): IntrospectionConfig {
  const own = copyOptions(options, 'introspection', OPTIONS)
  try {
    return parseMembers(own, server, addresses, claims)
  } catch (error) {
    if (!(error instanceof ConfigurationError) || error.option === 'fetch') throw error
    const { option, message } = error
    throw new ConfigurationError(`introspection.${option}`, message.slice(`${option}: `.length))
  }
}

function parseMembers(
  own: Unchecked,
  { issuer, fetch }: Unchecked,
  addresses: AddressPolicy,
  claims: ClaimsPolicy,
): IntrospectionConfig {
  const { concurrency = DEFAULT_CONCURRENCY, tokenTypeHint = true } = own
  const { dangerouslyAcceptMissingAudience } = own
  return {
    endpoint: parseAddress(own['endpoint'], 'endpoint', addresses),
    credentials: parseCredentials({ ...own, issuer, fetch }),
    responseFormat: parseChoice(own['responseFormat'], 'responseFormat', ['json', 'jwt']) ?? 'json',
    tokenTypeHint: parseBoolean(tokenTypeHint, 'tokenTypeHint'),
    concurrency: parseNumber(concurrency, 'concurrency', 1, MOST_CONCURRENCY, 'requests'),
    cache: parseCache(own['cache']),
    claims: {
      issuer: String(issuer),
      claims: { ...claims, presentClaims: ALWAYS_PRESENT, isClientIdOptional: true, foreignClaims: [] },
      isAudienceOptional: parseBoolean(dangerouslyAcceptMissingAudience, 'dangerouslyAcceptMissingAudience'),
    },
  }
}

/** RFC 7662, section 2.1: no endpoint answers to everybody, or it could be asked which tokens are good. */
function parseCredentials(options: Unchecked): IntrospectionCredentialsConfig {
  const { accessToken, clientId } = options
  if (accessToken === undefined) {
    if (clientId === undefined) {
      throw new ConfigurationError('clientId', 'is required, or introspection.accessToken')
    }
    return { ...parseClientCredentials(options), clientId: parseText(clientId, 'clientId') }
  }
  checkFunction(accessToken, 'accessToken')
  const foreign = ['clientId', ...CREDENTIAL_OPTIONS].find((name) => options[name] !== undefined)
  if (foreign === undefined) return { method: 'bearer', accessToken: accessToken as () => string }
  throw new ConfigurationError(foreign, 'does not go with accessToken: one way of authentication only')
}

function parseCache(options: unknown = {}): VerdictPolicy {
  const own = { ...DEFAULT_CACHE, ...withoutUndefined(copyOptions(options, 'cache', CACHE_OPTIONS)) }
  return {
    maxAge: parseNumber(own.maxAge, 'cache.maxAge', 0, LONGEST_AGE, 'seconds'),
    inactiveMaxAge: parseNumber(own.inactiveMaxAge, 'cache.inactiveMaxAge', 0, LONGEST_AGE, 'seconds'),
    maxSize: parseNumber(own.maxSize, 'cache.maxSize', 0, LARGEST_SIZE, 'bytes'),
  }
}

function withoutUndefined(options: Unchecked): Unchecked {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
