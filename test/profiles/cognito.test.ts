// Amazon documents the tokens of Cognito user pools in the developer guide: "Understanding the access token"
// (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html),
// "Understanding the identity (ID) token" and "Scopes, M2M, and resource servers" (resource binding).
import { describe, expect, test } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { mintDocumented, type DocumentedToken } from '../support/vendor-tokens.js'

const servers = useServers({ algorithms: ['RS256'], path: '/us-west-2_example', metadata: 'openid' })

const APP = '57cbishk4j24pabc1234567890'
const API = 'https://api.example.com'

const USER: DocumentedToken = {
  claims: {
    sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    device_key: 'us-west-2_aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    'cognito:groups': ['admin'],
    client_id: APP,
    version: 2,
    origin_jti: 'aaaaaaaa-bbbb-cccc-dddd-ffffffffffff',
    event_id: 'bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee',
    token_use: 'access',
    scope: 'phone openid profile stats-api/read',
    auth_time: 1_700_000_000,
    jti: 'cccccccc-bbbb-cccc-dddd-eeeeeeeeeeee',
    username: 'jane',
  },
}

/** Of the client-credentials grant: the subject is the app client, and only custom scopes can be asked for. */
const CLIENT: DocumentedToken = {
  claims: {
    sub: APP,
    client_id: APP,
    version: 2,
    token_use: 'access',
    scope: 'stats-api/read stats-api/write',
    auth_time: 1_700_000_000,
    jti: 'dddddddd-bbbb-cccc-dddd-eeeeeeeeeeee',
  },
}

const changed = (claims: object, token = USER): DocumentedToken => ({
  claims: { ...token.claims, ...claims },
})

/** A resource server of the app clients, or of the API, that are named. */
const protectFor = (audience: string | readonly string[], profile: 'cognito' | 'rfc9068' = 'cognito') =>
  createResourceServer({ issuer: servers().authorizationServer.issuer, audience, profile })

async function verdictFor(audience: string | readonly string[], token: DocumentedToken): Promise<string> {
  return verdictOn(protectFor(audience), await mintDocumented(servers(), token))
}

describe('the profile cognito', () => {
  test.each([
    [
      'a user',
      USER,
      'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      ['phone', 'openid', 'profile', 'stats-api/read'],
    ],
    ['an app client', CLIENT, APP, ['stats-api/read', 'stats-api/write']],
  ] as const)('accepts an access token of %s', async (_name, token, subject, scopes) => {
    const auth = await protectFor(APP).authenticate(requestWithToken(await mintDocumented(servers(), token)))
    expect({ subject: auth.subject, clientId: auth.clientId, scopes: [...auth.scopes] }).toEqual({
      subject,
      clientId: APP,
      scopes,
    })
  })

  test('accepts each of several app clients, and no other', async () => {
    expect(await verdictFor(['1example23456789', APP], USER)).toBe('accepted')
    expect(await verdictFor(['1example23456789'], USER)).toBe('ERR_TOKEN_AUDIENCE')
    expect(await verdictFor(API, USER)).toBe('ERR_TOKEN_AUDIENCE')
  })
})

describe('a token that Cognito has bound to a resource', () => {
  const bound = changed({ aud: API })

  test('is accepted by that resource', async () => {
    expect(await verdictFor(API, bound)).toBe('accepted')
  })

  test('is refused by another one of the same app client', async () => {
    expect(await verdictFor('https://other.example.com', bound)).toBe('ERR_TOKEN_AUDIENCE')
    expect(await verdictFor(APP, bound)).toBe('ERR_TOKEN_AUDIENCE')
    expect(await verdictFor(APP, USER)).toBe('accepted')
  })
})

describe('the default profile', () => {
  test('refuses tokens of Cognito by their type', async () => {
    for (const token of [USER, CLIENT]) {
      expect(await verdictOn(protectFor(APP, 'rfc9068'), await mintDocumented(servers(), token))).toBe(
        'ERR_TOKEN_TYPE',
      )
    }
  })
})

/** An ID token of the same user pool. */
const ID_TOKEN: DocumentedToken = {
  claims: {
    sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    'cognito:groups': ['admin'],
    email_verified: true,
    'cognito:username': 'jane',
    origin_jti: 'aaaaaaaa-bbbb-cccc-dddd-ffffffffffff',
    aud: APP,
    event_id: 'bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee',
    token_use: 'id',
    auth_time: 1_700_000_000,
    jti: 'eeeeeeee-bbbb-cccc-dddd-eeeeeeeeeeee',
    email: 'jane@example.com',
  },
}

ruleForEach(
  ['oidc-conf-a', 'oidc-conf-b'],
  {
    'of managed login': [{ nonce: 'abcdefg', at_hash: 'dPnCQjz6BVOnUmzlWmzk8Q' }, 'ERR_TOKEN_TYPE'],
    'of the user-pool API': [{}, 'ERR_TOKEN_TYPE'],
    'with client_id': [{ client_id: APP }, 'ERR_TOKEN_TYPE'],
  } as const,
  'refuses an ID token of Cognito, although its audience is the app client: %s',
  async ([claims, code]) => {
    expect(await verdictFor(APP, changed(claims, ID_TOKEN))).toBe(code)
    expect(await verdictFor(APP, USER)).toBe('accepted')
  },
)

rule('oidc-conf-d', 'refuses a refresh token of Cognito, which is encrypted', async () => {
  const parts = ['{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}', 'key', 'iv', 'ciphertext', 'tag']
  const refreshToken = parts.map((part) => Buffer.from(part).toString('base64url')).join('.')
  expect(await verdictOn(protectFor(APP), refreshToken)).toBe('ERR_TOKEN_ENCRYPTED')
})

ruleForEach(
  'oidc-conf-d',
  { another: 'refresh', 'in another case': 'Access', 'in a list': ['access'], absent: undefined },
  'refuses a token of Cognito whose use is %s',
  async (use) => {
    expect(await verdictFor(APP, changed({ token_use: use }))).toBe('ERR_TOKEN_TYPE')
    expect(await verdictFor(APP, USER)).toBe('accepted')
  },
)
