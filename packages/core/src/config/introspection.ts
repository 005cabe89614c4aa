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
  parseWhole,
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
  | { readonly method: 'bearer'; readonly accessToken: (refused?: string) => string | Promise<string> }
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
  return naming('introspection', () => parseOwn(own, server, addresses, claims))
}

/** What `parse` throws names the option as a member of `name`; `fetch` is one of the authorization server. */
function naming<T>(name: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof ConfigurationError) || error.option === 'fetch') throw error
    const { option, message } = error
    throw new ConfigurationError(`${name}.${option}`, message.slice(`${option}: `.length))
  }
}

function parseOwn(
  own: Unchecked,
  { issuer, fetch }: Unchecked,
  addresses: AddressPolicy,
  claims: ClaimsPolicy,
): IntrospectionConfig {
  const { concurrency = DEFAULT_CONCURRENCY, tokenTypeHint = true } = own
  const { dangerouslyAcceptMissingAudience } = own
  const credentials = parseCredentials({ ...own, issuer, fetch })
  return {
    endpoint: parseAddress(own['endpoint'], 'endpoint', addresses),
    credentials,
    responseFormat: parseResponseFormat(own, credentials, claims),
    tokenTypeHint: parseBoolean(tokenTypeHint, 'tokenTypeHint'),
    concurrency: parseWhole(concurrency, 'concurrency', 1, MOST_CONCURRENCY, 'requests'),
    cache: parseCache(own['cache']),
    claims: {
      issuer: String(issuer),
      claims: toResponsePolicy(claims),
      isAudienceOptional: parseBoolean(dangerouslyAcceptMissingAudience, 'dangerouslyAcceptMissingAudience'),
    },
  }
}

/** RFC 7662, section 2.2: nearly all is left to the server, and the client is in `client_id`. */
function toResponsePolicy(claims: ClaimsPolicy): ClaimsPolicy {
  return {
    ...claims,
    presentClaims: [],
    clientIdClaims: [...new Set([...claims.clientIdClaims, 'client_id'])],
    isClientIdOptional: true,
    foreignClaims: [],
  }
}

function parseResponseFormat(
  { responseFormat }: Unchecked,
  { method }: IntrospectionCredentialsConfig,
  { audiences }: ClaimsPolicy,
): 'json' | 'jwt' {
  const format = parseChoice(responseFormat, 'responseFormat', ['json', 'jwt']) ?? 'json'
  if (format === 'json' || method !== 'bearer' || audiences !== undefined) return format
  throw new ConfigurationError(
    'responseFormat',
    'needs clientId or audience with jwt: what answers name this API by (RFC 9701, section 5)',
  )
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
  const own = copyOptions(options, 'cache', CACHE_OPTIONS)
  const { maxAge, inactiveMaxAge, maxSize } = { ...DEFAULT_CACHE, ...withoutUndefined(own) }
  return naming('cache', () => ({
    maxAge: parseNumber(maxAge, 'maxAge', 0, LONGEST_AGE, 'seconds'),
    inactiveMaxAge: parseNumber(inactiveMaxAge, 'inactiveMaxAge', 0, LONGEST_AGE, 'seconds'),
    maxSize: parseWhole(maxSize, 'maxSize', 0, LARGEST_SIZE, 'bytes'),
  }))
}

function withoutUndefined(options: Unchecked): Unchecked {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
