import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseChallenges, startAuthorizationServer, type AuthorizationServer } from '@bearward/testing'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { basic, introspect, postForm, type Answered } from './support/form.js'

const ODD = { clientId: 'odd client:1', clientSecret: 'p+ss w%rd/é', scope: 'read' }
const APP = basic('app', 'hush')
const JWT_TYPE = 'application/token-introspection+jwt'

let server: AuthorizationServer

beforeAll(async () => {
  server = await startAuthorizationServer({
    algorithms: ['ES256', 'EdDSA'],
    clients: [{ clientId: 'app', clientSecret: 'hush', scope: 'read write' }, ODD],
  })
})

afterAll(() => server.close())

function ask(form: string | Record<string, string>, headers?: Record<string, string>): Promise<Answered> {
  return postForm(server.introspectionEndpoint, form, headers ?? APP)
}

function read({ status, text }: Answered): [number, unknown] {
  return [status, text === '' ? undefined : JSON.parse(text)]
}

describe('the introspection endpoint', () => {
  test('answers a client with JSON that is not to be stored', async () => {
    const token = server.mintOpaque({ sub: 'user-1' })
    const answer = await ask({ token, token_type_hint: 'access_token' })
    expect(read(answer)).toEqual([200, expect.objectContaining({ active: true, sub: 'user-1' })])
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  test('says nothing but that of a token which is not active', async () => {
    expect(read(await ask({ token: 'anything' }))).toEqual([200, { active: false }])
  })

  test('may be asked by any client, in both ways, whatever its name and secret', async () => {
    const token = server.mintOpaque()
    const { clientId, clientSecret } = ODD
    const byForm = { token, client_id: clientId, client_secret: clientSecret }
    expect((await ask({ token }, basic(clientId, clientSecret))).status).toBe(200)
    expect((await ask(byForm, {})).status).toBe(200)
  })

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['a wrong secret in the header', {}, basic('app', 'wrong')],
    ['a wrong secret in the form', { client_id: 'app', client_secret: 'wrong' }, {}],
    ['an unknown name', {}, basic('nobody', 'hush')],
    ['no credentials', {}, {}],
    ['a bearer token', {}, { Authorization: 'Bearer YXBwOmh1c2g=' }],
    ['credentials that are not form-encoded', {}, { Authorization: `Basic ${btoa('app:%zz')}` }],
  ])('challenges a client with %s', async (_mistake, form, headers) => {
    const answer = await ask({ token: server.mintOpaque(), ...form }, headers)
    expect(read(answer)).toEqual([401, expect.objectContaining({ error: 'invalid_client' })])
    expect(parseChallenges(answer.headers.get('www-authenticate'))).toMatchObject([{ scheme: 'Basic' }])
  })

  test.each([
    ['no token', {}],
    ['an empty token', { token: '' }],
    ['two tokens', 'token=a&token=b'],
    ['a client that authenticates in two ways', { token: 'a', client_id: 'app', client_secret: 'hush' }],
  ])('refuses a request with %s', async (_mistake, form) => {
    expect(read(await ask(form))).toEqual([400, expect.objectContaining({ error: 'invalid_request' })])
  })

  test('refuses another media type', async () => {
    const answer = await ask({ token: 'a' }, { ...APP, 'Content-Type': 'application/json' })
    expect(read(answer)).toEqual([400, expect.objectContaining({ error: 'invalid_request' })])
  })

  test('takes no GET, with the token in the URL', async () => {
    const response = await fetch(`${server.introspectionEndpoint}?token=a`, { headers: APP })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('a JWT answer', () => {
  async function askForJwt(token: string, accept: string, headers: Record<string, string> = APP) {
    return ask({ token }, { ...headers, Accept: accept })
  }

  test('is signed for the client that asked, and has the answer in it', async () => {
    const token = server.mintOpaque({ sub: 'user-1' })
    const answer = await askForJwt(token, JWT_TYPE)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, JWT_TYPE])
    const { payload, protectedHeader } = await jwtVerify(answer.text, createLocalJWKSet(server.keySet()))
    const [key] = server.keySet().keys
    expect(protectedHeader).toEqual({ alg: 'ES256', kid: key?.kid, typ: 'token-introspection+jwt' })
    expect(payload).toEqual({
      iss: server.issuer,
      aud: 'app',
      iat: expect.any(Number),
      token_introspection: await introspectAsApp(token),
    })
  })

  async function introspectAsApp(token: string): Promise<unknown> {
    return JSON.parse((await ask({ token })).text)
  }

  test('says of whom it is for, and of a token which is not active, nothing but that', async () => {
    const answer = await askForJwt('anything', JWT_TYPE, basic(ODD.clientId, ODD.clientSecret))
    const { payload } = await jwtVerify(answer.text, createLocalJWKSet(server.keySet()))
    expect([payload.aud, payload['token_introspection']]).toEqual([ODD.clientId, { active: false }])
  })

  test.each([
    [`application/json, ${JWT_TYPE}`, JWT_TYPE],
    [`Application/Token-Introspection+JWT;q=0.9 , */*`, JWT_TYPE],
    ['application/json', 'application/json'],
    ['*/*', 'application/json'],
    [`${JWT_TYPE}2`, 'application/json'],
  ])('is there for who accepts %s: %s', async (accept, expected) => {
    const answer = await askForJwt(server.mintOpaque(), accept)
    expect(answer.headers.get('content-type')).toBe(expected)
  })

  test('is not there for who does not authenticate', async () => {
    const answer = await askForJwt(server.mintOpaque(), JWT_TYPE, basic('app', 'wrong'))
    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/json'])
  })
})

describe('the revocation endpoint', () => {
  function giveBack(form: Record<string, string>, headers = APP): Promise<Answered> {
    return postForm(server.revocationEndpoint, form, headers)
  }

  async function isActive(token: string): Promise<unknown> {
    return JSON.parse((await ask({ token })).text)
  }

  test('revokes a token, opaque or a JWT', async () => {
    for (const token of [server.mintOpaque(), await server.mint()]) {
      expect(await isActive(token)).toHaveProperty('active', true)
      expect(read(await giveBack({ token, token_type_hint: 'access_token' }))).toEqual([200, undefined])
      expect(await isActive(token)).toEqual({ active: false })
      expect((await giveBack({ token })).status).toBe(200)
    }
  })

  test('answers the same for what is no token', async () => {
    expect(read(await giveBack({ token: 'anything' }))).toEqual([200, undefined])
  })

  test('leaves a token alone where the client does not authenticate', async () => {
    const token = server.mintOpaque()
    const answer = await giveBack({ token }, basic('app', 'wrong'))
    expect(read(answer)).toEqual([401, expect.objectContaining({ error: 'invalid_client' })])
    expect(await isActive(token)).toHaveProperty('active', true)
  })

  test('refuses a request without a token', async () => {
    expect(read(await giveBack({}))).toEqual([400, expect.objectContaining({ error: 'invalid_request' })])
  })

  test('takes no GET, with the token in the URL', async () => {
    const response = await fetch(`${server.revocationEndpoint}?token=a`, { headers: APP })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('the token endpoint', () => {
  const grant = { grant_type: 'client_credentials', scope: 'stats:read' }

  async function getToken(endpoint: string): Promise<string> {
    const { text } = await postForm(endpoint, grant)
    return String((JSON.parse(text) as Record<string, unknown>)['access_token'])
  }

  test.each([
    ['opaque', 1],
    ['jwt', 3],
  ] as const)('issues %s tokens of %i part where it is told to', async (accessTokens, parts) => {
    const other = await startAuthorizationServer({ algorithms: ['ES256'], accessTokens })
    const token = await getToken(other.tokenEndpoint)
    const said = await introspect(other, token)
    await other.close()
    expect(token.split('.')).toHaveLength(parts)
    expect(said).toMatchObject({ active: true, sub: 'client', client_id: 'client', scope: 'stats:read' })
  })
})
