import { expect } from '@jest/globals'
import type { PlainResponse } from '@bearward/testing'
import { parseMetadata } from '../../../packages/core/src/metadata/authorization-server.js'
import { judge, requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'
import { createVirtualServers } from '../../support/virtual-servers.js'

const servers = useServers({ algorithms: ['ES256'], path: '/t1' })
const JSON_TYPE = { 'Content-Type': 'application/json' }

/** Answers the first well-known URL so; the other two, where `others` is set, with good metadata. */
function answerMetadata(answer: PlainResponse, others = false): void {
  const { authorizationServer } = servers()
  const good = {
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ issuer: authorizationServer.issuer, jwks_uri: authorizationServer.jwksUri }),
  }
  authorizationServer.intercept(({ endpoint }) => {
    if (endpoint === 'metadata') return answer
    return endpoint === 'other' && others ? good : undefined
  })
}

/** The verdict on a good token. */
async function verdict(): Promise<string> {
  const { authorizationServer, resourceServer } = servers()
  return verdictOn(resourceServer, await authorizationServer.mint())
}

const UNUSABLE: Readonly<Record<string, PlainResponse>> = {
  'status 404': { status: 404 },
  'status 500': { status: 500, headers: JSON_TYPE, body: '{}' },
  'status 204': { status: 204 },
  'a login page': { headers: { 'Content-Type': 'text/html' }, body: '<!doctype html>' },
  'a redirect': { status: 302, headers: { Location: '/elsewhere' } },
  'an array': { headers: JSON_TYPE, body: '[]' },
  null: { headers: JSON_TYPE, body: 'null' },
  'broken JSON': { headers: JSON_TYPE, body: '{"issuer":' },
  'no content': { headers: JSON_TYPE },
  'another media type': { headers: { 'Content-Type': 'text/plain' }, body: '{}' },
  'no media type': { body: '{}' },
}

ruleForEach('8414-3.2-a', UNUSABLE, 'cannot tell where the metadata are %s everywhere', async (answer) => {
  answerMetadata(answer)
  expect(await verdict()).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
  expect(servers().authorizationServer.requests).toEqual({
    metadata: 1,
    jwks: 0,
    token: 0,
    introspection: 0,
    revocation: 0,
    other: 2,
  })
})

ruleForEach(
  ['8414-3.2-a', '8414-5-a'],
  UNUSABLE,
  'asks the next URL where one answers with %s',
  async (answer) => {
    answerMetadata(answer, true)
    expect(await verdict()).toBe('accepted')
    expect(servers().authorizationServer.requests).toEqual({
      metadata: 1,
      jwks: 1,
      token: 0,
      introspection: 0,
      revocation: 0,
      other: 1,
    })
  },
)

rule('8414-3.2-a', 'answers 503 meanwhile, and asks again after a while', async () => {
  const { authorizationServer, resourceServer, clock, substitute, verdict } = await createVirtualServers()
  const request = requestWithToken(await authorizationServer.mint())
  substitute((url) => (url.includes('/.well-known/') ? new Response('', { status: 404 }) : undefined))
  for (const outcome of [await judge(resourceServer, request), await judge(resourceServer, request)]) {
    expect(outcome).toMatchObject({
      verdict: 'unavailable',
      error: { status: 503, headers: { 'Retry-After': '5' } },
    })
  }
  expect(authorizationServer.requests.metadata).toBe(1)
  substitute(undefined)
  await clock.advance(3.9)
  expect(await verdict()).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
  expect(authorizationServer.requests.metadata).toBe(1)
  await clock.advance(1.1)
  expect(await verdict()).toBe('accepted')
  expect(authorizationServer.requests.metadata).toBe(2)
  resourceServer.close()
})

rule('8414-3.2-a', 'takes up a jwks_uri that has changed, for a new key as with time', async () => {
  const { authorizationServer, resourceServer, clock, verdict } = await createVirtualServers()
  expect(await verdict()).toBe('accepted')
  await authorizationServer.rotateKeys()
  authorizationServer.moveKeySet()
  await clock.advance(1)
  expect(await verdict()).toBe('accepted')
  authorizationServer.moveKeySet()
  authorizationServer.resetCounters()
  await clock.advance(600)
  expect(await verdict()).toBe('accepted')
  expect(resourceServer.health().authorizationServers).toMatchObject([{ status: 'fresh' }])
  resourceServer.close()
})

rule('8414-3.2-a', 'asks a server that gives no answer at one URL at no other', async () => {
  const { authorizationServer } = servers()
  authorizationServer.intercept(({ endpoint }) => (endpoint === 'metadata' ? 'disconnect' : undefined))
  expect(await verdict()).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
  expect(authorizationServer.requests).toEqual({
    metadata: 1,
    jwks: 0,
    token: 0,
    introspection: 0,
    revocation: 0,
    other: 0,
  })
})

const WRONG_ISSUERS: Readonly<Record<string, (issuer: string) => unknown>> = {
  'with a slash at the end': (issuer) => `${issuer}/`,
  'in another case': (issuer) => issuer.replace('/t1', '/T1'),
  'of another tenant': (issuer) => issuer.replace('/t1', '/t2'),
  'of somebody else': () => 'https://evil.example.com',
  'in an array': (issuer) => [issuer],
  'that is absent': () => undefined,
  'that is null': () => null,
}

ruleForEach('8414-3.3-a', WRONG_ISSUERS, 'discards metadata with an issuer %s', async (toIssuer) => {
  const { issuer, jwksUri, requests } = servers().authorizationServer
  const body = JSON.stringify({ issuer: toIssuer(issuer), jwks_uri: jwksUri })
  answerMetadata({ headers: JSON_TYPE, body })
  expect(await verdict()).toBe('ERR_METADATA_INVALID')
  expect(requests.jwks).toBe(0)
  answerMetadata({
    headers: JSON_TYPE,
    body: body.replace(/^.*"jwks_uri"/, `{"issuer":"${issuer}","jwks_uri"`),
  })
  expect(await verdictOn(servers().protect(), await servers().authorizationServer.mint())).toBe('accepted')
})

ruleForEach(
  '8414-5-c',
  {
    'a template for tenants': (issuer: string) => issuer.replace('t1', '{tenantid}'),
    'the issuer of all tenants': (issuer: string) => issuer.replace('t1', 'common'),
  },
  'does not fill in an issuer that is %s',
  async (toIssuer) => {
    const { issuer, jwksUri, mint } = servers().authorizationServer
    answerMetadata({
      headers: JSON_TYPE,
      body: JSON.stringify({ issuer: toIssuer(issuer), jwks_uri: jwksUri }),
    })
    expect(await verdict()).toBe('ERR_METADATA_INVALID')
    const templated = await mint({ iss: toIssuer(issuer) })
    expect(await verdictOn(servers().resourceServer, templated)).toBe('ERR_TOKEN_ISSUER')
  },
)

ruleForEach(
  '8414-2-b',
  {
    'plain http': 'http://as.example.com/jwks',
    'a file': 'file:///etc/passwd',
    'data in the URL': 'data:application/json,{}',
    'a blob': 'blob:https://as.example.com/jwks',
    'user information': 'https://127.0.0.1@as.example.com/jwks',
    'a fragment': 'https://as.example.com/jwks#a',
    'a relative reference': '/jwks',
    'no text': '',
    'an array': ['https://as.example.com/jwks'],
    nothing: undefined,
  },
  'fetches no keys from a jwks_uri that is %s',
  async (jwksUri) => {
    const { authorizationServer, resourceServer, protect } = servers()
    const { issuer } = authorizationServer
    const asked: string[] = []
    answerMetadata({ headers: JSON_TYPE, body: JSON.stringify({ issuer, jwks_uri: jwksUri }) })
    const spying = protect({ fetch: (url, init) => (asked.push(url), fetch(url, init)) })
    expect(await verdictOn(spying, await authorizationServer.mint())).toBe('ERR_METADATA_INVALID')
    expect(asked.every((url) => url.includes('/.well-known/'))).toBe(true)
    authorizationServer.intercept(undefined)
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  },
)

rule('8414-2-d', 'knows no default for the authentication at the introspection endpoint', () => {
  const document = { issuer: 'https://as.example.com', jwks_uri: 'https://as.example.com/jwks' }
  const parse = (members: object) => parseMetadata({ ...document, ...members }, document.issuer, () => true)
  expect(parse({})).toMatchObject({
    tokenEndpointAuthMethods: ['client_secret_basic'],
    introspectionEndpointAuthMethods: undefined,
  })
  const methods = { introspection_endpoint_auth_methods_supported: ['private_key_jwt'] }
  expect(parse(methods).introspectionEndpointAuthMethods).toEqual(['private_key_jwt'])
})

rule('8414-2-d', 'takes malformed members that the keys do not need for absent ones', () => {
  const document = { issuer: 'https://as.example.com', jwks_uri: 'https://as.example.com/jwks' }
  const malformed = {
    token_endpoint_auth_methods_supported: null,
    introspection_endpoint_auth_methods_supported: 'private_key_jwt',
  }
  expect(parseMetadata({ ...document, ...malformed }, document.issuer, () => true)).toMatchObject({
    tokenEndpointAuthMethods: ['client_secret_basic'],
    introspectionEndpointAuthMethods: undefined,
  })
})
