import type { SenderConstraintPolicy } from '../binding/sender-constraint.js'
import type { ChallengePolicy } from '../challenge/challenge.js'
import type { BearerMethod, CredentialsPolicy } from '../credentials.js'
import { ConfigurationError } from '../errors.js'
import type { KeySearchStore } from '../keys/key-search-store.js'
import type { CommonOptions } from '../options.js'
import { systemClock, type Clock } from '../time.js'
import type { VerdictStore } from '../token/verdict-store.js'
import { SERVER_OPTIONS } from './authorization-server.js'
import { parseChallenge } from './challenge.js'
import {
  checkFunction,
  copyOptions,
  parseBoolean,
  parseMembers,
  parseNumber,
  parseObjectWith,
  parseWhole,
  type Unchecked,
} from './check.js'
import { parseProtectedResource, type ProtectedResourceConfig } from './protected-resource.js'
import { parseSenderConstraint } from './sender-constraint.js'
import { parseSource, SOURCES, type Source } from './source.js'

/** The checked options of a resource server, by the stage that uses them. */
export interface ResourceServerConfig extends Source {
  readonly credentials: CredentialsPolicy
  /** In characters, which are bytes in an access token. */
  readonly maxTokenSize: number
  /** In bytes; 0 where no verdicts are kept. */
  readonly verdictCacheSize: number
  /** `undefined`: verdicts of introspection stay in this process. */
  readonly verdictStore: VerdictStore | undefined
  /** `undefined`: this process looks for unknown keys as if it were alone. */
  readonly keySearchStore: KeySearchStore | undefined
  readonly senderConstraint: SenderConstraintPolicy
  readonly challenge: ChallengePolicy
  /** `undefined`: it does not tell clients about itself. */
  readonly resourceMetadata: ProtectedResourceConfig | undefined
  readonly hideForbidden: boolean
  readonly refusalBody: CommonOptions['refusalBody']
  readonly onRefusal: CommonOptions['onRefusal']
  readonly onRefresh: CommonOptions['onRefresh']
  readonly clock: Clock
}

const COMMON_OPTIONS = [
  'realm',
  'errorUri',
  'resourceMetadata',
  'challengeScopes',
  'hideForbidden',
  'requireTls',
  'bearerMethods',
  'readAccessToken',
  'maxTokenSize',
  'verdictCache',
  'verdictStore',
  'keySearchStore',
  'senderConstraint',
  'dpop',
  'clientCertificates',
  'refusalBody',
  'onRefusal',
  'onRefresh',
  'clock',
]
const VERDICT_STORE: readonly (keyof VerdictStore)[] = ['find', 'store', 'forget', 'subscribe']
const KEY_SEARCH_STORE: readonly (keyof KeySearchStore)[] = ['take', 'announce', 'subscribe']
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
  const { maxTokenSize = DEFAULT_MAX_TOKEN_SIZE } = options
  checkFunction(options['readAccessToken'], 'readAccessToken')
  checkFunction(options['refusalBody'], 'refusalBody')
  checkFunction(options['onRefusal'], 'onRefusal')
  checkFunction(options['onRefresh'], 'onRefresh')
  const clock = parseClock(options['clock'])
  const source = parseSource(options)
  const senderConstraint = parseSenderConstraint(options, clock)
  const resourceMetadata = parseResourceMetadata(options, source, senderConstraint)
  return {
    ...source,
    credentials: {
      requireTls: parseBoolean(options['requireTls'], 'requireTls'),
      bearerMethods: new Set(parseBearerMethods(options)),
      acceptsDpop: senderConstraint.dpop !== undefined,
      readAccessToken: options['readAccessToken'] as CommonOptions['readAccessToken'],
    },
    maxTokenSize: parseNumber(maxTokenSize, 'maxTokenSize', 1, LARGEST_MAX_TOKEN_SIZE, 'bytes'),
    verdictStore: parseObjectWith(options['verdictStore'], 'verdictStore', VERDICT_STORE),
    keySearchStore: parseObjectWith(options['keySearchStore'], 'keySearchStore', KEY_SEARCH_STORE),
    verdictCacheSize: parseVerdictCache(options['verdictCache']),
    senderConstraint,
    challenge: parseChallenge(options, senderConstraint, resourceMetadata),
    resourceMetadata,
    hideForbidden: parseBoolean(options['hideForbidden'], 'hideForbidden'),
    refusalBody: options['refusalBody'] as CommonOptions['refusalBody'],
    onRefusal: options['onRefusal'] as CommonOptions['onRefusal'],
    onRefresh: options['onRefresh'] as CommonOptions['onRefresh'],
    clock,
  }
}

function parseResourceMetadata(
  options: Unchecked,
  { authorizationServers, resolve }: Source,
  senderConstraint: SenderConstraintPolicy,
): ProtectedResourceConfig | undefined {
  const known = resolve === undefined ? [...authorizationServers.keys()] : undefined
  const methods = options['readAccessToken'] === undefined ? parseBearerMethods(options) : []
  return parseProtectedResource(options['resourceMetadata'], known, methods, senderConstraint)
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
