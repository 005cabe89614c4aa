import { describe, expect, test } from '@jest/globals'
import { decodeJwt, decodeProtectedHeader, generateKeyPair } from 'jose'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import { createClientAuthentication, type ClientCredentials } from '../../src/http/client-authentication.js'

const { privateKey } = await generateKeyPair('ES256')
const SECRET: ClientCredentials = { method: 'secret', secret: 's c', place: undefined, encoding: 'form' }
const ASSERTION: ClientCredentials = {
  method: 'assertion',
  key: privateKey,
  kid: undefined,
  audience: 'https://as.example.com',
}
const BASIC = { authorization: `Basic ${btoa('the+api:s+c')}` }

/** What the request of the client `the api` about the token `t` looks like; half a second past a whole one. */
async function requestOf(credentials: ClientCredentials, supported?: readonly string[]) {
  const clock = createManualClock(1_000_000.5)
  const authenticate = createClientAuthentication(credentials, supported, clock)
  const [body, headers] = [new URLSearchParams({ token: 't' }), new Headers()]
  await authenticate({ issuer: 'https://as.example.com' }, { client_id: 'the api' }, body, headers)
  return { headers: Object.fromEntries(headers), body: Object.fromEntries(body) }
}

describe('a client with a secret', () => {
  const post = { headers: {}, body: { token: 't', client_id: 'the api', client_secret: 's c' } }
  const basic = { headers: BASIC, body: { token: 't' } }

  test.each([
    [undefined, basic],
    [[], basic],
    [['client_secret_basic'], basic],
    [['client_secret_post', 'client_secret_basic'], basic],
    [['private_key_jwt'], basic],
    [['client_secret_post'], post],
    [['private_key_jwt', 'client_secret_post'], post],
  ])('at a server that names %j', async (supported, expected) => {
    expect(await requestOf(SECRET, supported)).toEqual(expected)
  })

  test('sends it where it was told to, whatever the server names', async () => {
    const places = [
      ['client_secret_basic', basic],
      ['client_secret_post', post],
    ] as const
    for (const [place, expected] of places) {
      for (const supported of [undefined, ['client_secret_basic'], ['client_secret_post']]) {
        expect(await requestOf({ ...SECRET, place }, supported)).toEqual(expected)
      }
    }
  })

  test('sends it as it is, where the encoding is raw, and in the body in any case', async () => {
    const raw = { ...SECRET, encoding: 'raw' } as const
    expect((await requestOf(raw)).headers).toEqual({ authorization: `Basic ${btoa('the api:s c')}` })
    expect(await requestOf({ ...raw, place: 'client_secret_post' })).toEqual(post)
  })
})

describe('a client with a key', () => {
  test('signs an assertion that is valid for a minute from the last whole second', async () => {
    const { headers, body } = await requestOf(ASSERTION, ['client_secret_basic'])
    const assertion = String(body['client_assertion'])
    expect(headers).toEqual({})
    expect(body).toEqual({
      token: 't',
      client_id: 'the api',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    })
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'ES256', typ: 'client-authentication+jwt' })
    expect(decodeJwt(assertion)).toEqual({
      iss: 'the api',
      sub: 'the api',
      aud: 'https://as.example.com',
      jti: expect.any(String),
      iat: 1_000_000,
      exp: 1_000_060,
    })
  })

  test('names its key where it has a name', async () => {
    const { body } = await requestOf({ ...ASSERTION, kid: 'k1' })
    expect(decodeProtectedHeader(String(body['client_assertion']))).toEqual({
      alg: 'ES256',
      typ: 'client-authentication+jwt',
      kid: 'k1',
    })
  })
})

test('a client with a certificate says who it is, and no more', async () => {
  expect(await requestOf({ method: 'certificate' }, ['client_secret_post'])).toEqual({
    headers: {},
    body: { token: 't', client_id: 'the api' },
  })
})
