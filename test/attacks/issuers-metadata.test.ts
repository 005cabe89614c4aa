import { afterAll, beforeEach, expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { startAuthorizationServer } from '@bearward/testing'
import { createManualClock } from '../support/manual-clock.js'
import { optionAtFault } from '../support/configuration.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { createScriptedFetch } from '../support/scripted-fetch.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers({ algorithms: ['ES256'], path: '/t1' })
const evil = await startAuthorizationServer({ algorithms: ['ES256'] })
afterAll(() => evil.close())
beforeEach(() => {
  evil.resetCounters()
})

const HOST = 'https://as.example.com'
const METADATA = `${HOST}/.well-known/oauth-authorization-server`
const OPENID_METADATA = `${HOST}/.well-known/openid-configuration`

/** Answers the metadata with these members changed. */
function changeMetadata(members: Record<string, unknown>): void {
  const { authorizationServer } = servers()
  const { issuer, jwksUri } = authorizationServer
  const body = JSON.stringify({ issuer, jwks_uri: jwksUri, ...members })
  authorizationServer.intercept(({ endpoint }) =>
    endpoint === 'metadata' ? { headers: { 'Content-Type': 'application/json' }, body } : undefined,
  )
}

ruleForEach(
  'ISS-08',
  {
    'the configured one with a slash': (issuer: string) => `${issuer}/`,
    'that of the attacker': () => evil.issuer,
    'that of another tenant': (issuer: string) => issuer.replace('/t1', '/t2'),
  },
  'uses nothing of metadata whose issuer is %s, and asks anew later',
  async (toIssuer) => {
    const { authorizationServer, protect } = servers()
    const clock = createManualClock()
    const resourceServer = protect({ clock })
    changeMetadata({ issuer: toIssuer(authorizationServer.issuer), jwks_uri: evil.jwksUri })
    const forged = await evil.mint({ iss: authorizationServer.issuer })
    expect(await verdictOn(resourceServer, forged)).toBe('ERR_METADATA_INVALID')
    expect(evil.requests.jwks).toBe(0)
    authorizationServer.intercept(undefined)
    clock.advance(5)
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
    expect(await verdictOn(resourceServer, forged)).toBe('ERR_TOKEN_KEY')
  },
)

ruleForEach(
  'ISS-09',
  {
    'plain http': 'http://evil.example.com/jwks',
    'plain http on this machine': 'http://127.0.0.1:1/jwks',
    'plain http on localhost': 'http://localhost:1/jwks',
    'plain http on the machine of the cloud': 'http://169.254.169.254/jwks',
    'a file': 'file:///etc/passwd',
    'data in the URL': 'data:application/json,{"keys":[]}',
    'the issuer as user information': 'https://as.example.com@evil.example.com/jwks',
    'a user and a password': 'https://user:password@as.example.com/jwks',
    'a relative reference': '//evil.example.com/jwks',
  },
  'fetches no keys over an address that is %s',
  async (jwksUri) => {
    const { mint, keySet } = servers().authorizationServer
    const script = (uri: string) =>
      createScriptedFetch({ [METADATA]: { issuer: HOST, jwks_uri: uri }, [uri]: keySet() })
    const token = await mint({ iss: HOST })
    const bad = script(jwksUri)
    const refusing = createResourceServer({ issuer: HOST, audience: AUDIENCE, fetch: bad.fetch })
    expect(await verdictOn(refusing, token)).toBe('ERR_METADATA_INVALID')
    expect(new Set(bad.urls)).toEqual(new Set([METADATA, OPENID_METADATA]))
    refusing.close()
    const { fetch } = script(`${HOST}/jwks`)
    expect(await verdictOn(createResourceServer({ issuer: HOST, audience: AUDIENCE, fetch }), token)).toBe(
      'accepted',
    )
    expect(optionAtFault({ issuer: HOST, audience: AUDIENCE, jwksUri })).toBe('jwksUri')
  },
)

rule('ISS-10', 'follows no metadata where the address of the keys is configured', async () => {
  const { authorizationServer, protect } = servers()
  changeMetadata({ jwks_uri: evil.jwksUri })
  const resourceServer = protect({ jwksUri: authorizationServer.jwksUri })
  const forged = await evil.mint({ iss: authorizationServer.issuer })
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  expect(await verdictOn(resourceServer, forged)).toBe('ERR_TOKEN_KEY')
  expect(authorizationServer.requests.metadata).toBe(0)
  expect(evil.requests.jwks).toBe(0)
})

ruleForEach(
  'ISS-11',
  {
    'dot segments': '/t1/../t2',
    'a dot segment at the end': '/t1/..',
    'encoded dot segments': '/t1/%2e%2e/t2',
    'half-encoded dot segments': '/t1/.%2E/t2',
    'a backslash': '/t1\\..\\t2',
  },
  'has no issuer whose path leads elsewhere: %s',
  async (path) => {
    expect(optionAtFault({ issuer: HOST + path, audience: AUDIENCE })).toBe('issuer')
    const { authorizationServer, resourceServer } = servers()
    const iss = authorizationServer.issuer.replace('/t1', path)
    expect(await verdictOn(resourceServer, await authorizationServer.mint({ iss }))).toBe('ERR_TOKEN_ISSUER')
  },
)

rule('ISS-11', 'asks for the path of the issuer as it stands', async () => {
  const { mint, keySet } = servers().authorizationServer
  const issuer = `${HOST}/a%2Fb/%7Ec`
  const url = `${HOST}/.well-known/oauth-authorization-server/a%2Fb/%7Ec`
  const { fetch, urls } = createScriptedFetch({
    [url]: { issuer, jwks_uri: `${HOST}/jwks` },
    [`${HOST}/jwks`]: keySet(),
  })
  const resourceServer = createResourceServer({ issuer, audience: AUDIENCE, fetch })
  expect(await verdictOn(resourceServer, await mint({ iss: issuer }))).toBe('accepted')
  expect(urls).toEqual([url, `${HOST}/jwks`])
})
