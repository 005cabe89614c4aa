/**
 * Where authorization server metadata stands, for the issuer `https://as.example.com/tenants/a`:
 *
 * - `oauth`: `https://as.example.com/.well-known/oauth-authorization-server/tenants/a` (RFC 8414, section 3)
 * - `openid-inserted`: `https://as.example.com/.well-known/openid-configuration/tenants/a` (RFC 8414, section 5)
 * - `openid`: `https://as.example.com/tenants/a/.well-known/openid-configuration` (OpenID Connect Discovery 1.0, section 4)
 */
export type MetadataStyle = 'oauth' | 'openid-inserted' | 'openid'

/** What a request can be for; `other` is any other path. */
export type EndpointName = 'metadata' | 'jwks' | 'token' | 'introspection' | 'revocation' | 'other'

/** A number for each endpoint, all of them 0. */
export function createCounts(): Record<EndpointName, number> {
  return { metadata: 0, jwks: 0, token: 0, introspection: 0, revocation: 0, other: 0 }
}

const METADATA_PATHS: Readonly<Record<MetadataStyle, (base: string) => string>> = {
  oauth: (base) => `/.well-known/oauth-authorization-server${base}`,
  'openid-inserted': (base) => `/.well-known/openid-configuration${base}`,
  openid: (base) => `${base}/.well-known/openid-configuration`,
}

/** Whether `name` is one of the places where metadata can stand. */
export function isMetadataStyle(name: string): name is MetadataStyle {
  return Object.hasOwn(METADATA_PATHS, name)
}

/** The addresses of an authorization server. */
export interface Endpoints {
  /** The issuer identifier, exactly as in metadata and tokens. */
  readonly issuer: string
  /** Where the metadata stands. */
  readonly metadataUrl: string
  /** Where the key set stands. */
  readonly jwksUri: string
  /** Where clients get access tokens. */
  readonly tokenEndpoint: string
  /** Where resource servers ask about access tokens: RFC 7662. */
  readonly introspectionEndpoint: string
  /** Where clients give access tokens back: RFC 7009. */
  readonly revocationEndpoint: string
}

/**
 * Lays out an authorization server.
 *
 * @param origin Such as `http://127.0.0.1:8080`.
 * @param path Path of the issuer; a slash at its end belongs to the issuer, but to no well-known URL.
 */
export function createEndpoints(origin: string, path: string, style: MetadataStyle): Endpoints {
  const base = path.replace(/\/$/, '')
  return {
    issuer: origin + path,
    metadataUrl: origin + METADATA_PATHS[style](base),
    jwksUri: `${origin}${base}/jwks`,
    tokenEndpoint: `${origin}${base}/token`,
    introspectionEndpoint: `${origin}${base}/introspect`,
    revocationEndpoint: `${origin}${base}/revoke`,
  }
}

/**
 * Finds the endpoint of a request by its exact path.
 *
 * @param target Path and query of the request, as received.
 */
export function findEndpoint(endpoints: Endpoints, target: string): EndpointName {
  const [path = ''] = target.split('?', 1)
  switch (new URL(endpoints.issuer).origin + path) {
    case endpoints.metadataUrl:
      return 'metadata'
    case endpoints.jwksUri:
      return 'jwks'
    case endpoints.tokenEndpoint:
      return 'token'
    case endpoints.introspectionEndpoint:
      return 'introspection'
    case endpoints.revocationEndpoint:
      return 'revocation'
    default:
      return 'other'
  }
}
