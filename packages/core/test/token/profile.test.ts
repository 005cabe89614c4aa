import { describe, expect, test } from '@jest/globals'
import { parseProfile } from '../../src/config/profile.js'
import type { JsonObject } from '../../src/json.js'
import { checkClaims, findClientId, type ClaimsPolicy } from '../../src/token/claims.js'
import { PROFILES, type ProfileName } from '../../src/token/profile.js'
import { claimsWith, judge, NOW, POLICY } from './judge.js'

const AT_JWT_ALONE: readonly string[] = []
const FOREIGN = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events', 'token_introspection']
const FOREIGN_BUT_NONCE = ['at_hash', 'c_hash', 's_hash', 'events', 'token_introspection']
const ALL = ['iss', 'exp', 'sub', 'iat', 'jti']

/** What each profile comes to. */
const EXPECTED: readonly (readonly [ProfileName, ReturnType<typeof parseProfile>])[] = [
  ['rfc9068', expectation(['at+jwt'], {})],
  [
    'auth0',
    expectation(['jwt', 'at+jwt'], {
      presentClaims: ['iss', 'exp', 'sub', 'iat'],
      clientIdClaims: ['azp', 'client_id'],
      foreignClaims: FOREIGN,
    }),
  ],
  [
    'cognito',
    expectation([null], {
      audienceClaims: ['aud', 'client_id'],
      requiredClaims: new Map([['token_use', 'access']]),
      foreignClaims: FOREIGN_BUT_NONCE,
    }),
  ],
  [
    'entra-id',
    {
      ...expectation(['jwt'], {
        presentClaims: ['iss', 'exp', 'sub', 'iat'],
        clientIdClaims: ['azp', 'appid'],
        foreignClaims: FOREIGN,
      }),
      scopes: ['scp', 'roles'],
    },
  ],
  [
    'keycloak',
    expectation(['jwt', 'at+jwt'], {
      clientIdClaims: ['azp', 'client_id'],
      requiredClaims: new Map([['typ', 'Bearer']]),
      foreignClaims: FOREIGN_BUT_NONCE,
    }),
  ],
  [
    'okta',
    {
      ...expectation([null, 'at+jwt'], { clientIdClaims: ['cid'], foreignClaims: FOREIGN }),
      scopes: ['scp'],
    },
  ],
]

/** RFC 9068, but for these claims. */
function expectation(types: readonly (string | null)[], claims: Partial<ClaimsPolicy>) {
  return {
    types: new Set(types),
    claims: {
      audienceClaims: ['aud'],
      presentClaims: ALL,
      clientIdClaims: ['client_id'],
      isClientIdOptional: false,
      foreignClaims: AT_JWT_ALONE,
      requiredClaims: new Map<string, string>(),
      ...claims,
    },
    scopes: undefined,
  }
}

describe('the ready profiles', () => {
  test.each(EXPECTED)('%s', (name, expected) => {
    expect(parseProfile(name, undefined)).toEqual(expected)
  })

  test('are these, and nobody can change them', () => {
    expect(EXPECTED.map(([name]) => name).sort()).toEqual(Object.keys(PROFILES).sort())
    expect(Object.isFrozen(PROFILES)).toBe(true)
    expect(Object.values(PROFILES).every((profile) => Object.isFrozen(profile))).toBe(true)
    expect(Object.isFrozen(PROFILES.auth0.typ)).toBe(true)
  })

  test('are rfc9068 where none is named', () => {
    expect(parseProfile(undefined, undefined)).toEqual(parseProfile('rfc9068', undefined))
  })
})

/** What a server puts into its tokens, in place of what RFC 9068 asks for. */
const TOKENS: readonly (readonly [ProfileName, JsonObject, JsonObject])[] = [
  ['rfc9068', {}, { jti: undefined }],
  ['auth0', { client_id: undefined, azp: 'reporter', jti: undefined }, { azp: undefined }],
  ['cognito', { aud: undefined, client_id: 'urn:api', token_use: 'access' }, { token_use: 'id' }],
  ['entra-id', { client_id: undefined, appid: 'reporter', jti: undefined }, { nonce: '1' }],
  ['keycloak', { client_id: undefined, azp: 'reporter', typ: 'Bearer', nonce: '1' }, { typ: 'ID' }],
  ['okta', { client_id: undefined, cid: 'reporter' }, { cid: undefined }],
]

describe('an access token by the profile', () => {
  test.each(TOKENS)('%s is accepted, and another token is not', (name, claims, defect) => {
    const policy = { ...POLICY, ...parseProfile(name, undefined).claims }
    const good = claimsWith(claims)
    expect(judge(() => checkClaims(good, policy, NOW))).toBe('accepted')
    expect(findClientId(good, policy.clientIdClaims)).toMatch(/^reporter$|^urn:api$/)
    expect(judge(() => checkClaims(claimsWith({ ...claims, ...defect }), policy, NOW))).toMatch(/^ERR_TOKEN_/)
  })
})
