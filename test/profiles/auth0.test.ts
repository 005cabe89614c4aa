// Auth0 documents its tokens in "Access Token Profiles"
// (https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles), "ID Token Structure"
// (https://auth0.com/docs/secure/tokens/id-tokens/id-token-structure) and "OIDC Back-Channel Logout"
// (https://auth0.com/docs/authenticate/login/logout/back-channel-logout).
import { describe, expect, test } from '@jest/globals'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'
import { verdictOn } from '../support/request.js'
import { readUnder, verdictUnder, type DocumentedToken } from '../support/vendor-tokens.js'

const servers = useServers({ algorithms: ['RS256'], path: '/', metadata: 'openid' })
const CLIENT_ID = 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja'

/** The default dialect: the user's token, with `/userinfo` as a second audience. */
const USER: DocumentedToken = {
  header: { typ: 'JWT' },
  claims: {
    sub: 'auth0|6553da60a54af58e29493993',
    aud: [AUDIENCE, 'https://tenant.eu.auth0.com/userinfo'],
    azp: CLIENT_ID,
    scope: 'openid profile stats:read',
  },
}

/** The default dialect: a token of a machine, with permissions added. */
const CLIENT: DocumentedToken = {
  header: { typ: 'JWT' },
  claims: {
    sub: `${CLIENT_ID}@clients`,
    aud: AUDIENCE,
    azp: CLIENT_ID,
    gty: 'client-credentials',
    scope: 'stats:read stats:write',
    permissions: ['stats:read', 'stats:write'],
  },
}

/** The same tokens in the dialect of RFC 9068. */
function toRfc9068({ claims: { azp, gty: _gty, ...claims } }: DocumentedToken): DocumentedToken {
  return { header: { typ: 'at+jwt' }, claims: { ...claims, client_id: azp, jti: '73WakrfVbNJBaAmhQtEeDv' } }
}

const DIALECTS = {
  'the default dialect': (token: DocumentedToken) => token,
  'the dialect of RFC 9068': toRfc9068,
}

describe.each(Object.entries(DIALECTS))('the profile auth0, in %s', (_name, toDialect) => {
  test('accepts an access token of a user', async () => {
    expect(await readUnder(servers(), 'auth0', toDialect(USER))).toEqual({
      subject: 'auth0|6553da60a54af58e29493993',
      clientId: CLIENT_ID,
      scopes: ['openid', 'profile', 'stats:read'],
    })
  })

  test('accepts an access token of a machine', async () => {
    expect(await readUnder(servers(), 'auth0', toDialect(CLIENT))).toEqual({
      subject: `${CLIENT_ID}@clients`,
      clientId: CLIENT_ID,
      scopes: ['stats:read', 'stats:write'],
    })
  })

  test('refuses a token for another API', async () => {
    for (const aud of ['https://other.example.com', 'https://tenant.eu.auth0.com/userinfo', CLIENT_ID]) {
      const { header, claims } = toDialect(USER)
      const token = { ...(header && { header }), claims: { ...claims, aud } }
      expect(await verdictUnder(servers(), 'auth0', token)).toBe('ERR_TOKEN_AUDIENCE')
    }
  })
})

describe('the default profile', () => {
  test('refuses tokens of the default dialect by their type', async () => {
    for (const token of [USER, CLIENT])
      expect(await verdictUnder(servers(), 'rfc9068', token)).toBe('ERR_TOKEN_TYPE')
  })

  test('accepts tokens of the dialect of RFC 9068', async () => {
    for (const token of [USER, CLIENT].map(toRfc9068)) {
      expect(await verdictUnder(servers(), 'rfc9068', token)).toBe('accepted')
    }
  })
})

describe('an issuer with a slash at the end, as those of Auth0', () => {
  test('is another one without it', async () => {
    const iss = servers().authorizationServer.issuer.replace(/\/$/, '')
    const token = { ...USER, claims: { ...USER.claims, iss } }
    expect(await verdictUnder(servers(), 'auth0', token)).toBe('ERR_TOKEN_ISSUER')
    expect(await verdictUnder(servers(), 'auth0', USER)).toBe('accepted')
  })
})

/** An ID token for the client, as in "ID Token Structure". */
const ID_TOKEN: DocumentedToken = {
  header: { typ: 'JWT' },
  claims: {
    sub: 'auth0|6553da60a54af58e29493993',
    aud: CLIENT_ID,
    name: 'Jane Doe',
    given_name: 'Jane',
    family_name: 'Doe',
    email: 'jane@example.com',
    sid: 'l4jN9ZGYkhFfYWbBJzTGRLtkpQ8Vb8wY',
  },
}

ruleForEach(
  ['oidc-conf-a', 'oidc-conf-b'],
  {
    'as issued': [{ nonce: 'n-0S6_WzA2Mj' }, 'ERR_TOKEN_TYPE'],
    'without a nonce': [{}, 'ERR_TOKEN_CLAIM_MISSING'],
    'with the audience of the API': [{ aud: AUDIENCE }, 'ERR_TOKEN_CLAIM_MISSING'],
    'with azp': [{ azp: CLIENT_ID }, 'ERR_TOKEN_AUDIENCE'],
  } as const,
  'refuses an ID token of Auth0: %s',
  async ([claims, code]) => {
    const token = { ...ID_TOKEN, claims: { ...ID_TOKEN.claims, ...claims } }
    expect(await verdictUnder(servers(), 'auth0', token)).toBe(code)
    expect(await verdictUnder(servers(), 'auth0', USER)).toBe('accepted')
  },
)

rule(['oidc-conf-c', '8725-3.12-a'], 'refuses a logout token of Auth0', async () => {
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
  const claims = { sub: 'auth0|1', aud: CLIENT_ID, jti: 'x', sid: 'y', events }
  for (const typ of ['logout+jwt', 'JWT']) {
    expect(await verdictUnder(servers(), 'auth0', { header: { typ }, claims })).toBe('ERR_TOKEN_TYPE')
  }
})

rule(
  'oidc-conf-d',
  'refuses a refresh token of Auth0, and an access token for /userinfo: both are opaque',
  async () => {
    const resourceServer = servers().protect({ profile: 'auth0' })
    for (const opaque of ['v1.MRjnhHkHvHrXs8gGzYQ_7rC0b2xZg', 'F4Hy0Rjz2mVx_eFQ9yKpJxT3bVhW1aZk']) {
      expect(await verdictOn(resourceServer, opaque)).toBe('ERR_TOKEN_MALFORMED')
    }
  },
)
