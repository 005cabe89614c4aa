// Microsoft documents the tokens of Entra ID in "Access token claims reference"
// (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference), "ID token claims reference"
// (https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference) and, with an example of each version,
// in "Access tokens" (https://learn.microsoft.com/entra/identity-platform/access-tokens).
import { describe, expect, test } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { createScriptedFetch } from '../support/scripted-fetch.js'
import { AUDIENCE, useServers } from '../support/servers.js'
import { mintDocumented, readUnder, verdictUnder, type DocumentedToken } from '../support/vendor-tokens.js'

const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47'
const APP = '6e74172b-be56-4843-9ff4-e66a39bb12e3'
const servers = useServers({ algorithms: ['RS256'], path: `/${TENANT}/v2.0`, metadata: 'openid' })

const V1_HEADER = { typ: 'JWT', x5t: 'i6lGk3FZzxRcUb2C3nEQ7syHJlY' }
const V2_HEADER = { typ: 'JWT' }
/** What tokens of both versions have. `jti` is not among it: Entra ID calls it `uti`. */
const COMMON = {
  nbf: 1_700_000_000,
  aio: 'AXQAi/8IAAAAtAaZLo3ChMif6KOnttRB7eBq4/DccQzjcJGxPY',
  oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
  rh: '0.ARoAv4j5cvGGr0GRqy180BHbR',
  sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
  tid: TENANT,
  uti: 'fqiBqXLPj0eQa82S-IYFAA',
}

const TOKENS = {
  'v2.0, of a user': {
    header: V2_HEADER,
    claims: {
      ...COMMON,
      aud: AUDIENCE,
      azp: APP,
      azpacr: '0',
      preferred_username: 'abeli@example.com',
      scp: 'Stats.Read Stats.Write',
      roles: ['Auditor'],
      ver: '2.0',
    },
  },
  'v1.0, of a user': {
    header: V1_HEADER,
    claims: {
      ...COMMON,
      aud: AUDIENCE,
      acr: '1',
      amr: ['wia'],
      appid: APP,
      appidacr: '0',
      scp: 'Stats.Read Stats.Write',
      unique_name: 'abeli@example.com',
      ver: '1.0',
    },
  },
  'v2.0, of an application': {
    header: V2_HEADER,
    claims: {
      ...COMMON,
      aud: AUDIENCE,
      azp: APP,
      azpacr: '1',
      roles: ['Stats.Read', 'Stats.Write'],
      ver: '2.0',
    },
  },
  'v1.0, of an application': {
    header: V1_HEADER,
    claims: {
      ...COMMON,
      aud: AUDIENCE,
      appid: APP,
      appidacr: '1',
      roles: ['Stats.Read', 'Stats.Write'],
      ver: '1.0',
    },
  },
} as const satisfies Readonly<Record<string, DocumentedToken>>

describe.each(Object.entries<DocumentedToken>(TOKENS))('an access token %s', (_name, token) => {
  test('is accepted under the profile entra-id', async () => {
    expect(await readUnder(servers(), 'entra-id', token)).toEqual({
      subject: COMMON.sub,
      clientId: APP,
      scopes: ['Stats.Read', 'Stats.Write'],
    })
  })

  test('is refused under the default profile', async () => {
    expect(await verdictUnder(servers(), 'rfc9068', token)).toBe('ERR_TOKEN_TYPE')
  })

  test('is refused under the profile entra-id where it is for another API', async () => {
    for (const aud of ['00000003-0000-0000-c000-000000000000', `${AUDIENCE}/.default`, APP]) {
      const other = { ...token, claims: { ...token.claims, aud } }
      expect(await verdictUnder(servers(), 'entra-id', other)).toBe('ERR_TOKEN_AUDIENCE')
    }
  })
})

describe('the scopes of Entra ID', () => {
  const withScopes = (claims: Record<string, unknown>): DocumentedToken => ({
    header: V2_HEADER,
    claims: { ...COMMON, aud: AUDIENCE, azp: APP, ...claims },
  })

  test('are in scp for users, whose roles are no scopes', async () => {
    const token = withScopes({ scp: 'Stats.Read', roles: ['Stats.Write'] })
    expect(await readUnder(servers(), 'entra-id', token)).toMatchObject({ scopes: ['Stats.Read'] })
  })

  test('are none for an application without roles', async () => {
    expect(await readUnder(servers(), 'entra-id', withScopes({}))).toMatchObject({ scopes: [] })
  })
})

/** An ID token of the same issuer. */
const ID_TOKEN = {
  ...COMMON,
  aud: APP,
  name: 'Abe Lincoln',
  preferred_username: 'abeli@example.com',
  sid: '00f1c1a5-1111-4444-8888-0123456789ab',
  ver: '2.0',
}

ruleForEach(
  ['oidc-conf-a', 'oidc-conf-b'],
  {
    'as issued': [{ nonce: '12345' }, 'ERR_TOKEN_TYPE'],
    'of the hybrid flow': [{ c_hash: 'LDktKdoQak3Pk0cnXxCltA' }, 'ERR_TOKEN_TYPE'],
    'without a nonce': [{}, 'ERR_TOKEN_CLAIM_MISSING'],
    'where API and application share one registration': [
      { aud: AUDIENCE, roles: ['Auditor'] },
      'ERR_TOKEN_CLAIM_MISSING',
    ],
  } as const,
  'refuses an ID token of Entra ID: %s',
  async ([claims, code]) => {
    const token = { header: V2_HEADER, claims: { ...ID_TOKEN, ...claims } }
    expect(await verdictUnder(servers(), 'entra-id', token)).toBe(code)
    expect(await verdictUnder(servers(), 'entra-id', TOKENS['v2.0, of a user'])).toBe('accepted')
  },
)

rule('oidc-conf-d', 'refuses a refresh token of Entra ID, which is opaque', async () => {
  const resourceServer = servers().protect({ profile: 'entra-id' })
  const opaque = '1.ARoAv4j5cvGGr0GRqy180BHbRysXdG5WvkNIn_TmajGwEuMaAAAA.AgABAwEAAADW6jl31mB3T7ugrWTT8pFe'
  expect(await verdictOn(resourceServer, opaque)).toBe('ERR_TOKEN_MALFORMED')
})

rule('ISS-07', 'refuses a token of another tenant, which has signed with the same keys', async () => {
  const issuer = servers().authorizationServer.issuer.replace(TENANT, '82229342-1101-4ab6-817b-70c0747630f3')
  const { header, claims } = TOKENS['v2.0, of a user']
  const token = { header, claims: { ...claims, iss: issuer } }
  expect(await verdictUnder(servers(), 'entra-id', token)).toBe('ERR_TOKEN_ISSUER')
})

rule(
  '8414-5-c',
  'needs the address of the keys for v1.0, whose issuer is not where its metadata are',
  async () => {
    const issuer = `https://sts.windows.net/${TENANT}/`
    const jwksUri = `https://login.microsoftonline.com/${TENANT}/discovery/keys`
    const { fetch, urls } = createScriptedFetch({ [jwksUri]: servers().authorizationServer.keySet() })
    const resourceServer = createResourceServer({
      issuer,
      audience: AUDIENCE,
      profile: 'entra-id',
      jwksUri,
      fetch,
    })
    const { header, claims } = TOKENS['v1.0, of a user']
    const token = await mintDocumented(servers(), { header, claims: { ...claims, iss: issuer } })
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
    expect(urls).toEqual([jwksUri])
  },
)

rule('8414-5-c', 'does not take the metadata of all tenants for those of one', async () => {
  const issuer = `https://login.microsoftonline.com/${TENANT}/v2.0`
  const jwksUri = 'https://login.microsoftonline.com/common/discovery/v2.0/keys'
  const script = (named: string) =>
    createScriptedFetch({
      [`${issuer}/.well-known/openid-configuration`]: { issuer: named, jwks_uri: jwksUri },
      [jwksUri]: servers().authorizationServer.keySet(),
    }).fetch
  const { header, claims } = TOKENS['v2.0, of a user']
  const token = await mintDocumented(servers(), { header, claims: { ...claims, iss: issuer } })
  const verdict = (named: string) =>
    verdictOn(
      createResourceServer({ issuer, audience: AUDIENCE, profile: 'entra-id', fetch: script(named) }),
      token,
    )
  expect(await verdict('https://login.microsoftonline.com/{tenantid}/v2.0')).toBe('ERR_METADATA_INVALID')
  expect(await verdict(issuer)).toBe('accepted')
})
