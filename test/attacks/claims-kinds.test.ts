import { expect } from '@jest/globals'
import { PROFILES, type AccessTokenProfile } from '@bearward/core'
import type { MintOptions } from '@bearward/testing'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()

/** Every profile under which a token that is none must be refused. */
const EVERY_PROFILE: Readonly<Record<string, AccessTokenProfile>> = {
  ...PROFILES,
  relaxed: { typ: ['at+jwt', 'JWT', null], optionalClaims: ['client_id', 'iat', 'jti', 'sub'] },
}

/** What no profile looks for: a good access token of any server, were it not for `change`. */
const ACCESS_TOKEN = { typ: 'Bearer', token_use: 'access', azp: 'client', appid: 'client', cid: 'client' }

/** The verdicts of every profile on a token with these claims, as pairs of name and verdict. */
async function verdictsOfProfiles(
  claims: Record<string, unknown>,
  toOptions: (typ: string | undefined) => MintOptions,
): Promise<Readonly<Record<string, string>>> {
  const { authorizationServer, protect } = servers()
  const verdicts = Object.entries(EVERY_PROFILE).map(async ([name, profile]) => {
    const typ = profile.typ?.[0] ?? (profile.typ === undefined ? 'at+jwt' : undefined)
    const token = await authorizationServer.mint({ ...ACCESS_TOKEN, ...claims }, toOptions(typ))
    return [name, await verdictOn(protect({ profile }), token)] as const
  })
  return Object.fromEntries(await Promise.all(verdicts))
}

const asAccessToken = (typ: string | undefined): MintOptions => ({ header: { typ } })
const typed = (typ: string) => (): MintOptions => ({ header: { typ } })

/** The same verdict for every profile. */
const everywhere = (verdict: string) =>
  Object.fromEntries(Object.keys(EVERY_PROFILE).map((name) => [name, verdict]))

rule(
  ['CLAIM-11', 'CLAIM-12'],
  'accepts under every profile the access token that the others differ from',
  async () => {
    expect(await verdictsOfProfiles({}, asAccessToken)).toEqual(everywhere('accepted'))
  },
)

rule(
  'CLAIM-11',
  'refuses an ID token under every profile, were everything else as in an access token',
  async () => {
    const { rfc9068, ...others } = await verdictsOfProfiles(
      { nonce: 'x', at_hash: 'y', aud: 'client' },
      asAccessToken,
    )
    expect(rfc9068).toBe('ERR_TOKEN_AUDIENCE') // typed at+jwt, against which no claim speaks
    expect(new Set(Object.values(others))).toEqual(new Set(['ERR_TOKEN_TYPE']))
  },
)

rule('CLAIM-11', 'refuses an ID token that was issued for the client that this API also is', async () => {
  // What Keycloak and Cognito say of the kind of a token is theirs to say: their access tokens may repeat a nonce.
  const idToken = { aud: AUDIENCE, nonce: 'n-0S6_WzA2Mj', typ: 'ID', token_use: 'id' }
  const { rfc9068, ...others } = await verdictsOfProfiles(idToken, typed('JWT'))
  expect(rfc9068).toBe('ERR_TOKEN_TYPE')
  expect(new Set(Object.values(others))).toEqual(new Set(['ERR_TOKEN_TYPE']))
})

ruleForEach(
  'CLAIM-12',
  Object.fromEntries(
    ['logout+jwt', 'secevent+jwt', 'dpop+jwt', 'client-authentication+jwt', 'oauth-id-jag+jwt'].map((typ) => [
      typ,
      typ,
    ]),
  ),
  'refuses a token of type %s under every profile',
  async (typ) => {
    expect(await verdictsOfProfiles({}, typed(typ))).toEqual(everywhere('ERR_TOKEN_TYPE'))
  },
)

ruleForEach(
  'CLAIM-12',
  {
    'an ID token of Cognito': ['cognito', { token_use: 'id' }],
    'a refresh token of Keycloak': ['keycloak', { typ: 'Refresh' }],
    'an offline token of Keycloak': ['keycloak', { typ: 'Offline' }],
    'an ID token of Keycloak': ['keycloak', { typ: 'ID' }],
    'a token of Keycloak that says nothing': ['keycloak', { typ: undefined }],
    'a token of Cognito that says nothing': ['cognito', { token_use: undefined }],
  } as const,
  'refuses %s by the claim that tells',
  async ([name, claims]) => {
    const verdicts = await verdictsOfProfiles(claims, asAccessToken)
    expect(verdicts[name]).toBe('ERR_TOKEN_TYPE')
  },
)

rule('CLAIM-13', 'refuses a JWT introspection response under every profile', async () => {
  const response = { token_introspection: { active: true, iss: 'x', scope: 'admin' } }
  expect(await verdictsOfProfiles(response, typed('token-introspection+jwt'))).toEqual(
    everywhere('ERR_TOKEN_TYPE'),
  )
  const { rfc9068, ...others } = await verdictsOfProfiles(response, asAccessToken)
  expect(rfc9068).toBe('accepted') // as an access token of its issuer, who typed it so
  expect(new Set(Object.values(others))).toEqual(new Set(['ERR_TOKEN_TYPE']))
})
