import { afterAll, expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { startAuthorizationServer } from '@bearward/testing'
import { judge, requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { AUDIENCE, useServers } from '../../support/servers.js'

const servers = useServers()
const other = await startAuthorizationServer({ algorithms: ['ES256'] })
afterAll(() => other.close())

const protectBoth = () =>
  createResourceServer({
    audience: AUDIENCE,
    authorizationServers: [{ issuer: servers().authorizationServer.issuer }, { issuer: other.issuer }],
  })

rule('8725-3.8-a', 'refuses a token of one issuer that is signed with a key of another', async () => {
  const { issuer, mint } = servers().authorizationServer
  const resourceServer = protectBoth()
  expect(await verdictOn(resourceServer, await mint())).toBe('accepted')
  expect(await verdictOn(resourceServer, await other.mint())).toBe('accepted')
  expect(await verdictOn(resourceServer, await other.mint({ iss: issuer }))).toBe('ERR_TOKEN_KEY')
  expect(await verdictOn(resourceServer, await mint({ iss: other.issuer }))).toBe('ERR_TOKEN_KEY')
})

rule('8725-3.8-a', 'refuses it as well where it names a key of the issuer it pretends to be of', async () => {
  const { authorizationServer } = servers()
  const kid = authorizationServer.keySet().keys[0]?.kid ?? ''
  const forged = await other.mint({ iss: authorizationServer.issuer }, { kid })
  expect(await verdictOn(protectBoth(), forged)).toBe('ERR_TOKEN_SIGNATURE')
  expect(await verdictOn(protectBoth(), await authorizationServer.mint())).toBe('accepted')
})

rule('8725-3.8-b', 'keeps the same subject of two issuers apart', async () => {
  const { authorizationServer } = servers()
  const resourceServer = protectBoth()
  const users = await Promise.all(
    [authorizationServer, other].map(async (server) => {
      const verdict = await judge(resourceServer, requestWithToken(await server.mint({ sub: 'alice' })))
      return verdict.verdict === 'accepted' ? [verdict.auth.issuer, verdict.auth.subject] : undefined
    }),
  )
  expect(users).toEqual([
    [authorizationServer.issuer, 'alice'],
    [other.issuer, 'alice'],
  ])
})

const ODD_KEY_IDS = {
  'a path': '../../../../etc/passwd',
  SQL: "' OR '1'='1' --",
  'an LDAP filter': '*)(uid=*))(|(uid=*',
  'an address': 'https://evil.example.com/jwks#key',
  'the name of a member of every object': '__proto__',
  'the name of a function of every object': 'constructor',
  'control characters': 'a\u0000b\r\nc',
  'shell commands': '$(reboot); `id`',
}

ruleForEach('8725-3.10-a', ODD_KEY_IDS, 'takes kid as a name and as nothing else: %s', async (kid) => {
  const { authorizationServer, resourceServer } = servers()
  const odd = await authorizationServer.mint({}, { kid })
  expect(await verdictOn(resourceServer, odd)).toBe('ERR_TOKEN_KEY')
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  expect(authorizationServer.requests).toMatchObject({ token: 0, introspection: 0, revocation: 0, other: 0 })
})

ruleForEach(
  '8725-3.10-a',
  ODD_KEY_IDS,
  'finds the key that its issuer publishes under an odd name: %s',
  async (kid) => {
    const { authorizationServer, resourceServer } = servers()
    authorizationServer.publish(authorizationServer.keySet().keys.map((key) => ({ ...key, kid })))
    expect(await verdictOn(resourceServer, await authorizationServer.mint({}, { kid }))).toBe('accepted')
  },
)

rule('8725-3.10-a', 'asks nobody whom the header names, and trusts no key in it', async () => {
  const { authorizationServer, resourceServer } = servers()
  other.resetCounters()
  const [jwk] = other.keySet().keys
  const url = other.jwksUri
  const header = { jwk, jku: url, x5u: url, 'x5t#S256': jwk?.kid }
  const forged = await other.mint({ iss: authorizationServer.issuer }, { header })
  expect(await verdictOn(resourceServer, forged)).toBe('ERR_TOKEN_KEY')
  expect(other.requests).toEqual({
    metadata: 0,
    jwks: 0,
    token: 0,
    introspection: 0,
    revocation: 0,
    other: 0,
  })
  expect(await verdictOn(resourceServer, await authorizationServer.mint({}, { header }))).toBe('accepted')
})
