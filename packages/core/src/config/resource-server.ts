import type { ChallengePolicy } from '../challenge/challenge.js'
import type { SenderConstraintPolicy } from '../binding/sender-constraint.js'
import type { BearerMethod, CredentialsPolicy } from '../credentials.js'
import { ConfigurationError } from '../errors.js'
import type { CommonOptions, ResolveAuthorizationServer } from '../options.js'
import { systemClock, type Clock } from '../time.js'
import { parseUrl } from '../url.js'
import {
  parseAuthorizationServer,
  SERVER_OPTIONS,
  type AuthorizationServerConfig,
} from './authorization-server.js'
import {
  checkFunction,
  copyOptions,
  parseBoolean,
  parseMembers,
  parseNumber,
  parseWhole,
  type Unchecked,
} from './check.js'
import { parseSenderConstraint } from './sender-constraint.js'

/** The checked options of a resource server, by the stage that uses them. */
export interface ResourceServerConfig {
  readonly credentials: CredentialsPolicy
  /** In characters, which are bytes in an access token. */
  readonly maxTokenSize: number
  /** In bytes; 0 where no verdicts are kept. */
  readonly verdictCacheSize: number
  /** By issuer. */
  readonly authorizationServers: ReadonlyMap<string, AuthorizationServerConfig>
  /** For issuers that are not among `authorizationServers`. */
  readonly resolve: ((issuer: string) => Promise<AuthorizationServerConfig | undefined>) | undefined
  readonly senderConstraint: SenderConstraintPolicy
  readonly challenge: ChallengePolicy
  readonly hideForbidden: boolean
  readonly refusalBody: CommonOptions['refusalBody']
  readonly onRefusal: CommonOptions['onRefusal']
  readonly onRefresh: CommonOptions['onRefresh']
  readonly clock: Clock
}

const COMMON_OPTIONS = [
  'realm',
  'errorUri',
  'hideForbidden',
  'requireTls',
  'bearerMethods',
  'readAccessToken',
  'maxTokenSize',
  'verdictCache',
  'senderConstraint',
  'dpop',
  'clientCertificates',
  'refusalBody',
  'onRefusal',
  'onRefresh',
  'clock',
]
const SOURCES = ['issuer', 'authorizationServers', 'resolveAuthorizationServer']
const BEARER_METHODS: readonly BearerMethod[] = ['header', 'body']
const DEFAULT_MAX_TOKEN_SIZE = 16_384
const LARGEST_MAX_TOKEN_SIZE = 1_048_576
const DEFAULT_VERDICT_CACHE_SIZE = 33_554_432
const LARGEST_VERDICT_CACHE_SIZE = 1_073_741_824

/**
 * Checks all options of a resource server.
 *
 * @throws {@link ConfigurationError} that names the option at fault, never its value
 */
export function parseOptions(input: unknown): ResourceServerConfig {
  const options = copyOptions(input, 'options', [...COMMON_OPTIONS, ...SOURCES, ...SERVER_OPTIONS])
  const { realm = 'protected resource', errorUri, maxTokenSize = DEFAULT_MAX_TOKEN_SIZE } = options
  if (typeof realm !== 'string' || !/^[\x20-\x7E]+$/.test(realm)) {
    throw new ConfigurationError('realm', 'must be printable ASCII')
  }
  if (errorUri !== undefined && (typeof errorUri !== 'string' || !isErrorUri(errorUri))) {
    throw new ConfigurationError('errorUri', 'must be an absolute URI of printable ASCII')
  }
  checkFunction(options['readAccessToken'], 'readAccessToken')
  checkFunction(options['refusalBody'], 'refusalBody')
  checkFunction(options['onRefusal'], 'onRefusal')
  checkFunction(options['onRefresh'], 'onRefresh')
  const clock = parseClock(options['clock'])
  const senderConstraint = parseSenderConstraint(options, clock)
  return {
    ...parseSource(options),
    credentials: {
      requireTls: parseBoolean(options['requireTls'], 'requireTls'),
      bearerMethods: new Set(parseBearerMethods(options)),
      acceptsDpop: senderConstraint.dpop !== undefined,
      readAccessToken: options['readAccessToken'] as CommonOptions['readAccessToken'],
    },
    maxTokenSize: parseNumber(maxTokenSize, 'maxTokenSize', 1, LARGEST_MAX_TOKEN_SIZE, 'bytes'),
    verdictCacheSize: parseVerdictCache(options['verdictCache']),
    senderConstraint,
    challenge: { realm, errorUri, ...parseSchemes(senderConstraint) },
    hideForbidden: parseBoolean(options['hideForbidden'], 'hideForbidden'),
    refusalBody: options['refusalBody'] as CommonOptions['refusalBody'],
    onRefusal: options['onRefusal'] as CommonOptions['onRefusal'],
    onRefresh: options['onRefresh'] as CommonOptions['onRefresh'],
    clock,
  }
}

/** Exactly one of `issuer`, `authorizationServers` and `resolveAuthorizationServer` says whose tokens are accepted. */
function parseSource(options: Unchecked): Pick<ResourceServerConfig, 'authorizationServers' | 'resolve'> {
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

function parseResolver(value: unknown, defaults: Unchecked): ResourceServerConfig['resolve'] {
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

/** RFC 9449, section 7.2; RFC 9728, section 2 (`dpop_bound_access_tokens_required`). */
function parseSchemes({
  isRequired,
  dpop,
  certificates,
}: SenderConstraintPolicy): Pick<ChallengePolicy, 'issueNonce' | 'proofAlgorithms' | 'schemes'> {
  const isBearerAccepted = !isRequired || certificates !== undefined
  const schemes = [...(isBearerAccepted ? (['Bearer'] as const) : []), ...(dpop ? (['DPoP'] as const) : [])]
  return { schemes, proofAlgorithms: [...(dpop?.algorithms ?? [])], issueNonce: () => dpop?.nonces?.issue() }
}

function parseVerdictCache(value: unknown = true): number {
  if (typeof value === 'boolean') return value ? DEFAULT_VERDICT_CACHE_SIZE : 0
  const { maxSize = DEFAULT_VERDICT_CACHE_SIZE } = copyOptions(value, 'verdictCache', ['maxSize'])
  return parseWhole(maxSize, 'verdictCache.maxSize', 0, LARGEST_VERDICT_CACHE_SIZE, 'bytes')
}

/** RFC 6750, section 2.3, is left out on purpose: URLs end up in logs and histories (RFC 9700, section 4.3.2). */
function parseBearerMethods({ bearerMethods = ['header'] }: Unchecked): readonly BearerMethod[] {
  return parseMembers(
    Array.isArray(bearerMethods) ? bearerMethods : [bearerMethods],
    'bearerMethods',
    BEARER_METHODS,
  )
}

/** RFC 6750, section 3. */
function isErrorUri(uri: string): boolean {
  return /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(uri) && parseUrl(uri) !== undefined
}

/** A clock that counts milliseconds would make every token look expired, or never expiring. */
function parseClock(value: unknown): Clock {
  const clock = (value ?? systemClock) as Clock
  const members = [clock.now, clock.monotonic, clock.after, clock.random]
  if (!members.every((member) => typeof member === 'function')) {
    throw new ConfigurationError('clock', 'must have the functions now, monotonic, after and random')
  }
  parseNumber(clock.now(), 'clock', 0, 253_402_300_799, 'seconds since the epoch')
  parseNumber(clock.monotonic(), 'clock', -Number.MAX_VALUE, Number.MAX_VALUE, 'seconds')
  return clock
}
