import { afterAll, beforeEach, expect } from '@jest/globals'
import { createResourceServer, type AuthorizationServerOptions, type IssuerOptions } from '@bearward/core'
import { startAuthorizationServer } from '@bearward/testing'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { createScriptedFetch } from '../support/scripted-fetch.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers({ algorithms: ['ES256', 'RS256'] })
const other = await startAuthorizationServer({ algorithms: ['ES256', 'RS256'] })
afterAll(() => other.close())
beforeEach(() => {
  other.publish(undefined)
  other.resetCounters()
})

const NO_REQUESTS = { metadata: 0, jwks: 0, token: 0, introspection: 0, revocation: 0, other: 0 }

/** A resource server of both issuers, with what is given for each. */
function protectBoth(
  ours: Partial<IssuerOptions> & { readonly audience?: string } = {},
  theirs: Partial<IssuerOptions> & { readonly audience?: string } = {},
) {
  const { issuer } = servers().authorizationServer
  const authorizationServers: readonly (AuthorizationServerOptions | IssuerOptions)[] = [
    { issuer, ...ours },
    { issuer: other.issuer, ...theirs },
  ]
  return createResourceServer({ audience: AUDIENCE, authorizationServers })
}

ruleForEach(
  ['ISS-01', 'ISS-05'],
  {
    'the metadata of a cloud machine': () => 'http://169.254.169.254/latest/meta-data',
    'a server of the attacker': () => other.issuer,
    'another port of this machine': () => 'http://127.0.0.1:1',
    'the loopback address of IPv6': () => 'http://[::1]:1',
    'a file': () => 'file:///etc/passwd',
    'a host of the attacker': () => 'https://evil.example.com',
    'a path below the configured issuer': (issuer: string) => `${issuer}/../evil`,
    'the configured issuer as user information': (issuer: string) => `${issuer}@127.0.0.1:1`,
    'no URL at all': () => 'constructor',
  },
  'asks nobody for the keys of an issuer that is %s',
  async (toIssuer) => {
    const { authorizationServer } = servers()
    const { fetch, urls } = createScriptedFetch()
    const { issuer } = authorizationServer
    const resourceServer = createResourceServer({ issuer, audience: AUDIENCE, fetch })
    const token = await other.mint({ iss: toIssuer(issuer) })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ISSUER')
    expect(urls).toEqual([])
    expect(other.requests).toEqual(NO_REQUESTS)
    expect(await verdictOn(servers().resourceServer, await authorizationServer.mint())).toBe('accepted')
  },
)

rule('ISS-02', 'does not accept for one issuer what the key of another has signed', async () => {
  const { authorizationServer } = servers()
  const resourceServer = protectBoth()
  const [ourKey] = authorizationServer.keySet().keys
  const forged = await other.mint({ iss: authorizationServer.issuer }, { kid: ourKey?.kid ?? null })
  for (const token of [await authorizationServer.mint(), await other.mint()]) {
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  }
  expect(await verdictOn(resourceServer, forged)).toBe('ERR_TOKEN_SIGNATURE')
  const ownKid = await other.mint({ iss: authorizationServer.issuer })
  expect(await verdictOn(resourceServer, ownKid)).toBe('ERR_TOKEN_KEY')
  const noKid = await other.mint({ iss: authorizationServer.issuer }, { kid: null })
  expect(await verdictOn(resourceServer, noKid)).toBe('ERR_TOKEN_SIGNATURE')
})

rule('ISS-03', 'chooses among keys of the same name by the issuer, in whatever order they came', async () => {
  const { authorizationServer } = servers()
  for (const server of [authorizationServer, other]) {
    server.publish(server.keySet().keys.map((key) => ({ ...key, kid: 'shared' })))
  }
  const sign = (server: typeof other, iss: string) => server.mint({ iss }, { kid: 'shared' })
  for (const order of [
    [authorizationServer, other],
    [other, authorizationServer],
  ] as const) {
    const resourceServer = protectBoth()
    for (const server of order) {
      expect(await verdictOn(resourceServer, await sign(server, server.issuer))).toBe('accepted')
    }
    const [first, second] = order
    expect(await verdictOn(resourceServer, await sign(first, second.issuer))).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdictOn(resourceServer, await sign(second, first.issuer))).toBe('ERR_TOKEN_SIGNATURE')
  }
})

ruleForEach(
  'ISS-06',
  { absent: undefined, empty: '', null: null, another: 'https://other.example.com' },
  'checks the issuer even where there is only one: %s',
  async (iss) => {
    const { authorizationServer, resourceServer } = servers()
    const token = await authorizationServer.mint({ iss })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ISSUER')
    expect(authorizationServer.requests).toEqual(NO_REQUESTS)
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  },
)

ruleForEach(
  'ISS-07',
  {
    audience: [{ aud: 'urn:a' }, {}, 'ERR_TOKEN_AUDIENCE'],
    algorithm: [{ aud: 'urn:b' }, { algorithm: 'RS256' }, 'ERR_TOKEN_ALGORITHM'],
    type: [{ aud: 'urn:b' }, { header: { typ: 'JWT' } }, 'ERR_TOKEN_TYPE'],
    age: [{ aud: 'urn:b', iat: 1 }, {}, 'ERR_TOKEN_TOO_OLD'],
  } as const,
  'holds each issuer to its own policy: %s',
  async ([claims, options, refusal]) => {
    const lenient = { typ: ['at+jwt', 'JWT'] } as const
    const resourceServer = protectBoth(
      { audience: 'urn:a', profile: lenient },
      { audience: 'urn:b', algorithms: ['ES256'], maxTokenAge: 600 },
    )
    const lenientToken = await servers().authorizationServer.mint({ ...claims, aud: 'urn:a' }, options)
    expect(await verdictOn(resourceServer, lenientToken)).toBe('accepted')
    expect(await verdictOn(resourceServer, await other.mint(claims, options))).toBe(refusal)
    expect(await verdictOn(resourceServer, await other.mint({ aud: 'urn:b' }))).toBe('accepted')
  },
)

rule(
  'ISS-12',
  'has no second way for a token that is not a JWT, nor for one of an unknown issuer',
  async () => {
    const { authorizationServer, resourceServer } = servers()
    for (const opaque of ['2YotnFZFEjr1zCsicMWpAA', 'v1.MRjnhHkH.vHr', 'a.b.c']) {
      expect(await verdictOn(resourceServer, opaque)).toBe('ERR_TOKEN_MALFORMED')
    }
    const unknown = await authorizationServer.mint({ iss: 'https://evil.example.com' })
    expect(await verdictOn(resourceServer, unknown)).toBe('ERR_TOKEN_ISSUER')
    expect(authorizationServer.requests).toEqual(NO_REQUESTS)
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  },
)
