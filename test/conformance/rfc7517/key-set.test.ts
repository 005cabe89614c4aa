import { expect } from '@jest/globals'
import type { PlainResponse } from '@bearward/testing'
import { createOwnKey } from '../../support/jws.js'
import { judge, requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'
import { createVirtualServers } from '../../support/virtual-servers.js'

const servers = useServers()
const own = createOwnKey('P-256')
const json = (body: string, type = 'application/json') => ({
  headers: { 'Content-Type': type },
  body,
})
const good = JSON.stringify({ keys: [own.jwk] })

function answerKeySetWith(answer: PlainResponse): void {
  servers().authorizationServer.intercept(({ endpoint }) => (endpoint === 'jwks' ? answer : undefined))
}

const mint = (): Promise<string> => own.mint(servers().authorizationServer)

const UNUSABLE = {
  'a list': [json(`[${good}]`), 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
  'a list of keys': [json(JSON.stringify([own.jwk])), 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
  'an object without keys': [json('{}'), 'ERR_KEY_SET_INVALID'],
  'one key': [json(JSON.stringify(own.jwk)), 'ERR_KEY_SET_INVALID'],
  'an object whose keys are an object': [
    json(JSON.stringify({ keys: { own: own.jwk } })),
    'ERR_KEY_SET_INVALID',
  ],
  'an object whose keys are null': [json('{"keys":null}'), 'ERR_KEY_SET_INVALID'],
  'an object whose keys are text': [json(JSON.stringify({ keys: good })), 'ERR_KEY_SET_INVALID'],
  'an object with no keys': [json('{"keys":[]}'), 'ERR_KEY_SET_INVALID'],
  null: [json('null'), 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
  nothing: [json(''), 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
  'a login page': [json('<html>', 'text/html'), 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
  'a login page that claims to be JSON': [json('<html>'), 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
  'keys and something after them': [json(`${good}x`), 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
  'keys after a byte order mark': [json(`\ufeff${good}`), 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
  'two lists of keys': [json(`{"keys":[],${good.slice(1)}`), 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
} as const

ruleForEach(
  ['7517-5-a', 'JWKS-15'],
  UNUSABLE,
  'cannot tell where the key set is %s',
  async ([answer, code]) => {
    const { resourceServer, protect } = servers()
    const token = await mint()
    answerKeySetWith(answer)
    const outcome = await judge(resourceServer, requestWithToken(token))
    expect(outcome).toMatchObject({ verdict: 'unavailable', error: { code, status: 503 } })
    answerKeySetWith(json(good))
    expect(await verdictOn(protect(), token)).toBe('accepted')
  },
)

ruleForEach(
  ['7517-5-a', 'JWKS-15', 'JWKS-02'],
  UNUSABLE,
  'keeps the keys it has where the next key set is %s',
  async ([{ headers, body }, code]) => {
    const { authorizationServer, resourceServer, clock, verdict, substitute } = await createVirtualServers()
    expect(await verdict()).toBe('accepted')
    substitute((url) => (url === authorizationServer.jwksUri ? new Response(body, { headers }) : undefined))
    await clock.advance(900)
    expect(authorizationServer.requests.jwks).toBeGreaterThan(2)
    expect(await verdict()).toBe('accepted')
    const lastError = { code, at: expect.any(Number) }
    const health = { status: 'stale', age: 900, lastError }
    expect(resourceServer.health().authorizationServers).toEqual([expect.objectContaining(health)])
    substitute(undefined)
    await clock.advance(60)
    expect(await verdict()).toBe('accepted')
    expect(resourceServer.health().authorizationServers).toMatchObject([{ status: 'fresh' }])
    resourceServer.close()
  },
)

ruleForEach(
  ['7517-5-b', 'JWKS-16'],
  {
    'of an unknown type': { kty: 'AKP', alg: 'ML-DSA-65', pub: 'AAAA', kid: 'own' },
    'of an unknown curve': { ...own.jwk, crv: 'P-257' },
    'without its members': { kty: 'EC', kid: 'own' },
    'without y': { ...own.jwk, y: undefined },
    'with a coordinate that is no base64url': { ...own.jwk, y: '*'.repeat(43) },
    'with a coordinate that is a number': { ...own.jwk, y: 1 },
    'with a kid that is a number': { ...own.jwk, kid: 1 },
    'that is RSA without a modulus': { kty: 'RSA', e: 'AQAB', kid: 'own' },
    'that is RSA with an empty modulus': { kty: 'RSA', n: '', e: 'AQAB', kid: 'own' },
    'that is null': null,
    'that is a string': 'own',
    'that is a list': [own.jwk],
    'that is empty': {},
  },
  'leaves out a key %s, and verifies with the good one',
  async (member) => {
    const { authorizationServer, resourceServer } = servers()
    authorizationServer.publish([member, own.jwk, member])
    expect(await verdictOn(resourceServer, await mint())).toBe('accepted')
    const forged = await createOwnKey('P-256').mint(authorizationServer)
    expect(await verdictOn(resourceServer, forged)).toBe('ERR_TOKEN_SIGNATURE')
  },
)

rule('7517-5-b', 'cannot tell where no key of the set can be used', async () => {
  const { authorizationServer, resourceServer, protect } = servers()
  const token = await mint()
  authorizationServer.publish([{ ...own.jwk, use: 'enc' }, null, { kty: 'oct', k: 'AAAA', kid: 'own' }])
  expect(await verdictOn(resourceServer, token)).toBe('ERR_KEY_SET_INVALID')
  authorizationServer.publish([own.jwk])
  expect(await verdictOn(protect(), token)).toBe('accepted')
})

ruleForEach(
  '7517-8.5-a',
  {
    'application/jwk-set+json': 'application/jwk-set+json',
    'application/json': 'application/json',
    'application/json with a charset': 'application/json; charset=utf-8',
    'a media type in another case': 'Application/JWK-Set+JSON',
  },
  'reads a key set of media type %s',
  async (type) => {
    answerKeySetWith(json(good, type))
    expect(await verdictOn(servers().resourceServer, await mint())).toBe('accepted')
  },
)

ruleForEach(
  '7517-8.5-a',
  {
    'text/html': 'text/html',
    'text/plain': 'text/plain',
    'text/json': 'text/json',
    'application/octet-stream': 'application/octet-stream',
    'application/jwk+json': 'application/jwk+json',
    'application/jsonp': 'application/jsonp',
  },
  'cannot tell where a key set is of media type %s',
  async (type) => {
    const { resourceServer, protect } = servers()
    const token = await mint()
    answerKeySetWith(json(good, type))
    expect(await verdictOn(resourceServer, token)).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
    answerKeySetWith(json(good))
    expect(await verdictOn(protect(), token)).toBe('accepted')
  },
)
