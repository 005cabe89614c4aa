import { expect } from '@jest/globals'
import type { MintOptions } from '@bearward/testing'
import { optionAtFault } from '../../support/configuration.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { AUDIENCE, useServers } from '../../support/servers.js'
import { verdictsOn } from '../../support/verdicts.js'

const servers = useServers()

/** A profile of a server whose header does not tell what a token is. */
const RELAXED = { typ: ['at+jwt', 'JWT', null] } as const

rule('8725-3.9-a', 'refuses a token without audience, or with that of another party', async () => {
  expect(await verdictsOn(servers(), { aud: undefined })).toEqual(['ERR_TOKEN_CLAIM_MISSING', 'accepted'])
  const aud = 'https://other.example.com'
  expect(await verdictsOn(servers(), { aud })).toEqual(['ERR_TOKEN_AUDIENCE', 'accepted'])
})

rule('8725-3.9-a', 'cannot be made without an audience, except by the explicit word of the developer', () => {
  const issuer = 'https://as.example.com'
  expect(optionAtFault({ issuer })).toBe('audience')
  expect(optionAtFault({ issuer, dangerouslyAcceptAnyAudience: false })).toBe('audience')
  expect(optionAtFault({ issuer, dangerouslyAcceptAnyAudience: true, audience: AUDIENCE })).toBe('audience')
  expect(optionAtFault({ issuer, audience: AUDIENCE })).toBeUndefined()
  expect(optionAtFault({ issuer, dangerouslyAcceptAnyAudience: true })).toBeUndefined()
})

const withType = (typ: unknown): MintOptions => ({ header: { typ } })

ruleForEach(
  '8725-3.11-a',
  {
    'the type JWT': 'JWT',
    'no type': undefined,
    'the type of another kind of JWT': 'secevent+jwt',
    'an empty type': '',
    'a type that begins like the right one': 'at+jwt2',
    'a type that ends like the right one': 'x-at+jwt',
    'the right type in another tree': 'text/at+jwt',
    'the right type with a parameter': 'at+jwt; charset=utf-8',
    'the right type in an array': ['at+jwt'],
    'a number as type': 1,
    'null as type': null,
  },
  'refuses a token with %s, for RFC 9068 types its tokens explicitly',
  async (typ) => {
    expect(await verdictsOn(servers(), {}, withType(typ))).toEqual(['ERR_TOKEN_TYPE', 'accepted'])
  },
)

rule('8725-3.11-a', 'accepts in a relaxed profile what that profile names, and no other type', async () => {
  const { authorizationServer, protect } = servers()
  const resourceServer = protect({ profile: RELAXED })
  for (const typ of ['at+jwt', 'application/at+jwt', 'JWT', 'jwt', 'application/jwt', undefined]) {
    const token = await authorizationServer.mint({}, withType(typ))
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  }
  for (const typ of ['id_token+jwt', 'secevent+jwt', 'dpop+jwt', 'JOSE', '', null, 1]) {
    const token = await authorizationServer.mint({}, withType(typ))
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_TYPE')
  }
})

/** Other JWTs of the same issuer, made so that nothing but their kind is wrong: even the audience is ours. */
const OTHER_KINDS: Readonly<
  Record<string, readonly [claims: Record<string, unknown>, typ: string | undefined]>
> = {
  'an ID token': [{ nonce: 'n-0S6_WzA2Mj', client_id: undefined }, 'JWT'],
  'an ID token of the hybrid flow': [
    { at_hash: '77QmUPtjPfzWtF2AnpK9RQ', c_hash: 'LDktKdoQak3Pk0cnXxCltA' },
    'JWT',
  ],
  'an ID token of FAPI 1.0': [{ s_hash: '76sa5dd' }, 'JWT'],
  'a logout token': [{ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }, 'logout+jwt'],
  'an untyped logout token': [
    { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
    undefined,
  ],
  'a security event': [{ events: { 'urn:example:event': {} }, exp: undefined }, 'secevent+jwt'],
  'an introspection response': [{ token_introspection: { active: true } }, 'token-introspection+jwt'],
  'an untyped introspection response': [{ token_introspection: { active: true } }, undefined],
  'a DPoP proof': [{ htm: 'GET', htu: 'https://api.example.com/stats' }, 'dpop+jwt'],
  'a client assertion': [{ scope: undefined }, 'client-authentication+jwt'],
  'an ID-JAG': [{ resource: 'https://api.example.com' }, 'oauth-id-jag+jwt'],
}

ruleForEach('8725-3.12-a', OTHER_KINDS, 'refuses %s of the same issuer', async ([claims, typ]) => {
  expect(await verdictsOn(servers(), claims, withType(typ))).toEqual(['ERR_TOKEN_TYPE', 'accepted'])
})

ruleForEach(
  '8725-3.12-a',
  OTHER_KINDS,
  'refuses %s of the same issuer in a relaxed profile',
  async ([claims, typ]) => {
    const resourceServer = servers().protect({ profile: RELAXED })
    const verdicts = await verdictsOn({ ...servers(), resourceServer }, claims, withType(typ))
    expect(verdicts).toEqual(['ERR_TOKEN_TYPE', 'accepted'])
  },
)

ruleForEach(
  '8725bis-3.14-a',
  {
    'a brace': ['{', 'ERR_CREDENTIALS_MALFORMED'],
    'a quote': ['"', 'ERR_CREDENTIALS_MALFORMED'],
    'a space': [' ', 'ERR_CREDENTIALS_MALFORMED'],
    'a letter that is not ASCII': ['\u017F', 'ERR_CREDENTIALS_MALFORMED'],
    'a tilde': ['~', 'ERR_TOKEN_MALFORMED'],
    padding: ['=', 'ERR_TOKEN_MALFORMED'],
    'a plus': ['+', 'ERR_TOKEN_MALFORMED'],
    'a slash': ['/', 'ERR_TOKEN_MALFORMED'],
  } as const,
  'refuses a token with %s before it fetches anything',
  async ([character, code]) => {
    const { authorizationServer, resourceServer } = servers()
    const token = await authorizationServer.mint()
    expect(await verdictOn(resourceServer, `${token}${character}`)).toBe(code)
    expect(authorizationServer.requests).toEqual({
      metadata: 0,
      jwks: 0,
      token: 0,
      introspection: 0,
      revocation: 0,
      other: 0,
    })
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  },
)
