// Keycloak documents its tokens in the Server Administration Guide, "Audience support" and "DPoP"
// (https://www.keycloak.org/docs/latest/server_admin/), in the Upgrading Guide, 25.0.0 (sub, nonce, nbf;
// https://www.keycloak.org/docs/latest/upgrading/) and, for the header type, in keycloak/keycloak#36696 and #37573.
import { describe, expect, test } from '@jest/globals'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'
import { readUnder, verdictUnder, type DocumentedToken } from '../support/vendor-tokens.js'

const servers = useServers({ algorithms: ['RS256'], path: '/realms/demo', metadata: 'openid' })
const header = { typ: 'JWT' }

/** An access token of the authorization-code flow. */
const USER: DocumentedToken = {
  header,
  claims: {
    auth_time: 1_700_000_000,
    jti: 'onrtac:0fb5f9bf-4d8f-4b9b-9f2f-8d2b3f3c9f5e',
    aud: [AUDIENCE, 'account'],
    sub: '36fa0f91-f94d-4a0c-afed-6b7d952e47da',
    typ: 'Bearer',
    azp: 'web-app',
    sid: '2a88c258-f73a-4103-b862-e1fbd8f4e04e',
    acr: '1',
    'allowed-origins': ['https://app.example.com'],
    realm_access: { roles: ['offline_access', 'default-roles-demo', 'uma_authorization'] },
    resource_access: { account: { roles: ['manage-account', 'view-profile'] } },
    scope: 'openid profile email stats:read',
    email_verified: true,
    preferred_username: 'alice',
  },
}

/** An access token of the client-credentials grant: its subject is the user of the service account. */
const CLIENT: DocumentedToken = {
  header,
  claims: {
    jti: 'trrtcc:312ee6b5-5a3b-4d2a-8f37-5c6c2b9d1c11',
    aud: AUDIENCE,
    sub: '8fdb7ae5-6ee2-4fd7-a5f4-8e1ee0b77df8',
    typ: 'Bearer',
    azp: 'batch',
    acr: '1',
    scope: 'stats:read stats:write',
    clientHost: '172.17.0.1',
    clientAddress: '172.17.0.1',
    client_id: 'batch',
    preferred_username: 'service-account-batch',
  },
}

const changed = (token: DocumentedToken, claims: object, more: object = header): DocumentedToken => ({
  header: { ...more },
  claims: { ...token.claims, ...claims },
})

describe('the profile keycloak', () => {
  test('accepts an access token of a user', async () => {
    expect(await readUnder(servers(), 'keycloak', USER)).toEqual({
      subject: '36fa0f91-f94d-4a0c-afed-6b7d952e47da',
      clientId: 'web-app',
      scopes: ['openid', 'profile', 'email', 'stats:read'],
    })
  })

  test('accepts an access token of a service account', async () => {
    expect(await readUnder(servers(), 'keycloak', CLIENT)).toEqual({
      subject: '8fdb7ae5-6ee2-4fd7-a5f4-8e1ee0b77df8',
      clientId: 'batch',
      scopes: ['stats:read', 'stats:write'],
    })
  })

  test('accepts the header type at+jwt, which clients can be set to', async () => {
    for (const token of [USER, CLIENT]) {
      expect(await verdictUnder(servers(), 'keycloak', { ...token, header: { typ: 'at+jwt' } })).toBe(
        'accepted',
      )
    }
  })

  test('accepts nbf 0, as old versions send it', async () => {
    expect(await verdictUnder(servers(), 'keycloak', changed(USER, { nbf: 0 }))).toBe('accepted')
  })
})

describe('the default profile', () => {
  test('refuses tokens of Keycloak by their type', async () => {
    for (const token of [USER, CLIENT])
      expect(await verdictUnder(servers(), 'rfc9068', token)).toBe('ERR_TOKEN_TYPE')
  })

  test('accepts them with the type at+jwt as far as they name the client in client_id', async () => {
    const typed = { header: { typ: 'at+jwt' } }
    expect(await verdictUnder(servers(), 'rfc9068', { ...CLIENT, ...typed })).toBe('accepted')
    expect(await verdictUnder(servers(), 'rfc9068', { ...USER, ...typed })).toBe('ERR_TOKEN_CLAIM_MISSING')
  })
})

ruleForEach(
  ['oidc-conf-a', '8725-3.12-a'],
  {
    'as issued': [
      { nonce: 'n-0S6_WzA2Mj', at_hash: '77QmUPtjPfzWtF2AnpK9RQ', aud: 'web-app' },
      'ERR_TOKEN_TYPE',
    ],
    'without nonce and at_hash': [{ aud: 'web-app' }, 'ERR_TOKEN_TYPE'],
    'with the audience of the API': [{}, 'ERR_TOKEN_TYPE'],
  } as const,
  'refuses an ID token of Keycloak: %s',
  async ([claims, code]) => {
    expect(await verdictUnder(servers(), 'keycloak', changed(USER, { typ: 'ID', ...claims }))).toBe(code)
    expect(await verdictUnder(servers(), 'keycloak', USER)).toBe('accepted')
  },
)

ruleForEach(
  'oidc-conf-d',
  { 'a refresh token': 'Refresh', 'an offline token': 'Offline' },
  'refuses %s of Keycloak, whichever key had signed it',
  async (typ) => {
    const { issuer } = servers().authorizationServer
    const token = changed(USER, { typ, aud: issuer })
    const symmetric = { ...token, header: { typ: 'JWT', alg: 'HS512' } }
    expect(await verdictUnder(servers(), 'keycloak', symmetric)).toBe('ERR_TOKEN_ALGORITHM')
    expect(await verdictUnder(servers(), 'keycloak', token)).toBe('ERR_TOKEN_TYPE')
    expect(await verdictUnder(servers(), 'keycloak', changed(token, { aud: AUDIENCE }))).toBe(
      'ERR_TOKEN_TYPE',
    )
    expect(await verdictUnder(servers(), 'keycloak', USER)).toBe('accepted')
  },
)

rule(['oidc-conf-c', '8725-3.12-a'], 'refuses a logout token of Keycloak', async () => {
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
  const claims = { jti: 'x', aud: 'web-app', sub: 'alice', typ: 'Logout', sid: 'y', events }
  for (const typ of ['logout+jwt', 'JWT']) {
    expect(await verdictUnder(servers(), 'keycloak', { header: { typ }, claims })).toBe('ERR_TOKEN_TYPE')
  }
})

rule('9068-4-b', 'refuses a token of Keycloak for another API, or for none', async () => {
  const verdict = (aud: unknown) => verdictUnder(servers(), 'keycloak', changed(USER, { aud }))
  expect(await verdict('account')).toBe('ERR_TOKEN_AUDIENCE')
  expect(await verdict(['account', 'web-app'])).toBe('ERR_TOKEN_AUDIENCE')
  expect(await verdict(undefined)).toBe('ERR_TOKEN_CLAIM_MISSING')
  expect(await verdict(AUDIENCE)).toBe('accepted')
})

rule(
  'oidc-conf-b',
  'accepts the nonce that access tokens of Keycloak may repeat, since the claim typ tells the kinds apart',
  async () => {
    const nonce = 'n-0S6_WzA2Mj' // before version 25, and later with the mapper "Nonce backwards compatible"
    expect(await verdictUnder(servers(), 'keycloak', changed(USER, { nonce }))).toBe('accepted')
    expect(await verdictUnder(servers(), 'keycloak', changed(USER, { nonce, typ: 'ID' }))).toBe(
      'ERR_TOKEN_TYPE',
    )
  },
)

rule('DPOP-01', 'refuses a token of Keycloak that is bound to a key', async () => {
  const cnf = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }
  for (const typ of ['DPoP', 'Bearer']) {
    const bound = changed(USER, { typ, cnf })
    expect(await verdictUnder(servers(), 'keycloak', bound)).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
  }
})
