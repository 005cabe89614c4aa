import { parseUrl } from '../url.js'

/** Where requests to one authorization server may go. */
export interface AddressPolicy {
  /** Origin of the issuer. */
  readonly issuerOrigin: string
  /** Origin that stands in for the issuer's, where the resource server reaches it at another address. */
  readonly internalOrigin: string | undefined
  /** Whether plain HTTP may leave this machine. */
  readonly dangerouslyAllowHttp: boolean
}

const LOOPBACK = /^http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/

/**
 * The address to request for a URL of the configuration or of the metadata, or `undefined` where it must not be
 * requested: not `https` (or `http` on loopback, for an issuer that is itself on loopback), or with user information or
 * a fragment.
 */
export function resolveAddress(url: string, policy: AddressPolicy): URL | undefined {
  const address = parseUrl(url)
  if (address === undefined || url.includes('#')) return undefined
  if (!/^https?:$/.test(address.protocol)) return undefined // the origin of a `blob:` is that of what it holds
  if (address.username !== '' || address.password !== '') return undefined
  const { issuerOrigin, internalOrigin } = policy
  if (internalOrigin !== undefined && address.origin === issuerOrigin) {
    return new URL(internalOrigin + address.pathname + address.search) // resolving `//host/` would leave the origin
  }
  return isSecure(address.origin, policy) ? address : undefined
}

/** Whether requests to an origin are safe: over TLS, or never leaving this machine. */
export function isSecure(origin: string, policy: AddressPolicy): boolean {
  if (origin.startsWith('https://')) return true
  if (!origin.startsWith('http://')) return false
  const base = policy.internalOrigin ?? policy.issuerOrigin
  return policy.dangerouslyAllowHttp || (LOOPBACK.test(origin) && LOOPBACK.test(base))
}
