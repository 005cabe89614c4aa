import { describe, expect, test } from '@jest/globals'
import { importJWK, decodeProtectedHeader, decodeJwt, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { rule } from '../../../test/support/rule.js'
import { createBench, formOf, GRANT, ISSUER, type AnyOptions, type Sent } from './support/script.js'

const { privateKey, publicKey } = await generateKeyPair('ES256')
const ODD = { clientId: 'a:b', clientSecret: 'p%+ é' }
const METADATA = { issuer: ISSUER, token_endpoint: `${ISSUER}/token` }

/** The token request that a client with these options makes. */
async function requestOf(options: AnyOptions): Promise<Sent> {
  const { tokens, sent } = createBench(options, GRANT)
  await tokens.getToken()
  const [request] = sent
  if (request === undefined) throw new Error('nothing was sent')
  return request
}

/** The same, where the server is discovered and says this of itself. */
async function discoveredRequestOf(metadata: object, options: AnyOptions = {}): Promise<Sent> {
  const bench = createBench({ issuer: ISSUER, ...options }, { ...METADATA, ...metadata }, GRANT)
  await bench.tokens.getToken()
  const [, request] = bench.sent
  if (request === undefined) throw new Error('nothing was sent')
  return request
}

function basicOf({ headers }: Sent): string {
  return Buffer.from((headers.get('authorization') ?? '').replace('Basic ', ''), 'base64').toString()
}

describe('a client with a secret', () => {
  rule('6749-2.3-a', 'authenticates by Basic alone, and says nothing of itself in the body', async () => {
    const request = await requestOf({})
    expect(request.headers.get('authorization')).toBe(`Basic ${btoa('client:secret')}`)
    expect(formOf(request)).toEqual({ grant_type: 'client_credentials' })
  })

  rule(
    ['6749-2.3-a', '6749-2.3.1-d'],
    'authenticates in the body alone with client_secret_post',
    async () => {
      const request = await requestOf({ clientAuthentication: 'client_secret_post' })
      expect(request.headers.has('authorization')).toBe(false)
      expect(request.url).toBe('https://as.example.com/token')
      expect(formOf(request)).toEqual({
        grant_type: 'client_credentials',
        client_id: 'client',
        client_secret: 'secret',
      })
    },
  )

  rule('6749-2.3.1-a', 'form-encodes id and secret one by one before they are joined', async () => {
    expect(basicOf(await requestOf(ODD))).toBe('a%3Ab:p%25%2B+%C3%A9')
  })

  rule('6749-2.3.1-b', 'encodes as forms do, and not as URLs do', async () => {
    const request = await requestOf({ clientSecret: " %&+£€'()~!" })
    expect(basicOf(request)).toBe('client:+%25%26%2B%C2%A3%E2%82%AC%27%28%29%7E%21')
  })

  test('leaves the characters of a UUID as they are, for servers that do not decode', async () => {
    const uuid = '2f1c0a52-6e1d-4a3c-9a52-0c1d2e3f4a5b'
    expect(basicOf(await requestOf({ clientId: uuid, clientSecret: 'a-b_c.d' }))).toBe(`${uuid}:a-b_c.d`)
  })

  rule('6749-2.3.1-c', 'is sent as it is, in UTF-8, where basicEncoding is raw', async () => {
    const raw = { clientId: 'a b', clientSecret: 'p%+ é' }
    expect(basicOf(await requestOf({ ...raw, basicEncoding: 'raw' }))).toBe('a b:p%+ é')
    expect(basicOf(await requestOf({ ...raw, basicEncoding: 'form' }))).toBe('a+b:p%25%2B+%C3%A9')
  })

  rule('6749-2.3.1-e', 'uses the body only where the metadata leave Basic out', async () => {
    const isBasic = async (methods: unknown, options: AnyOptions = {}) => {
      const request = await discoveredRequestOf({ token_endpoint_auth_methods_supported: methods }, options)
      return request.headers.has('authorization')
    }
    expect(await isBasic(undefined)).toBe(true)
    expect(await isBasic(['client_secret_post', 'client_secret_basic'])).toBe(true)
    expect(await isBasic(['private_key_jwt'])).toBe(true)
    expect(await isBasic(['client_secret_post', 'private_key_jwt'])).toBe(false)
    const basic = { clientAuthentication: 'client_secret_basic' }
    expect(await isBasic(['client_secret_post'], basic)).toBe(true)
  })
})

describe('a client with a key', () => {
  const options = {
    issuer: ISSUER,
    tokenEndpoint: `${ISSUER}/token`,
    privateKey: { key: privateKey, kid: 'k1' },
  }
  const assertionOf = (request: Sent) => String(formOf(request)['client_assertion'])

  rule(
    ['7523-2.2-a', '6749-2.3-a'],
    'sends an assertion of its own about itself, and no other credentials',
    async () => {
      const request = await requestOf(options)
      expect(request.headers.has('authorization')).toBe(false)
      expect(formOf(request)).toEqual({
        grant_type: 'client_credentials',
        client_id: 'client',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: expect.any(String),
      })
      const now = 1_767_225_600
      const key = await importJWK(await exportJWK(publicKey), 'ES256')
      const { payload } = await jwtVerify(assertionOf(request), key, { currentDate: new Date(now * 1000) })
      expect(payload).toEqual({
        iss: 'client',
        sub: 'client',
        aud: ISSUER,
        jti: expect.stringMatching(/^.{22,}$/),
        iat: now,
        exp: now + 60,
      })
    },
  )

  rule('7523-2.2-a', 'never uses a jti twice', async () => {
    const [one, other] = await Promise.all([requestOf(options), requestOf(options)])
    expect(decodeJwt(assertionOf(one)).jti).not.toBe(decodeJwt(assertionOf(other)).jti)
  })

  rule(
    '10070-a',
    'names the issuer as the one audience, and neither a list nor the token endpoint',
    async () => {
      expect(decodeJwt(assertionOf(await requestOf(options))).aud).toBe('https://as.example.com')
      const discovered = await discoveredRequestOf({}, { privateKey })
      expect(decodeJwt(assertionOf(discovered)).aud).toBe('https://as.example.com')
    },
  )

  rule('10070-a', 'names another audience where an older server wants it', async () => {
    const older = { tokenEndpoint: `${ISSUER}/token`, privateKey, assertionAudience: `${ISSUER}/token` }
    expect(decodeJwt(assertionOf(await requestOf(older))).aud).toBe('https://as.example.com/token')
  })

  rule('10070-b', 'gives the assertion its own type, its kid and an algorithm of the key', async () => {
    expect(decodeProtectedHeader(assertionOf(await requestOf(options)))).toEqual({
      alg: 'ES256',
      typ: 'client-authentication+jwt',
      kid: 'k1',
    })
    const withoutKid = await requestOf({ ...options, privateKey })
    expect(decodeProtectedHeader(assertionOf(withoutKid)).kid).toBeUndefined()
  })
})

describe('a client with a certificate', () => {
  const options = { clientAuthentication: 'tls_client_auth' }
  const aliases = { mtls_endpoint_aliases: { token_endpoint: 'https://mtls.example.com/token' } }

  rule('6749-2.3-a', 'says who it is, and nothing secret', async () => {
    const request = await requestOf(options)
    expect(request.headers.has('authorization')).toBe(false)
    expect(formOf(request)).toEqual({ grant_type: 'client_credentials', client_id: 'client' })
  })

  test('asks where the server accepts certificates, and other clients do not', async () => {
    expect((await discoveredRequestOf(aliases, options)).url).toBe('https://mtls.example.com/token')
    expect((await discoveredRequestOf(aliases)).url).toBe('https://as.example.com/token')
  })
})
