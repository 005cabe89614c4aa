import { describe, expect, test } from '@jest/globals'
import { checkToken, peekToken, readCredentials, type CredentialsPolicy } from '../src/credentials.js'
import type { ProtectedResourceRequest } from '../src/request.js'
import { judge } from './token/judge.js'

const POLICY: CredentialsPolicy = {
  requireTls: false,
  bearerMethods: new Set(['header']),
  acceptsDpop: false,
  readAccessToken: undefined,
}

function createRequest(
  authorization: readonly string[],
  members: Partial<ProtectedResourceRequest> = {},
): ProtectedResourceRequest {
  const fieldValues = (name: string) => (name === 'authorization' ? authorization : [])
  return { method: 'POST', target: '/', secure: undefined, fieldValues, ...members }
}

const read = (
  authorization: readonly string[],
  policy: Partial<CredentialsPolicy> = {},
  members: Partial<ProtectedResourceRequest> = {},
) => readCredentials(createRequest(authorization, members), { ...POLICY, ...policy })
const verdictOf = (...given: Parameters<typeof read>) => judge(() => read(...given))
const bearer = (token: string) => ({ scheme: 'Bearer', token })

describe('the field', () => {
  test.each(['Bearer a', 'bearer a', 'BEARER   a'])('has the token of %j', (value) => {
    expect(read([value])).toEqual(bearer('a'))
  })

  test.each([[], [''], ['Basic a'], ['DPoP a'], ['Bearers a'], ['Digest']])('has none in %j', (...values) => {
    expect(read(values)).toBeUndefined()
  })

  test('has an empty one where nothing follows the scheme', () => {
    expect(read(['Bearer'])).toEqual(bearer(''))
    expect(read(['Bearer '])).toEqual(bearer(''))
    expect(read(['Bearer  '])).toEqual(bearer(''))
    expect(read(['Bearer a b\n'])).toEqual(bearer('a b\n'))
  })

  test.each(['Bearer\ta', ' Bearer a', 'Bearer,a', '=', '(Bearer a'])('is malformed: %j', (value) => {
    expect(verdictOf([value])).toBe('ERR_CREDENTIALS_MALFORMED')
  })

  test('stands there once', () => {
    expect(verdictOf(['Bearer a', 'Bearer a'])).toBe('ERR_CREDENTIALS_REPEATED')
    expect(verdictOf(['Bearer a', ''])).toBe('ERR_CREDENTIALS_REPEATED')
  })

  test('may have the scheme DPoP where that is known', () => {
    expect(read(['dpop a'], { acceptsDpop: true })).toEqual({ scheme: 'DPoP', token: 'a' })
    expect(read(['Basic a'], { acceptsDpop: true })).toBeUndefined()
    const bodyAlone = { bearerMethods: new Set(['body'] as const) }
    expect(read(['DPoP a'], { ...bodyAlone, acceptsDpop: true })).toEqual({ scheme: 'DPoP', token: 'a' })
    expect(read(['Bearer a'], { ...bodyAlone, acceptsDpop: true })).toBeUndefined()
    expect(read(['Bearer a', 'Bearer b'], bodyAlone)).toBeUndefined()
  })
})

describe('the body', () => {
  const both = { bearerMethods: new Set(['header', 'body'] as const) }
  const form = (members: Readonly<Record<string, unknown>>) => ({ form: () => members })

  test.each(['POST', 'PUT', 'PATCH'])('has a token in a %s', (method) => {
    expect(read([], both, { method, ...form({ access_token: 'a' }) })).toEqual(bearer('a'))
  })

  test.each(['post', 'Put', 'patcH'])(
    'is not taken for one in a %s, and refused where it has a token',
    (method) => {
      expect(() => read([], both, { method, ...form({ access_token: 'a' }) })).toThrow(
        expect.objectContaining({ code: 'ERR_CREDENTIALS_MALFORMED' }),
      )
      expect(read([], both, { method, ...form({}) })).toBeUndefined()
    },
  )

  test.each(['GET', 'HEAD', 'DELETE', 'QUERY'])('has none in a %s', (method) => {
    expect(read([], both, { method, ...form({ access_token: 'a' }) })).toBeUndefined()
  })

  test('has none where there is no form, or no such member of its own', () => {
    expect(read([], both)).toBeUndefined()
    expect(read([], both, { form: () => undefined })).toBeUndefined()
    expect(read([], both, form({ token: 'a' }))).toBeUndefined()
    expect(
      read([], both, form(Object.create({ access_token: 'a' }) as object as Record<string, unknown>)),
    ).toBeUndefined()
    expect(read([], {}, form({ access_token: 'a' }))).toBeUndefined()
  })

  test('has one string', () => {
    expect(verdictOf([], both, form({ access_token: ['a', 'b'] }))).toBe('ERR_CREDENTIALS_REPEATED')
    for (const value of [1, null, {}, undefined]) {
      expect(verdictOf([], both, form({ access_token: value }))).toBe('ERR_CREDENTIALS_MALFORMED')
    }
  })

  test('does not repeat the field', () => {
    expect(verdictOf(['Bearer a'], both, form({ access_token: 'a' }))).toBe('ERR_CREDENTIALS_REPEATED')
    expect(read(['Bearer a'], both, form({}))).toEqual(bearer('a'))
  })
})

describe('a reader of the application', () => {
  const reading = (found: unknown) => ({ readAccessToken: () => found as string })

  test('is the only one', () => {
    expect(read(['Bearer a', 'Bearer b'], reading('c'))).toEqual(bearer('c'))
    for (const found of [undefined, null, '']) expect(read(['Bearer a'], reading(found))).toBeUndefined()
    expect(verdictOf([], reading(['a']))).toBe('ERR_CREDENTIALS_REPEATED')
  })

  test.each([1, {}, true])('must not find %j', (found) => {
    expect(() => read([], reading(found))).toThrow(
      new TypeError('readAccessToken must return a string or undefined, at once'),
    )
  })
})

describe('TLS', () => {
  test.each([false, undefined])('is required of a request whose secure is %j', (secure) => {
    expect(verdictOf(['Bearer a'], { requireTls: true }, { secure })).toBe('ERR_TLS_REQUIRED')
    expect(verdictOf(['Bearer a'], {}, { secure })).toBe('accepted')
    expect(verdictOf(['Bearer a'], { requireTls: true }, { secure: true })).toBe('accepted')
  })
})

describe('checkToken', () => {
  test.each(['a', 'a=', 'A-._~+/9==', 'a.b.c'])('accepts %j', (token) => {
    expect(judge(() => checkToken(token))).toBe('accepted')
  })

  test.each(['', '=', 'a b', 'a=b', ' a', 'a ', 'a\n', 'é', 'a"', 'a,b'])('refuses %j', (token) => {
    expect(judge(() => checkToken(token))).toBe('ERR_CREDENTIALS_MALFORMED')
  })
})

describe('peekToken', () => {
  const peek = (
    authorization: readonly string[],
    policy: Partial<CredentialsPolicy> = {},
    members: Partial<ProtectedResourceRequest> = {},
  ) => peekToken(createRequest(authorization, members), { ...POLICY, ...policy })

  test('sees the token where nearly all of them are', () => {
    expect(peek(['Bearer a'])).toBe('a')
    expect(peek(['Bearer a'], { acceptsDpop: true })).toBe('a')
    expect(peek(['Bearer a'], { requireTls: true }, { secure: true })).toBe('a')
  })

  test.each([[], ['bearer a'], ['DPoP a'], ['Bearer a', 'Bearer a'], ['']])(
    'sees none in %j',
    (...values) => {
      expect(peek(values)).toBeUndefined()
    },
  )

  test('sees none where another place counts, or TLS is required', () => {
    expect(peek(['Bearer a'], { readAccessToken: () => 'b' })).toBeUndefined()
    expect(peek(['Bearer a'], { bearerMethods: new Set(['header', 'body']) })).toBeUndefined()
    expect(peek(['Bearer a'], { bearerMethods: new Set() })).toBeUndefined()
    expect(peek(['Bearer a'], { requireTls: true })).toBeUndefined()
    expect(peek(['Bearer a'], { requireTls: true }, { secure: false })).toBeUndefined()
  })
})
