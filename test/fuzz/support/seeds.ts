import { AUDIENCES, ISSUER, NOW } from '../reference/rules.js'
import type { JsonMembers, Words } from './json.js'

/** Good claims of each setting: what is accepted before anything is changed. */
export const GOOD_CLAIMS: readonly JsonMembers[] = [
  {
    iss: ISSUER,
    aud: 'https://api.example.com',
    sub: 'alice',
    client_id: 'reporter',
    jti: '1',
    iat: NOW - 10,
    exp: NOW + 300,
    scope: 'stats:read stats:write',
  },
  {
    iss: ISSUER,
    aud: ['https://other.example.com', 'urn:api'],
    sub: 'alice',
    client_id: 'reporter',
    jti: '2',
    iat: NOW - 600,
    exp: NOW + 1,
    nbf: NOW,
  },
  {
    iss: ISSUER,
    aud: 'urn:api',
    sub: 'alice',
    azp: 'reporter',
    iat: NOW,
    exp: NOW + 3600,
    roles: ['a', 'b'],
  },
  {
    iss: ISSUER,
    aud: ['urn:api'],
    sub: 'alice',
    azp: 'reporter',
    jti: '3',
    typ: 'Bearer',
    nonce: 'n',
    iat: NOW,
    exp: NOW + 60,
    scope: 'openid',
    realm_access: { roles: ['x'] },
  },
  { iss: ISSUER, exp: NOW + 300, iat: NOW - 3600, client_id: 'urn:api', scope: '' },
]

export const CLAIM_WORDS: Words = {
  names: [
    ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scope', 'cnf'],
    ...['azp', 'appid', 'scp', 'roles', 'typ', 'token_use', 'token_type', 'active'],
    ...['nonce', 'at_hash', 'c_hash', 's_hash', 'events', 'token_introspection', 'auth_time', 'act'],
  ],
  values: [
    ...[...AUDIENCES, ISSUER, 'Bearer', 'access', 'at+jwt', 'stats:read  stats:write', ' a '],
    ...[-301, -300, -299, -5, -1, 0, 1, 4, 5, 6, 59, 60, 61, 300, 301].map((delta) => NOW + delta),
    ...[
      NOW - 605,
      NOW - 606,
      NOW - 3900,
      NOW - 3901,
      NOW * 1000,
      253402300799,
      253402300800,
      String(NOW + 300),
    ],
    ...[AUDIENCES, ['urn:api', 1], [['urn:api']], [{ value: 'a' }, 'b'], [{ value: 1 }], { jkt: 'x' }],
  ],
  members: [
    ...[-301, -300, -299, -6, -5, -4, -1, 0, 1].map((delta) => ({ exp: NOW + delta })),
    ...[-1, 0, 1, 5, 6, 300, 301].map((delta) => ({ nbf: NOW + delta })),
    ...[-3901, -3900, -606, -605, -600, 0, 60, 61, 300, 301].map((delta) => ({ iat: NOW + delta })),
    ...['https://API.example.com', 'https://api.example.com/', 'urn:api ', [], ['x'], 'x'].map((aud) => ({
      aud,
    })),
    ...[
      { iss: `${ISSUER}/` },
      { scope: ['a'] },
      { scp: 'a' },
      { roles: 7 },
      { roles: ['b', 'a', 'b'] },
      { scope: 'a b a' },
      { azp: '' },
      { cnf: {} },
      { nonce: 'n' },
    ],
  ],
  texts: ['https://api.example.com', 'urn:api', ISSUER, '/', ' ', 'Bearer', 'alice'],
}

export const GOOD_HEADERS: readonly JsonMembers[] = [
  { alg: 'Ed25519', typ: 'at+jwt', kid: 'ed' },
  { alg: 'Ed25519', typ: 'application/at+jwt', kid: 'ed' },
  { alg: 'ES256', typ: 'AT+JWT' },
  { alg: 'Ed25519', typ: 'JWT', kid: 'ed', jku: 'https://attacker.example.net', x5t: 'x' },
  { alg: 'RS256', kid: 'rsa', cty: 'json' },
]

export const HEADER_WORDS: Words = {
  names: ['alg', 'typ', 'kid', 'cty', 'crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'enc', 'zip'],
  values: [
    ...['at+jwt', 'application/at+jwt', 'APPLICATION/AT+JWT', 'application/application/at+jwt', 'JWT', 'jwt'],
    ...[
      'none',
      'None',
      'HS256',
      'RS256',
      'PS256',
      'ES256',
      'ES256K',
      'Ed25519',
      'EdDSA',
      'ed',
      'es',
      'unknown',
    ],
    ...['token-introspection+jwt', 'to\u212Aen-introspection+jwt', ['b64'], ['exp'], [], { alg: 'none' }],
  ],
  texts: ['application/', 'at+jwt', 'jwt', ';charset=utf-8', '/x'],
}
