import { describe, expect, test } from '@jest/globals'
import { configurationErrorOf } from '../support/configuration.js'

const options = { issuer: 'https://as.example.com', audience: 'https://api.example.com' }
const SECRET = 's3cr3t-value'

/** Values that cannot be, each with a secret in it, for every option that takes a text. */
const GIVEN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  issuer: { issuer: `https://user:${SECRET}@as.example.com` },
  audience: { audience: [SECRET, 1] },
  jwksUri: { jwksUri: `https://user:${SECRET}@as.example.com/jwks` },
  internalOrigin: { internalOrigin: `https://user:${SECRET}@keycloak` },
  algorithms: { algorithms: [SECRET] },
  profile: { profile: SECRET },
  'profile.typ': { profile: { typ: [SECRET] } },
  'profile.optionalClaims': { profile: { optionalClaims: [SECRET] } },
  'profile.clientIdClaim': { profile: { clientIdClaim: [SECRET, 1] } },
  'profile.audienceClaim': { profile: { audienceClaim: SECRET } },
  'profile.requiredClaims': { profile: { requiredClaims: { [SECRET]: 1 } } },
  'profile.scopesFrom': { profile: { scopesFrom: [SECRET, 1] } },
  scopesFrom: { scopesFrom: [SECRET, 1] },
  clockTolerance: { clockTolerance: SECRET },
  maxTokenAge: { maxTokenAge: SECRET },
  maxTokenSize: { maxTokenSize: SECRET },
  dangerouslyAllowHttp: { dangerouslyAllowHttp: SECRET },
  fetch: { fetch: SECRET },
  fetchLimit: { fetchLimit: SECRET },
  waitLimit: { waitLimit: SECRET },
  refreshInterval: { refreshInterval: SECRET },
  staleWindow: { staleWindow: SECRET },
  onRefresh: { onRefresh: SECRET },
  realm: { realm: `${SECRET}\n` },
  errorUri: { errorUri: SECRET },
  hideForbidden: { hideForbidden: SECRET },
  requireTls: { requireTls: SECRET },
  bearerMethods: { bearerMethods: [SECRET] },
  readAccessToken: { readAccessToken: SECRET },
  refusalBody: { refusalBody: SECRET },
  onRefusal: { onRefusal: SECRET },
  clock: { clock: { now: SECRET } },
  senderConstraint: { senderConstraint: SECRET },
  'dpop.origin': { dpop: { origin: SECRET } },
  'dpop.algorithms': { dpop: { origin: 'https://api.example.com', algorithms: [SECRET] } },
  'dpop.nonceSecrets': { dpop: { origin: 'https://api.example.com', nonceSecrets: [SECRET] } },
  'clientCertificates.from': { clientCertificates: { from: SECRET } },
  'clientCertificates.trustedProxies': {
    clientCertificates: { from: 'client-cert', trustedProxies: [SECRET] },
  },
  'introspection.clientId': { introspection: { clientSecret: SECRET } },
  'introspection.endpoint': { introspection: { clientId: 'api', clientSecret: 'x', endpoint: SECRET } },
}

describe('a configuration error', () => {
  test.each(Object.entries(GIVEN))('names the option, and not its value: %s', (name, given) => {
    const error = configurationErrorOf({ ...options, ...given })
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'ERR_CONFIGURATION', option: name })
    expect(error?.message.startsWith(`${name}: `)).toBe(true)
    expect(error?.message).not.toContain(SECRET)
    expect(JSON.stringify(error)).not.toContain(SECRET)
  })

  test.each([
    ['no issuer', { ...options, issuer: undefined }, 'issuer: is required: how tokens name it in `iss`'],
    ['nothing at all', {}, 'issuer: is required: how tokens name it in `iss`'],
    [
      'no audience',
      { ...options, audience: undefined },
      'audience: is required: how tokens for this API name it in `aud`',
    ],
    [
      'no audience for an entry',
      { authorizationServers: [{ issuer: options.issuer }] },
      'audience: is required: how tokens for this API name it in `aud`',
    ],
    [
      'the address of the metadata as issuer',
      { ...options, issuer: `${options.issuer}/.well-known/openid-configuration` },
      'issuer: must end where /.well-known/ begins',
    ],
    [
      'a host as issuer',
      { ...options, issuer: 'as.example.com' },
      'issuer: must be the https URL that tokens have in `iss`, without query, fragment, user information or `..`',
    ],
    [
      'a list of required claims',
      { ...options, profile: { requiredClaims: ['token_use'] } },
      'profile.requiredClaims: must be an object of claims and their non-empty strings',
    ],
    [
      'an issuer over plain http, whose requests go elsewhere over TLS',
      { ...options, issuer: 'http://as.example.com', internalOrigin: 'https://keycloak:8443' },
      'issuer: must be https (http only on loopback, or with dangerouslyAllowHttp)',
    ],
  ])('says what to do about %s', (_name, given, message) => {
    expect(configurationErrorOf(given)?.message).toBe(message)
  })

  test.each([
    ['a path that only looks well-known', { issuer: 'https://as.example.com/well-known/a' }],
    ['required claims with their values', { profile: { requiredClaims: { token_use: 'access' } } }],
    [
      'an issuer over plain http by the explicit word of the developer',
      {
        issuer: 'http://as.example.com',
        internalOrigin: 'https://keycloak:8443',
        dangerouslyAllowHttp: true,
      },
    ],
  ])('is not thrown for %s', (_name, given) => {
    expect(configurationErrorOf({ ...options, ...given })).toBeUndefined()
  })

  test('does not keep the options', () => {
    const error = configurationErrorOf({ ...options, realm: `${SECRET}\n` })
    expect(Object.keys(error ?? {}).sort()).toEqual(['code', 'name', 'option'])
    expect(error?.cause).toBeUndefined()
  })
})
