import { describe, expect, test } from '@jest/globals'
import { generateKeyPair } from 'jose'
import { rule, ruleForEach } from '../../../test/support/rule.js'
import { attempt, optionAtFault } from './support/attempt.js'
import { createScript, GRANT, type AnyOptions } from './support/script.js'

const EC = await generateKeyPair('ES256')
const { subtle } = globalThis.crypto
const RSA = { name: 'RSASSA-PKCS1-v1_5', publicExponent: new Uint8Array([1, 0, 1]) }
const SHORT = await subtle.generateKey({ ...RSA, modulusLength: 1024, hash: 'SHA-256' }, false, [
  'sign',
  'verify',
])
const SHA1 = await subtle.generateKey({ ...RSA, modulusLength: 2048, hash: 'SHA-1' }, false, [
  'sign',
  'verify',
])
const HMAC = await subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
const ISSUER = 'https://as.example.com'

describe('credentials', () => {
  rule('6749-4.4-b', 'are required, before any request', () => {
    const { fetch, sent } = createScript(GRANT)
    const options = { issuer: ISSUER, clientId: 'client', fetch }
    expect(attempt(options)).toMatchObject({ name: 'ConfigurationError', option: 'clientSecret' })
    expect(attempt({ ...options, clientSecret: 'secret' })).toBeUndefined()
    expect(sent).toHaveLength(0)
  })

  ruleForEach(
    '6749-2.3-a',
    {
      'a secret beside a key': { issuer: ISSUER, privateKey: EC.privateKey, clientSecret: 'secret' },
      'a secret beside a certificate': { clientAuthentication: 'tls_client_auth', clientSecret: 'secret' },
      'an encoding of Basic beside a key': {
        issuer: ISSUER,
        privateKey: EC.privateKey,
        basicEncoding: 'raw',
      },
      'an audience of assertions beside a secret': { assertionAudience: ISSUER },
      'a key beside client_secret_post': {
        clientAuthentication: 'client_secret_post',
        clientSecret: 'secret',
        privateKey: EC.privateKey,
      },
    },
    'are of one way of authentication only, and not %s',
    (options) => {
      expect(optionAtFault(options)).toMatch(/^(?:clientSecret|basicEncoding|assertionAudience|privateKey)$/)
    },
  )

  test.each<[string, AnyOptions]>([
    ['clientId', { clientId: 'a:b', basicEncoding: 'raw' }],
    ['clientSecret', { clientSecret: '' }],
    ['clientSecret', { clientSecret: '\uD800' }],
    ['clientAuthentication', { clientAuthentication: 'none' }],
    ['basicEncoding', { basicEncoding: 'Raw' }],
    ['privateKey', { clientAuthentication: 'private_key_jwt', clientSecret: undefined }],
    ['issuer', { privateKey: EC.privateKey }],
    ['privateKey', { issuer: ISSUER, privateKey: EC.publicKey }],
    ['privateKey', { issuer: ISSUER, privateKey: SHORT.privateKey }],
    ['privateKey', { issuer: ISSUER, privateKey: SHA1.privateKey }],
    ['privateKey', { issuer: ISSUER, privateKey: HMAC }],
    ['privateKey', { issuer: ISSUER, privateKey: { key: 'PEM', kid: 'a' } }],
    ['privateKey', { issuer: ISSUER, privateKey: 'PEM' }],
    ['privateKey.kid', { issuer: ISSUER, privateKey: { key: EC.privateKey } }],
    ['fetch', { clientAuthentication: 'tls_client_auth', fetch: undefined }],
  ])('are refused for %s', (option, options) => {
    expect(optionAtFault(options)).toBe(option)
  })

  test.each<[string, AnyOptions]>([
    ['a key without kid', { issuer: ISSUER, privateKey: EC.privateKey }],
    ['a key with kid', { issuer: ISSUER, privateKey: { key: EC.privateKey, kid: 'a' } }],
    ['a key and the audience of its assertions', { privateKey: EC.privateKey, assertionAudience: ISSUER }],
    [
      'an id with a colon, in the body',
      { clientId: 'a:b', basicEncoding: 'raw', clientAuthentication: 'client_secret_post' },
    ],
    ['a certificate', { clientAuthentication: 'tls_client_auth', fetch: globalThis.fetch }],
  ])('may be %s', (_name, options) => {
    expect(optionAtFault(options)).toBeUndefined()
  })
})
