import { describe, expect, test } from '@jest/globals'
import { generateKeyPair } from 'jose'
import { systemFetch } from '../../src/http/fetch.js'
import { ISSUER, parse } from './parse.js'
import { problemOf } from './problem.js'

const { privateKey } = await generateKeyPair('ES256')

describe('the credentials for introspection', () => {
  const accessToken = () => 'own'

  test('are required', () => {
    const required = 'introspection.clientId: is required, or introspection.accessToken'
    for (const options of [{}, { clientSecret: 's' }, { privateKey }, { concurrency: 1 }]) {
      expect(problemOf(() => parse(options))).toBe(required)
    }
    expect(problemOf(() => parse({ clientId: 'api' }))).toBe(
      'introspection.clientSecret: is required: the client must authenticate',
    )
  })

  test('may be a key, for assertions to the issuer, or to whom it is told', () => {
    const expected = {
      method: 'assertion',
      key: privateKey,
      kid: undefined,
      audience: ISSUER,
      clientId: 'api',
    }
    expect(parse({ clientId: 'api', privateKey }).credentials).toEqual(expected)
    const assertionAudience = `${ISSUER}/introspect`
    expect(parse({ clientId: 'api', privateKey, assertionAudience }).credentials).toEqual({
      ...expected,
      audience: assertionAudience,
    })
  })

  test('may be a certificate, with the fetch of the server', () => {
    const options = { clientId: 'api', clientAuthentication: 'tls_client_auth' }
    expect(parse(options, { fetch: systemFetch }).credentials).toEqual({
      method: 'certificate',
      clientId: 'api',
    })
    expect(problemOf(() => parse(options))).toBe(
      'fetch: is required with tls_client_auth: one that presents the certificate',
    )
  })

  test('may be an access token of its own', () => {
    expect(parse({ accessToken }).credentials).toEqual({ method: 'bearer', accessToken })
    for (const value of ['own', null, Promise.resolve('own')]) {
      expect(problemOf(() => parse({ accessToken: value }))).toBe(
        'introspection.accessToken: must be a function',
      )
    }
  })

  test.each([
    ['clientId', 'api'],
    ['clientSecret', 's'],
    ['privateKey', privateKey],
    ['clientAuthentication', 'client_secret_basic'],
    ['basicEncoding', 'form'],
    ['assertionAudience', ISSUER],
  ])('are an access token alone, without %s', (name, value) => {
    expect(problemOf(() => parse({ accessToken, [name]: value }))).toBe(
      `introspection.${name}: does not go with accessToken: one way of authentication only`,
    )
  })
})
