/** What a resource server needs of the metadata of its authorization server. */
export interface ReadMetadata {
  readonly issuer: string
  readonly jwksUri: string | undefined
  readonly introspectionEndpoint: string | undefined
  readonly tokenEndpointAuthMethods: readonly string[]
  readonly introspectionEndpointAuthMethods: readonly string[] | undefined
}

/** How an authorization server may be reached. */
export interface Reach {
  readonly issuer: string
  /** Stands in for the origin of the issuer. */
  readonly internalOrigin: string | undefined
  /** Members that must be there. */
  readonly needed: readonly string[]
}

type Members = Readonly<Record<string, unknown>>

/**
 * Metadata that are the issuer's own (RFC 8414, section 3.3), or why they are refused.
 *
 * Strict on purpose: addresses are `https, or http on loopback where the issuer is on loopback`, `without user information`,
 * `without fragment`. One that is not counts as absent.
 */
export function referenceMetadata(document: Members, reach: Reach): ReadMetadata | string {
  if (!Object.hasOwn(document, 'issuer') || document['issuer'] !== reach.issuer)
    return 'RFC 8414, section 3.3: issuer'
  const address = (name: string): string | undefined => {
    const value = Object.hasOwn(document, name) ? document[name] : undefined
    return typeof value === 'string' && referenceMayAsk(value, reach) ? value : undefined
  }
  if (reach.needed.some((name) => address(name) === undefined)) return 'RFC 8414, section 2: an address'
  return {
    issuer: reach.issuer,
    jwksUri: address('jwks_uri'),
    introspectionEndpoint: address('introspection_endpoint'),
    tokenEndpointAuthMethods: texts(document, 'token_endpoint_auth_methods_supported') ?? [
      'client_secret_basic',
    ],
    introspectionEndpointAuthMethods: texts(document, 'introspection_endpoint_auth_methods_supported'),
  }
}

function texts(document: Members, name: string): readonly string[] | undefined {
  const value: unknown = Object.hasOwn(document, name) ? document[name] : undefined
  return Array.isArray(value) && value.every((member) => typeof member === 'string') ? value : undefined
}

/** Whether a request may go there. */
function referenceMayAsk(text: string, { issuer, internalOrigin }: Reach): boolean {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return false
  }
  if (text.includes('#') || url.username !== '' || url.password !== '') return false
  if (url.protocol === 'https:') return true
  if (url.protocol !== 'http:') return false
  if (internalOrigin !== undefined && url.origin === new URL(issuer).origin) return true
  return isLoopback(url) && isLoopback(new URL(internalOrigin ?? issuer))
}

function isLoopback({ protocol, hostname }: URL): boolean {
  const isNumber =
    hostname.split('.').length === 4 && hostname.startsWith('127.') && /^[\d.]+$/.test(hostname)
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '[::1]' || isNumber)
}
