// Okta documents the tokens of its custom authorization servers in "OpenID Connect & OAuth 2.0 API", "Access Token" and
// "ID Token" (https://developer.okta.com/docs/reference/api/oidc/), and that they have no typ in the support article
// https://support.okta.com/help/s/article/the-typ-field-is-missing-from-the-access-token-header.
import { describe, expect, test } from '@jest/globals'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'
import { verdictOn } from '../support/request.js'
import { readUnder, verdictUnder, type DocumentedToken } from '../support/vendor-tokens.js'

const servers = useServers({ algorithms: ['RS256'], path: '/oauth2/default', metadata: 'openid' })

const USER: DocumentedToken = {
  claims: {
    ver: 1,
    jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
    aud: AUDIENCE,
    sub: 'john.doe@example.com',
    cid: 'nmdP1fcyvdVO11AL7ECm',
    uid: '00ujmkLgagxeRrAg20g3',
    scp: ['openid', 'email', 'stats.read'],
    auth_time: 1_700_000_000,
    custom_claim: 'CustomValue',
  },
}

/** Of the client-credentials grant: no user is bound to it, and the subject is the client. */
const CLIENT: DocumentedToken = {
  claims: {
    ver: 1,
    jti: 'AT.h5Sr3LXcpQiQlAUVPdhrdLFoIvkhRTAVs_h39bQnxlU',
    aud: AUDIENCE,
    sub: '0oar95zt9zIpYuz6A0h7',
    cid: '0oar95zt9zIpYuz6A0h7',
    scp: ['stats.read'],
  },
}

describe('the profile okta', () => {
  test('accepts an access token of a user', async () => {
    expect(await readUnder(servers(), 'okta', USER)).toEqual({
      subject: 'john.doe@example.com',
      clientId: 'nmdP1fcyvdVO11AL7ECm',
      scopes: ['openid', 'email', 'stats.read'],
    })
  })

  test('accepts an access token of a client', async () => {
    expect(await readUnder(servers(), 'okta', CLIENT)).toEqual({
      subject: '0oar95zt9zIpYuz6A0h7',
      clientId: '0oar95zt9zIpYuz6A0h7',
      scopes: ['stats.read'],
    })
  })

  test('refuses a token of the org authorization server, which is for Okta alone', async () => {
    const header = { typ: 'application/okta-internal-at+jwt' }
    expect(await verdictUnder(servers(), 'okta', { ...USER, header })).toBe('ERR_TOKEN_TYPE')
    const aud = servers().authorizationServer.issuer
    const own = { claims: { ...USER.claims, aud } }
    expect(await verdictUnder(servers(), 'okta', own)).toBe('ERR_TOKEN_AUDIENCE')
  })

  test('refuses a token for another API', async () => {
    for (const aud of ['api://default', 'https://other.example.com', 'nmdP1fcyvdVO11AL7ECm']) {
      const token = { claims: { ...USER.claims, aud } }
      expect(await verdictUnder(servers(), 'okta', token)).toBe('ERR_TOKEN_AUDIENCE')
    }
  })
})

describe('the default profile', () => {
  test('refuses tokens of Okta by their type', async () => {
    for (const token of [USER, CLIENT])
      expect(await verdictUnder(servers(), 'rfc9068', token)).toBe('ERR_TOKEN_TYPE')
  })
})

/** An ID token, of which the header has no typ either. */
const ID_TOKEN = {
  ver: 1,
  sub: '00uid4BxXw6I6TV4m0g3',
  aud: 'uAaunofWkaDJxukCFeBx',
  amr: ['pwd'],
  idp: '00ok1u7AsAkrwdZL3z0g3',
  jti: 'ID.4eAWJOCMB3SX8XewDfVR',
  auth_time: 1_449_624_026,
  name: 'John Doe',
  preferred_username: 'john.doe@example.com',
}

ruleForEach(
  ['oidc-conf-a', 'oidc-conf-b'],
  {
    'issued with an access token': [{ at_hash: 'cpqKfdQA5eH891Ff5oJr_Q' }, 'ERR_TOKEN_TYPE'],
    'of the implicit flow': [{ nonce: 'n-0S6_WzA2Mj' }, 'ERR_TOKEN_TYPE'],
    'with neither hash nor nonce': [{}, 'ERR_TOKEN_CLAIM_MISSING'],
    'with the audience of the API': [{ aud: AUDIENCE }, 'ERR_TOKEN_CLAIM_MISSING'],
  } as const,
  'refuses an ID token of Okta: %s',
  async ([claims, code]) => {
    expect(await verdictUnder(servers(), 'okta', { claims: { ...ID_TOKEN, ...claims } })).toBe(code)
    expect(await verdictUnder(servers(), 'okta', USER)).toBe('accepted')
  },
)

rule('oidc-conf-d', 'refuses a refresh token of Okta, which is opaque', async () => {
  const resourceServer = servers().protect({ profile: 'okta' })
  expect(await verdictOn(resourceServer, 'a9VpZDRCeFh3Nkk2VdYa-TKqKZq8CpNd0tYlmAfhxyM')).toBe(
    'ERR_TOKEN_MALFORMED',
  )
})

rule('DPOP-01', 'refuses a token of Okta that is bound to a key', async () => {
  const cnf = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }
  const token = { claims: { ...USER.claims, cnf } }
  expect(await verdictUnder(servers(), 'okta', token)).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
})
