import { expect } from '@jest/globals'
import type { AccessTokenProfile } from '@bearward/core'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { AUDIENCE, useServers } from '../../support/servers.js'
import { verdictsOn } from '../../support/verdicts.js'

const servers = useServers()

/** A profile of a server that does not type its access tokens. */
const UNTYPED: AccessTokenProfile = { typ: ['at+jwt', 'JWT', null], clientIdClaim: ['client_id', 'azp'] }

/** The claims of an ID token for the client `client` (OpenID Connect Core 1.0, section 2). */
const ID_TOKEN = {
  aud: 'client',
  sub: '24400320',
  client_id: undefined,
  jti: undefined,
  scope: undefined,
  nonce: 'n-0S6_WzA2Mj',
  auth_time: 1_700_000_000,
  acr: 'urn:mace:incommon:iap:silver',
}

/** The verdicts of a resource server of untyped access tokens. */
function verdictsOfUntyped(claims: Record<string, unknown>, typ: unknown): ReturnType<typeof verdictsOn> {
  const resourceServer = servers().protect({ profile: UNTYPED })
  return verdictsOn({ ...servers(), resourceServer }, claims, { header: { typ } })
}

rule('oidc-conf-a', 'refuses an ID token of its own issuer, as issued', async () => {
  const header = { typ: 'JWT' }
  expect(await verdictsOn(servers(), ID_TOKEN, { header })).toEqual(['ERR_TOKEN_TYPE', 'accepted'])
  const untyped = { header: { typ: undefined } }
  expect(await verdictsOn(servers(), ID_TOKEN, untyped)).toEqual(['ERR_TOKEN_TYPE', 'accepted'])
})

rule('oidc-conf-a', 'refuses an ID token by its audience, were it typed as an access token', async () => {
  const claims = { ...ID_TOKEN, client_id: 'client', jti: 'x' }
  expect(await verdictsOn(servers(), claims)).toEqual(['ERR_TOKEN_AUDIENCE', 'accepted'])
})

ruleForEach(
  'oidc-conf-b',
  {
    nonce: { nonce: 'n-0S6_WzA2Mj' },
    'an empty nonce': { nonce: '' },
    'null for nonce': { nonce: null },
    at_hash: { at_hash: '77QmUPtjPfzWtF2AnpK9RQ' },
    c_hash: { c_hash: 'LDktKdoQak3Pk0cnXxCltA' },
    s_hash: { s_hash: '76sa5dd' },
    events: { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
    token_introspection: { token_introspection: { active: true } },
  },
  'refuses an untyped token with %s, though its audience is ours',
  async (claims) => {
    for (const typ of [undefined, 'JWT']) {
      expect(await verdictsOfUntyped(claims, typ)).toEqual(['ERR_TOKEN_TYPE', 'accepted'])
    }
  },
)

rule('oidc-conf-b', 'refuses an untyped token for a client, azp or not', async () => {
  const claims = { aud: 'client', client_id: undefined, azp: 'client' }
  expect(await verdictsOfUntyped(claims, undefined)).toEqual(['ERR_TOKEN_AUDIENCE', 'accepted'])
  expect(await verdictsOfUntyped({ ...claims, aud: AUDIENCE }, undefined)).toEqual(['accepted', 'accepted'])
})

rule('oidc-conf-b', 'refuses an untyped token that names no client, as ID tokens do not', async () => {
  const verdicts = await verdictsOfUntyped({ client_id: undefined }, undefined)
  expect(verdicts).toEqual(['ERR_TOKEN_CLAIM_MISSING', 'accepted'])
})

const OTHER_TYPES = Object.fromEntries(
  [
    'dpop+jwt',
    'secevent+jwt',
    'logout+jwt',
    'token-introspection+jwt',
    'statuslist+jwt',
    'client-authentication+jwt',
    'oauth-authz-req+jwt',
    'oauth-id-jag+jwt',
    'dc+sd-jwt',
    'id_token+jwt',
    'txntoken+jwt',
    'entity-statement+jwt',
  ].map((type) => [type, type]),
)

ruleForEach('oidc-conf-c', OTHER_TYPES, 'refuses the type %s, whatever the claims', async (type) => {
  for (const typ of [type, `application/${type}`, type.toUpperCase()]) {
    const verdicts = await verdictsOn(servers(), {}, { header: { typ } })
    expect(verdicts).toEqual(['ERR_TOKEN_TYPE', 'accepted'])
    expect(await verdictsOfUntyped({}, typ)).toEqual(['ERR_TOKEN_TYPE', 'accepted'])
  }
})

ruleForEach(
  'oidc-conf-d',
  {
    'a refresh token': { typ: 'Refresh', aud: AUDIENCE },
    'an offline token': { typ: 'Offline', aud: AUDIENCE },
    'an ID token': { typ: 'ID', aud: AUDIENCE },
    'a token that does not say what it is': { aud: AUDIENCE },
    'a token that says it in another case': { typ: 'bearer', aud: AUDIENCE },
    'a token that says it in a list': { typ: ['Bearer'], aud: AUDIENCE },
  },
  'refuses %s where access tokens are marked by a claim',
  async (claims) => {
    const { authorizationServer, protect } = servers()
    const resourceServer = protect({ profile: { ...UNTYPED, requiredClaims: { typ: 'Bearer' } } })
    const refused = await authorizationServer.mint(claims)
    const accepted = await authorizationServer.mint({ ...claims, typ: 'Bearer' })
    expect(await verdictOn(resourceServer, refused)).toBe('ERR_TOKEN_TYPE')
    expect(await verdictOn(resourceServer, accepted)).toBe('accepted')
  },
)
