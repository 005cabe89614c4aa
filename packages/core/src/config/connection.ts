import { ConfigurationError } from '../errors.js'
import { isSecure, resolveAddress, type AddressPolicy } from '../http/address.js'
import { systemFetch, type Fetch } from '../http/fetch.js'
import type { Connection } from '../http/exchange.js'
import { parseUrl } from '../url.js'
import { checkFunction, parseBoolean, parseNumber, type Unchecked } from './check.js'

const DEFAULT_FETCH_LIMIT = 5
const LONGEST_FETCH_LIMIT = 60

/**
 * Checks how an authorization server is reached.
 *
 * @throws {@link ConfigurationError}
 */
export function parseConnection(options: Unchecked): Connection {
  const { fetch = systemFetch, fetchLimit = DEFAULT_FETCH_LIMIT } = options
  checkFunction(fetch, 'fetch')
  return {
    addresses: parseAddresses(options),
    fetch: fetch as Fetch,
    fetchLimit: parseNumber(fetchLimit, 'fetchLimit', 0.1, LONGEST_FETCH_LIMIT, 'seconds'),
  }
}

/** @throws {@link ConfigurationError} unless it is absent, or an address that may be asked */
export function parseAddress(value: unknown, name: string, addresses: AddressPolicy): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && resolveAddress(value, addresses)) return value
  throw new ConfigurationError(name, 'must be an https URL (or http, on loopback) without fragment')
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
  const rest = /^https?:\/\/[^/?#@\\\s]+(?<path>(?:\/[^?#\\\s]*)?)$/.exec(issuer)?.groups?.['path']
  return rest !== undefined && parseUrl(issuer)?.pathname === (rest === '' ? '/' : rest)
}

function isOrigin(origin: string): boolean {
  return /^https?:\/\/[^/?#@\\\s]+\/?$/.test(origin) && parseUrl(origin) !== undefined
}
