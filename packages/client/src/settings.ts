import {
  ConfigurationError,
  parseClientCredentials,
  systemClock,
  type ClientCredentials,
  type Clock,
  type Seconds,
} from '@bearward/core'
import { isAddress, isIssuer, isOrigin, isSecure, parseUrl } from './address.js'
import { copyOptions, parseFunction, parseList, parseSeconds, parseText, type Unchecked } from './check.js'
import type { TokenSourceFetch } from './options.js'

/** Options, checked and copied, with every default filled in. */
export interface Settings {
  readonly issuer: string | undefined
  readonly tokenEndpoint: string | undefined
  readonly clientId: string
  readonly credentials: ClientCredentials
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  /** Where the token may go; empty where nothing says so. */
  readonly origins: ReadonlySet<string>
  readonly defaultLifetime: Seconds
  readonly timeLimit: Seconds
  readonly fetch: TokenSourceFetch
  readonly clock: Clock
}

const OPTIONS = [
  'issuer',
  'tokenEndpoint',
  'clientId',
  'clientSecret',
  'privateKey',
  'clientAuthentication',
  'basicEncoding',
  'assertionAudience',
  'scope',
  'resource',
  'origins',
  'defaultLifetime',
  'timeLimit',
  'fetch',
  'clock',
]

/** RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+$/

/** The `fetch` of this platform, as it is at the time of the call. */
const systemFetch: TokenSourceFetch = (url, init) => fetch(url, init)

/**
 * Checks the options.
 *
 * @throws {@link ConfigurationError} which names the option, never its value
 */
export function parseSettings(given: unknown): Settings {
  const options = copyOptions(given, 'options', OPTIONS)
  const resources = parseResources(options['resource'])
  return {
    ...parseServer(options),
    clientId: parseText(options['clientId'], 'clientId'),
    credentials: parseClientCredentials(options),
    scopes: parseScopes(options['scope']),
    resources,
    origins: parseOrigins(options['origins'], resources),
    defaultLifetime: parseSeconds(options['defaultLifetime'] ?? 60, 'defaultLifetime', 1, 3600),
    timeLimit: parseSeconds(options['timeLimit'] ?? 5, 'timeLimit', 0.1, 60),
    fetch: parseFunction((options['fetch'] ?? systemFetch) as TokenSourceFetch, 'fetch'),
    clock: parseClock(options['clock'] ?? systemClock),
  }
}

function parseServer({ issuer, tokenEndpoint }: Unchecked): Pick<Settings, 'issuer' | 'tokenEndpoint'> {
  if (issuer === undefined && tokenEndpoint === undefined)
    throw new ConfigurationError('issuer', 'is required, or tokenEndpoint in its place')
  if (issuer !== undefined && !(typeof issuer === 'string' && isIssuer(issuer))) {
    throw new ConfigurationError(
      'issuer',
      'must be an https URL (or http, on loopback) without query, fragment, user information or `..`',
    )
  }
  if (tokenEndpoint !== undefined && !(typeof tokenEndpoint === 'string' && isAddress(tokenEndpoint))) {
    throw new ConfigurationError(
      'tokenEndpoint',
      'must be an https URL (or http, on loopback) without fragment and user information',
    )
  }
  return { issuer, tokenEndpoint }
}

/** No scope is as good as none asked for: an empty parameter must not be sent (RFC 6749, section 3.2). */
function parseScopes(scope: unknown): readonly string[] {
  if (scope === undefined || scope === '' || (Array.isArray(scope) && scope.length === 0)) return []
  const scopes = typeof scope === 'string' ? scope.split(' ') : scope
  return parseList(scopes, 'scope', (text) => SCOPE.test(text), 'scopes, separated by single spaces')
}

/** RFC 8707, section 2. */
function parseResources(resource: unknown): readonly string[] {
  if (resource === undefined) return []
  const isUri = (text: string) => parseUrl(text) !== undefined && !/[#\s]/.test(text)
  return parseList(resource, 'resource', isUri, 'an absolute URI without fragment')
}

function parseOrigins(origins: unknown, resources: readonly string[]): ReadonlySet<string> {
  const urls = (texts: readonly string[]) => texts.map((text) => new URL(text))
  const toSet = (list: readonly URL[]) => new Set(list.filter(isSecure).map(({ origin }) => origin))
  if (origins === undefined) return toSet(urls(resources))
  const must = 'an https origin (or http, on loopback): scheme, host and perhaps port, without a path'
  return toSet(urls(parseList(origins, 'origins', isOrigin, must)))
}

function parseClock(value: unknown): Clock {
  const clock = value as Clock
  const members: unknown[] = [clock.now, clock.monotonic, clock.after, clock.random]
  if (members.every((member) => typeof member === 'function')) return clock
  throw new ConfigurationError('clock', 'must have now, monotonic, after and random')
}
