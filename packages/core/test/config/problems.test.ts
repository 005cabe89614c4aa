import { describe, expect, test } from '@jest/globals'
import { parseOptions } from '../../src/config/resource-server.js'
import { createMemoryReplayStore } from '../../src/binding/replay.js'
import { systemClock } from '../../src/time.js'
import { problemOf } from './problem.js'

const ISSUER = 'https://as.example.com'
const ORIGIN = 'https://api.example.com'
const MINIMUM = { issuer: ISSUER, audience: ORIGIN }
const SECRET = 's'.repeat(32)
const OPAQUE = { accessTokens: 'opaque', introspection: { clientId: 'api', clientSecret: 's' } }

const functions = 'must have the functions now, monotonic, after and random'
const issuer =
  'must be the https URL that tokens have in `iss`, without query, fragment, user information or `..`'
const https = 'must be https (http only on loopback, or with dangerouslyAllowHttp)'
const strings = 'must be a non-empty string, or a list of them'
const secrets = 'dpop.nonceSecrets: must be one to 4 strings of at least 32 characters each'
const host =
  'must have the host that clients send: one name in ASCII (as xn--bcher-kva.example) without wildcards, or an address'
const written = 'resourceMetadata.resource: must be written as URLs are: no `..`, nothing to be encoded'
const resource = 'resourceMetadata.resource: must be the https URL of the API, without fragment'
const store = 'verdictStore: must have the functions find, store, forget and subscribe'
const stored = { find: Date.now, store: Date.now, forget: Date.now, subscribe: Date.now }

const dpop = (more: object) => ({ dpop: { origin: ORIGIN, ...more } })
const metadata = (more: object) => ({ resourceMetadata: { resource: ORIGIN, ...more } })

/** Options that are wrong, each with what is said of them. */
const WRONG: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
  [{ maxTokenSize: 0.5 }, 'maxTokenSize: must be a number of bytes from 1 to 1048576'],
  [{ maxTokenSize: 1_048_577 }, 'maxTokenSize: must be a number of bytes from 1 to 1048576'],
  [{ clockTolerance: -0.1 }, 'clockTolerance: must be a number of seconds from 0 to 300'],
  [{ clockTolerance: 300.1 }, 'clockTolerance: must be a number of seconds from 0 to 300'],
  [{ maxTokenAge: -1 }, 'maxTokenAge: must be a number of seconds from 0 to 315360000'],
  [{ maxTokenAge: 315_360_001 }, 'maxTokenAge: must be a number of seconds from 0 to 315360000'],
  [{ verdictCache: { maxSize: -1 } }, 'verdictCache.maxSize: must be a number of bytes from 0 to 1073741824'],
  [{ verdictCache: { maxSize: 1.5 } }, 'verdictCache.maxSize: must be a whole number of bytes'],
  [
    { verdictCache: { maxSize: 1_073_741_825 } },
    'verdictCache.maxSize: must be a number of bytes from 0 to 1073741824',
  ],
  [{ verdictCache: { size: 1 } }, 'size: is not an option of verdictCache'],
  [{ verdictCache: 1 }, 'verdictCache: must be a plain object of options'],
  [{ verdictStore: null }, store],
  ...Object.keys(stored).map((name) => [{ verdictStore: { ...stored, [name]: true } }, store] as const),
  [{ singleAudience: 1 }, 'singleAudience: must be true or false'],
  [{ hideForbidden: 1 }, 'hideForbidden: must be true or false'],
  [{ requireTls: 'yes' }, 'requireTls: must be true or false'],
  [{ dangerouslyAllowHttp: 1 }, 'dangerouslyAllowHttp: must be true or false'],
  ...['readAccessToken', 'refusalBody', 'onRefusal', 'onRefresh', 'fetch'].map(
    (name) => [{ [name]: {} }, `${name}: must be a function`] as const,
  ),
  [{ bearerMethods: 'query' }, 'bearerMethods: must be one or more of header, body'],
  [{ realm: '' }, 'realm: must be printable ASCII'],
  [{ realm: 'a\u007F' }, 'realm: must be printable ASCII'],
  [{ errorUri: '/errors' }, 'errorUri: must be an absolute URI of printable ASCII'],
  [{ challengeScopes: [] }, `challengeScopes: ${strings}`],
  [{ clock: {} }, `clock: ${functions}`],
  ...['now', 'monotonic', 'after', 'random'].map(
    (name) => [{ clock: { ...systemClock, [name]: 1 } }, `clock: ${functions}`] as const,
  ),
  [
    { clock: { ...systemClock, now: () => Date.now() } },
    'clock: must be a number of seconds since the epoch from 0 to 253402300799',
  ],
  [
    { clock: { ...systemClock, now: () => -1 } },
    'clock: must be a number of seconds since the epoch from 0 to 253402300799',
  ],
  [
    { clock: { ...systemClock, monotonic: () => NaN } },
    `clock: must be a number of seconds from ${-Number.MAX_VALUE} to ${Number.MAX_VALUE}`,
  ],
  [{ issuer: 'as.example.com' }, `issuer: ${issuer}`],
  [{ issuer: 1 }, `issuer: ${issuer}`],
  [{ issuer: `${ISSUER}?a=b` }, `issuer: ${issuer}`],
  [{ issuer: `${ISSUER}#a` }, `issuer: ${issuer}`],
  [{ issuer: `${ISSUER}/a/../b` }, `issuer: ${issuer}`],
  [{ issuer: 'https://user@as.example.com' }, `issuer: ${issuer}`],
  [{ issuer: ` ${ISSUER}` }, `issuer: ${issuer}`],
  [{ issuer: `${ISSUER}\n` }, `issuer: ${issuer}`],
  [{ issuer: 'http://as.example.com' }, `issuer: ${https}`],
  [{ internalOrigin: 'http://keycloak' }, `internalOrigin: ${https}`],
  [
    { internalOrigin: 'https://keycloak/realms' },
    'internalOrigin: must be a scheme, a host and perhaps a port, without a path',
  ],
  [
    { internalOrigin: 'xhttps://keycloak' },
    'internalOrigin: must be a scheme, a host and perhaps a port, without a path',
  ],
  [
    { internalOrigin: 'https://keycloak:99999' },
    'internalOrigin: must be a scheme, a host and perhaps a port, without a path',
  ],
  [{ jwksUri: `${ISSUER}/jwks#a` }, 'jwksUri: must be an https URL (or http, on loopback) without fragment'],
  [{ accessTokens: 'reference' }, 'accessTokens: must be jwt or opaque or mixed'],
  [{ accessTokens: 'opaque' }, 'introspection: is required with accessTokens: opaque'],
  [{ accessTokens: 'mixed' }, 'introspection: is required with accessTokens: mixed'],
  [
    { dangerouslyAcceptAnyAudience: true },
    'audience: contradicts dangerouslyAcceptAnyAudience; give one of the two',
  ],
  [
    { algorithms: ['HS256'] },
    'algorithms: must be one or more of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, Ed25519, EdDSA',
  ],
  [{ algorithms: [] }, `algorithms: ${strings}`],
  [{ profile: { typ: [] } }, 'profile.typ: must be one or more of at+jwt, JWT, null'],
  [
    { profile: { optionalClaims: ['exp'] } },
    'profile.optionalClaims: must be one or more of client_id, iat, jti, sub',
  ],
  [{ profile: { clientIdClaim: [] } }, `profile.clientIdClaim: ${strings}`],
  [{ profile: { audienceClaim: 'azp' } }, 'profile.audienceClaim: must be one or more of aud, client_id'],
  [{ profile: { scopesFrom: [] } }, `profile.scopesFrom: ${strings}`],
  [
    { profile: { requiredClaims: { tid: '' } } },
    'profile.requiredClaims: must be an object of claims and their non-empty strings',
  ],
  [
    { profile: 'okta2' },
    'profile: must be an object, or one of auth0, cognito, entra-id, keycloak, okta, rfc9068',
  ],
  [{ senderConstraint: 'always' }, 'senderConstraint: must be required or when-bound'],
  [{ senderConstraint: 'required' }, 'senderConstraint: required needs dpop, or clientCertificates, or both'],
  [
    { ...dpop({}), readAccessToken: () => undefined },
    'dpop: contradicts readAccessToken: DPoP tokens come in the header',
  ],
  [{ dpop: {} }, 'dpop.origin: is required: what clients write before the path'],
  [
    dpop({ dangerouslyTrustHost: true }),
    'dpop.origin: contradicts dangerouslyTrustHost; give one of the two',
  ],
  [dpop({ dangerouslyTrustHost: 1 }), 'dpop.dangerouslyTrustHost: must be true or false'],
  [dpop({ origin: [] }), `dpop.origin: ${strings}`],
  [
    dpop({ origin: `${ORIGIN}?` }),
    'dpop.origin: must be a URL such as https://api.example.com, without query, fragment, user information, brackets in its path, or `..`',
  ],
  [dpop({ origin: `${ORIGIN}/%zz` }), 'dpop.origin: has a % that encodes nothing'],
  [dpop({ origin: 'https://*.example.com' }), `dpop.origin: ${host}`],
  [
    dpop({ algorithms: ['none'] }),
    'dpop.algorithms: must be one or more of ES256, ES384, ES512, Ed25519, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512',
  ],
  [dpop({ proofMaxAge: 0.9 }), 'dpop.proofMaxAge: must be a number of seconds from 1 to 3600'],
  [dpop({ proofMaxAge: 3_601 }), 'dpop.proofMaxAge: must be a number of seconds from 1 to 3600'],
  [dpop({ nonceSecrets: [] }), `dpop.nonceSecrets: ${strings}`],
  [dpop({ nonceSecrets: SECRET.slice(1) }), secrets],
  [dpop({ nonceSecrets: [SECRET, 's'] }), secrets],
  [dpop({ nonceSecrets: Array.from({ length: 5 }, () => SECRET) }), secrets],
  [dpop({ replayStore: {} }), 'dpop.replayStore: must have the function add'],
  [dpop({ replayStore: { add: 1 } }), 'dpop.replayStore: must have the function add'],
  [dpop({ replayStore: null }), 'dpop.replayStore: must have the function add'],
  [dpop({ replayStore: Date.now }), 'dpop.replayStore: must have the function add'],
  [{ clientCertificates: {} }, 'clientCertificates.from: is required'],
  [
    { clientCertificates: { from: 'header' } },
    'clientCertificates.from: must be socket or client-cert or x-ssl-client-cert or x-forwarded-client-cert',
  ],
  [
    { clientCertificates: { from: 'client-cert' } },
    'clientCertificates.trustedProxies: is required: who may send the field',
  ],
  [
    { clientCertificates: { from: 'client-cert', trustedProxies: '0.0.0.0/0' } },
    'clientCertificates.trustedProxies: must be IP addresses, or ranges of them such as 10.0.0.0/8',
  ],
  [
    { clientCertificates: { from: 'socket', trustedProxies: '127.0.0.1' } },
    'clientCertificates.trustedProxies: is of no use with the certificate of the socket',
  ],
  [{ resourceMetadata: {} }, resource],
  [metadata({ resource: `${ORIGIN}#a` }), resource],
  [metadata({ resource: `${ORIGIN}?a#b` }), resource],
  [metadata({ resource: 'https://user@api.example.com' }), resource],
  [
    metadata({ resource: 'http://api.example.com' }),
    'resourceMetadata.resource: must be https (http only on loopback)',
  ],
  [metadata({ resource: `${ORIGIN}/a/../b` }), written],
  [metadata({ resource: `${ORIGIN}/a"b` }), written],
  [metadata({ scopesSupported: [] }), `resourceMetadata.scopesSupported: ${strings}`],
  [
    metadata({ authorizationDetailsTypesSupported: [] }),
    `resourceMetadata.authorizationDetailsTypesSupported: ${strings}`,
  ],
  [
    metadata({ authorizationServers: [ISSUER] }),
    'resourceMetadata.authorizationServers: belongs to resolveAuthorizationServer alone; else the issuers are known',
  ],
  [metadata({ resourceName: '' }), 'resourceMetadata.resourceName: must be a string that is not empty'],
  [
    metadata({ resourceDocumentation: '/docs' }),
    'resourceMetadata.resourceDocumentation: must be the URL of a page',
  ],
  [
    metadata({ resourceDocumentation: 'https://a b' }),
    'resourceMetadata.resourceDocumentation: must be the URL of a page',
  ],
  [metadata({ atRoot: 1 }), 'resourceMetadata.atRoot: must be true or false'],
]

/** The same for options that say whose tokens are accepted. */
const WRONG_SOURCES: typeof WRONG = [
  [{}, 'issuer: is required: how tokens name it in `iss`'],
  [{ issuer: ISSUER }, 'audience: is required: how tokens for this API name it in `aud`'],
  [
    { ...MINIMUM, authorizationServers: [MINIMUM] },
    'issuer: contradicts authorizationServers; give one of them',
  ],
  [
    { ...MINIMUM, authorizationServers: [MINIMUM], resolveAuthorizationServer: () => undefined },
    'issuer: contradicts authorizationServers,resolveAuthorizationServer; give one of them',
  ],
  [{ authorizationServers: [] }, 'authorizationServers: must be a list with at least one entry'],
  [{ authorizationServers: MINIMUM }, 'authorizationServers: must be a list with at least one entry'],
  [{ authorizationServers: [MINIMUM, MINIMUM] }, 'authorizationServers: has an issuer twice'],
  [{ authorizationServers: [1] }, 'authorizationServers: must be a plain object of options'],
  [
    { authorizationServers: [{ ...MINIMUM, realm: 'api' }] },
    'realm: is not an option of authorizationServers',
  ],
  [
    { authorizationServers: [MINIMUM], clockTolerance: 1 },
    'clockTolerance: belongs to each entry of authorizationServers',
  ],
  [
    { resolveAuthorizationServer: () => undefined, jwksUri: ISSUER },
    'jwksUri: belongs to each entry of resolveAuthorizationServer',
  ],
  [{ resolveAuthorizationServer: ISSUER }, 'resolveAuthorizationServer: must be a function'],
  [
    {
      authorizationServers: [
        { ...MINIMUM, ...OPAQUE },
        { ...MINIMUM, ...OPAQUE, issuer: 'https://b.example.com', accessTokens: 'mixed' },
      ],
    },
    'accessTokens: may be opaque or mixed for one issuer only: an opaque token does not say whose it is',
  ],
  [
    { resolveAuthorizationServer: () => undefined, ...metadata({}) },
    `resourceMetadata.authorizationServers: ${strings}`,
  ],
]

/** The edge of what is right, option by option. */
const RIGHT: readonly Readonly<Record<string, unknown>>[] = [
  { maxTokenSize: 1 },
  { maxTokenSize: 1_048_576 },
  { clockTolerance: 0 },
  { clockTolerance: 300 },
  { maxTokenAge: 0 },
  { maxTokenAge: 315_360_000 },
  { verdictCache: { maxSize: 0 } },
  { verdictCache: { maxSize: 1_073_741_824 } },
  { verdictStore: stored },
  { realm: ' ~' },
  { errorUri: 'a:!~' },
  { clock: { ...systemClock, now: () => 0, monotonic: () => -1 } },
  { clock: { ...systemClock, now: () => 253_402_300_799 } },
  { internalOrigin: 'https://keycloak:8443/' },
  { issuer: 'http://127.0.0.1:8080/realms/a' },
  { issuer: `${ISSUER}/` },
  { issuer: 'http://as.example.com', dangerouslyAllowHttp: true },
  { ...OPAQUE },
  { ...OPAQUE, accessTokens: 'mixed' },
  { profile: { optionalClaims: [] } },
  { profile: { optionalClaims: 'sub', typ: 'JWT' } },
  { senderConstraint: 'required', ...dpop({}) },
  { senderConstraint: 'required', clientCertificates: { from: 'socket' } },
  dpop({ proofMaxAge: 1 }),
  dpop({ proofMaxAge: 3_600 }),
  dpop({ nonceSecrets: Array.from({ length: 4 }, () => SECRET) }),
  dpop({ replayStore: createMemoryReplayStore(systemClock) }),
  { dpop: { dangerouslyTrustHost: true } },
  { clientCertificates: { from: 'x-ssl-client-cert', trustedProxies: '10.0.0.0/1' } },
  { clientCertificates: { from: 'x-forwarded-client-cert', trustedProxies: ['::/1'] } },
  metadata({ resource: 'HTTPS://API.example.com/a?b' }),
  metadata({ resource: 'http://127.0.0.1:80' }),
  metadata({ resource: 'http://[::1]:8080/' }),
  metadata({ resource: 'http://localhost' }),
  metadata({ resourceName: 'API', resourceDocumentation: 'http://docs.example.com', atRoot: true }),
]

describe('options', () => {
  const wrong = [
    ...WRONG.map(([given, problem]) => [{ ...MINIMUM, ...given }, problem] as const),
    ...WRONG_SOURCES,
  ]

  test.each(wrong.map(([options, problem]) => [problem, options] as const))(
    'that are wrong say so: %s',
    (problem, options) => {
      expect(problemOf(() => parseOptions(options))).toBe(problem)
    },
  )

  test.each(RIGHT.map((given) => [given]))('may be %j', (given) => {
    expect(problemOf(() => parseOptions({ ...MINIMUM, ...given }))).toBe('accepted')
  })
})
