import { systemClock } from '../../src/time.js'
import { ISSUER, searched, stored, strings } from './given.js'

const functions = 'must have the functions now, monotonic, after and random'
const issuer =
  'must be the https URL that tokens have in `iss`, without query, fragment, user information or `..`'
const https = 'must be https (http only on loopback, or with dangerouslyAllowHttp)'
const store = 'verdictStore: must have the functions find, store, forget and subscribe'
const searches = 'keySearchStore: must have the functions take, announce and subscribe'
const address = 'must be an https URL (or http, on loopback) without fragment'

/** Options, and what is said of them. */
export type Wrong = readonly (readonly [Readonly<Record<string, unknown>>, string])[]

/** Options that are wrong, but for those of bound tokens and metadata, each with what is said of them. */
export const WRONG: Wrong = [
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
  [{ keySearchStore: {} }, searches],
  ...Object.keys(searched).map((name) => [{ keySearchStore: { ...searched, [name]: 1 } }, searches] as const),
  [{ fetchLimit: 0 }, 'fetchLimit: must be a number of seconds from 0.1 to 60'],
  [{ waitLimit: 61 }, 'waitLimit: must be a number of seconds from 0.1 to 60'],
  [{ refreshInterval: 59 }, 'refreshInterval: must be a number of seconds from 60 to 86400'],
  [{ staleWindow: -1 }, 'staleWindow: must be a number of seconds from 0 to 604800'],
  [{ unknown: 1 }, 'unknown: is not an option'],
  [{ singleAudience: 1 }, 'singleAudience: must be true or false'],
  [{ hideForbidden: 1 }, 'hideForbidden: must be true or false'],
  [{ requireTls: 'yes' }, 'requireTls: must be true or false'],
  [{ dangerouslyAllowHttp: 1 }, 'dangerouslyAllowHttp: must be true or false'],
  ...['readAccessToken', 'refusalBody', 'onRefusal', 'onRefresh', 'fetch'].map(
    (name) => [{ [name]: {} }, `${name}: must be a function`] as const,
  ),
  [{ bearerMethods: 'query' }, 'bearerMethods: must be one or more of header, body'],
  [{ realm: '' }, 'realm: must be printable ASCII'],
  [{ realm: '\na' }, 'realm: must be printable ASCII'],
  [{ realm: 1n }, 'realm: must be printable ASCII'],
  [{ realm: 'a\u007F' }, 'realm: must be printable ASCII'],
  [{ errorUri: new URL(ISSUER) }, 'errorUri: must be an absolute URI of printable ASCII'],
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
  [{ issuer: `${ISSUER}:99999` }, `issuer: ${issuer}`],
  [{ issuer: `${ISSUER}/.well-known/a` }, 'issuer: must end where /.well-known/ begins'],
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
  [{ jwksUri: `${ISSUER}/jwks#a` }, `jwksUri: ${address}`],
  [{ jwksUri: 1 }, `jwksUri: ${address}`],
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
  [
    { algorithms: ['RS256', 'none'] },
    'algorithms: must be one or more of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, Ed25519, EdDSA',
  ],
  [{ algorithms: [] }, `algorithms: ${strings}`],
  ...[[], '', ['a', ''], 1].map((audience) => [{ audience }, `audience: ${strings}`] as const),
  [{ scopesFrom: [] }, `scopesFrom: ${strings}`],
  [{ profile: 1 }, 'profile: must be a plain object of options'],
  [{ profile: { audience: 'a' } }, 'audience: is not an option of profile'],
  [{ profile: { typ: [] } }, 'profile.typ: must be one or more of at+jwt, JWT, null'],
  [
    { profile: { optionalClaims: ['exp'] } },
    'profile.optionalClaims: must be one or more of client_id, iat, jti, sub',
  ],
  [{ profile: { clientIdClaim: [] } }, `profile.clientIdClaim: ${strings}`],
  [{ profile: { audienceClaim: 'azp' } }, 'profile.audienceClaim: must be one or more of aud, client_id'],
  [{ profile: { scopesFrom: [] } }, `profile.scopesFrom: ${strings}`],
  ...[{ tid: '' }, ['tid'], 'tid'].map(
    (requiredClaims) =>
      [
        { profile: { requiredClaims } },
        'profile.requiredClaims: must be an object of claims and their non-empty strings',
      ] as const,
  ),
  [
    { profile: 'okta2' },
    'profile: must be an object, or one of auth0, cognito, entra-id, keycloak, okta, rfc9068',
  ],
]
