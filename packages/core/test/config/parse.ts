import type { Unchecked } from '../../src/config/check.js'
import { parseIntrospection, type IntrospectionConfig } from '../../src/config/introspection.js'
import { systemFetch } from '../../src/http/fetch.js'
import type { ClaimsPolicy } from '../../src/token/claims.js'

export const ISSUER = 'https://as.example.com'
const CONNECTION = {
  addresses: { issuerOrigin: ISSUER, internalOrigin: undefined, dangerouslyAllowHttp: false },
  fetch: systemFetch,
  fetchLimit: 5,
}
/** What JWTs of the server must say. */
export const CLAIMS: ClaimsPolicy = {
  audiences: new Set(['urn:api']),
  audienceClaims: ['aud'],
  presentClaims: ['iss', 'jti'],
  clientIdClaims: ['azp'],
  isClientIdOptional: false,
  requiredClaims: new Map([['tid', '1']]),
  foreignClaims: ['nonce'],
  clockTolerance: 5,
  maxTokenAge: 600,
}

/** The checked options of introspection, at a server with these options of its own. */
export function parse(options: unknown, server: Unchecked = {}): IntrospectionConfig {
  return parseIntrospection(options, { issuer: ISSUER, ...server }, CONNECTION, CLAIMS)
}
