import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { generateKeyPair } from 'jose'
import { parseClientCredentials } from '../../src/config/credentials.js'
import { systemFetch } from '../../src/http/fetch.js'
import { problemOf } from './problem.js'

const { privateKey, publicKey } = await generateKeyPair('ES256')
const { subtle } = globalThis.crypto
const ISSUER = 'https://as.example.com'
const SECRET = { clientId: 'api', clientSecret: 's' }
const KEY = { clientId: 'api', issuer: ISSUER, privateKey }
const CERTIFICATE = { clientId: 'api', clientAuthentication: 'tls_client_auth', fetch: systemFetch }

const problemWith = (options: Record<string, unknown>) => problemOf(() => parseClientCredentials(options))

describe('a secret', () => {
  const expected = { method: 'secret', secret: 's', place: undefined, encoding: 'form' }

  test('is sent where the metadata say, and form-encoded, by default', () => {
    expect(parseClientCredentials(SECRET)).toEqual(expected)
  })

  test.each(['client_secret_basic', 'client_secret_post'])('is sent as the option says: %s', (place) => {
    expect(parseClientCredentials({ ...SECRET, clientAuthentication: place })).toEqual({ ...expected, place })
  })

  test.each(['form', 'raw'])('is encoded as the option says: %s', (encoding) => {
    expect(parseClientCredentials({ ...SECRET, basicEncoding: encoding })).toEqual({ ...expected, encoding })
  })

  test('cannot be sent raw for a client with a colon in its identifier, but in the body', () => {
    const colon = { ...SECRET, clientId: 'a:b' }
    const problem = 'clientId: must not hold a colon with basicEncoding: raw'
    expect(problemWith(colon)).toBe('accepted')
    expect(problemWith({ ...colon, basicEncoding: 'form' })).toBe('accepted')
    expect(problemWith({ ...colon, basicEncoding: 'raw' })).toBe(problem)
    expect(problemWith({ ...colon, basicEncoding: 'raw', clientAuthentication: 'client_secret_basic' })).toBe(
      problem,
    )
    expect(problemWith({ ...colon, basicEncoding: 'raw', clientAuthentication: 'client_secret_post' })).toBe(
      'accepted',
    )
  })

  test.each(['', '\uD800', 1, null, {}])('is a string that is not empty, and not %j', (clientSecret) => {
    expect(problemWith({ ...SECRET, clientSecret })).toBe('clientSecret: must be a string that is not empty')
  })

  test.each([undefined, 'client_secret_basic', 'client_secret_post'])(
    'is required: clientAuthentication is %p',
    (clientAuthentication) => {
      expect(problemWith({ clientId: 'api', clientAuthentication })).toBe(
        'clientSecret: is required: the client must authenticate',
      )
    },
  )
})

describe('a key', () => {
  const expected = { method: 'assertion', key: privateKey, kid: undefined, audience: ISSUER }

  test('signs assertions for the issuer, by default', () => {
    expect(parseClientCredentials(KEY)).toEqual(expected)
    expect(parseClientCredentials({ ...KEY, clientAuthentication: 'private_key_jwt' })).toEqual(expected)
  })

  test('may have a name, and its assertions another audience', () => {
    const named = { ...KEY, privateKey: { key: privateKey, kid: 'k1' } }
    expect(parseClientCredentials(named)).toEqual({ ...expected, kid: 'k1' })
    const assertionAudience = `${ISSUER}/introspect`
    const other = { ...expected, audience: assertionAudience }
    expect(parseClientCredentials({ ...KEY, assertionAudience })).toEqual(other)
    expect(parseClientCredentials({ ...KEY, issuer: undefined, assertionAudience })).toEqual(other)
  })

  test('needs an audience', () => {
    expect(problemWith({ ...KEY, issuer: undefined })).toBe(
      'issuer: is required with privateKey: it is the audience of the assertions',
    )
    expect(problemWith({ ...KEY, assertionAudience: '' })).toBe(
      'assertionAudience: must be a string that is not empty',
    )
  })

  test('is required with private_key_jwt', () => {
    expect(problemWith({ clientId: 'api', issuer: ISSUER, clientAuthentication: 'private_key_jwt' })).toBe(
      'privateKey: is required: the client must authenticate',
    )
  })

  test.each([
    [{ key: privateKey }, 'privateKey.kid: must be a string that is not empty'],
    [{ key: privateKey, kid: '' }, 'privateKey.kid: must be a string that is not empty'],
    [{ key: privateKey, kid: 'a', alg: 'ES256' }, 'alg: is not an option of privateKey'],
    ['PEM', 'privateKey: must be a plain object of options'],
    [null, 'privateKey: must be a plain object of options'],
  ])('is not %p', (key, problem) => {
    expect(problemWith({ ...KEY, privateKey: key })).toBe(problem)
  })

  /** This RSA key, for this use: making one takes long. */
  const rsa = (bits: Buffer, name: string, hash: string) =>
    subtle.importKey('pkcs8', bits, { name, hash }, false, [name === 'RSA-OAEP' ? 'decrypt' : 'sign'])
  const generate = (modulusLength: number) =>
    generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ type: 'pkcs8', format: 'der' })
  const [enough, short] = [generate(2048), generate(2040)]

  test('may be of RSA with 2048 bits, of EC or Ed25519', async () => {
    for (const key of [
      await rsa(enough, 'RSASSA-PKCS1-v1_5', 'SHA-256'),
      await rsa(enough, 'RSA-PSS', 'SHA-384'),
      (await generateKeyPair('ES384')).privateKey,
      (await generateKeyPair('Ed25519')).privateKey,
    ]) {
      expect(problemWith({ ...KEY, privateKey: key })).toBe('accepted')
    }
  })

  test('is not one that is weak, or that may not sign', async () => {
    const keys = [
      await rsa(short, 'RSASSA-PKCS1-v1_5', 'SHA-256'),
      await rsa(enough, 'RSASSA-PKCS1-v1_5', 'SHA-1'),
      await rsa(enough, 'RSA-OAEP', 'SHA-256'),
      await subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
      publicKey,
    ]
    for (const key of [...keys, ...keys.map((each) => ({ key: each, kid: '1' })), { key: 'PEM', kid: '1' }]) {
      expect(problemWith({ ...KEY, privateKey: key })).toBe(
        'privateKey: must be a private CryptoKey that may sign: RSA of 2048 bits and more, EC or Ed25519',
      )
    }
  })
})

describe('a certificate', () => {
  test('is all there is', () => {
    expect(parseClientCredentials(CERTIFICATE)).toEqual({ method: 'certificate' })
  })

  test('needs a fetch that presents it', () => {
    expect(problemWith({ ...CERTIFICATE, fetch: undefined })).toBe(
      'fetch: is required with tls_client_auth: one that presents the certificate',
    )
  })
})

describe('credentials', () => {
  const foreign = 'does not go with the other credentials: one way of authentication only'

  test.each([
    [{ ...KEY, clientSecret: 's' }, 'clientSecret'],
    [{ ...KEY, basicEncoding: 'form' }, 'basicEncoding'],
    [{ ...KEY, ...SECRET, clientAuthentication: 'client_secret_post' }, 'privateKey'],
    [{ ...SECRET, assertionAudience: ISSUER }, 'assertionAudience'],
    [{ ...SECRET, clientAuthentication: 'private_key_jwt' }, 'clientSecret'],
    [{ ...CERTIFICATE, clientSecret: 's' }, 'clientSecret'],
    [{ ...CERTIFICATE, basicEncoding: 'raw' }, 'basicEncoding'],
    [{ ...CERTIFICATE, privateKey }, 'privateKey'],
    [{ ...CERTIFICATE, assertionAudience: ISSUER }, 'assertionAudience'],
  ])('are of one way alone: %#', (options, option) => {
    expect(problemWith(options)).toBe(`${option}: ${foreign}`)
  })

  test('are given in one of these ways', () => {
    expect(problemWith({ ...SECRET, clientAuthentication: 'none' })).toBe(
      'clientAuthentication: must be client_secret_basic or client_secret_post or private_key_jwt or tls_client_auth',
    )
    expect(problemWith({ ...SECRET, basicEncoding: 'Raw' })).toBe('basicEncoding: must be form or raw')
  })
})
