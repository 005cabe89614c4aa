import { describe, expect, test } from '@jest/globals'
import { UnavailableError } from '../src/errors.js'
import { create, createJwt, OTHER } from './scripted-server.js'
import { NOW } from './token/judge.js'

const BY_SIGNATURE = ['jwt', 'al', 'app', 'Bearer']
const BY_INTROSPECTION = ['introspection', 'i', undefined, 'Bearer']

describe('a JWT', () => {
  test.each(['jwt', 'mixed'] as const)('is judged by its signature, and kept: %s', async (accessTokens) => {
    const { judge, asked, kept, server } = create(accessTokens)
    const token = createJwt()
    expect(await judge(token)).toEqual(BY_SIGNATURE)
    expect(asked).toEqual([])
    expect(kept).toEqual([[expect.objectContaining({ via: 'jwt', token }), server, 'the key set']])
  })

  test('is introspected where all tokens are', async () => {
    const { judge, asked, kept } = create('opaque')
    const token = createJwt()
    expect(await judge(token)).toEqual(BY_INTROSPECTION)
    expect(asked).toEqual([[token, undefined]])
    expect(kept).toEqual([])
  })

  test.each(['jwt', 'mixed'] as const)('is not asked about where it is refused: %s', async (accessTokens) => {
    const { judge, asked } = create(accessTokens)
    const bad = createJwt()
    expect(await judge(`${bad.slice(0, -4)}AAAA`)).toBe('ERR_TOKEN_SIGNATURE')
    expect(await judge(createJwt({ exp: NOW - 60 }))).toBe('ERR_TOKEN_EXPIRED')
    expect(await judge(createJwt({}, { typ: 'JWT' }))).toBe('ERR_TOKEN_TYPE')
    expect(await judge(createJwt({ cnf: {} }))).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
    expect(await judge(`${bad}.A`)).toBe('ERR_TOKEN_MALFORMED')
    expect(asked).toEqual([])
  })

  test('with a flaw in its spelling is asked about where all tokens are', async () => {
    expect(await create('opaque').judge(`${createJwt()}.A`)).toEqual(BY_INTROSPECTION)
  })

  test('of another issuer is for the one that introspects', async () => {
    for (const iss of [OTHER, undefined, 1]) {
      expect(await create('jwt').judge(createJwt({ iss }))).toBe('ERR_TOKEN_ISSUER')
      expect(await create('mixed').judge(createJwt({ iss }))).toEqual(BY_INTROSPECTION)
      expect(await create('opaque').judge(createJwt({ iss }))).toEqual(BY_INTROSPECTION)
    }
  })

  test.each([new UnavailableError('ERR_ISSUER_LOOKUP', 'x'), new Error('x')])(
    'is not asked about where its issuer cannot be told: %p',
    async (failure) => {
      for (const kind of ['mixed', 'opaque'] as const) {
        const { judge, asked } = create(kind, {}, failure)
        expect(await judge(createJwt())).toBe(failure instanceof UnavailableError ? failure.code : failure)
        expect(asked).toEqual([])
      }
    },
  )

  test('that is bound to a key has the scheme DPoP', async () => {
    const cnf = { jkt: 'a'.repeat(43) }
    expect(await create('jwt').judge(createJwt({ cnf }))).toEqual(['jwt', 'al', 'app', 'DPoP'])
    const { judge } = create('opaque', { aud: 'urn:api', cnf, client_id: 'c' })
    expect(await judge('t')).toEqual(['introspection', undefined, 'c', 'DPoP'])
  })
})

describe('another token', () => {
  test('is for the one that introspects', async () => {
    expect(await create('jwt').judge('opaque')).toBe('ERR_TOKEN_MALFORMED')
    expect(await create('mixed').judge('opaque')).toEqual(BY_INTROSPECTION)
    expect(await create('opaque').judge('a.b.c')).toEqual(BY_INTROSPECTION)
  })

  test.each(['', 'a b', 'a=b'])('is none: %j', async (token) => {
    expect(await create('mixed').judge(token)).toBe('ERR_CREDENTIALS_MALFORMED')
  })

  test('is of the largest size at most', async () => {
    const { judge, asked } = create('opaque')
    expect(await judge('abc', 3)).toEqual(BY_INTROSPECTION)
    expect(await judge('abcd', 3)).toBe('ERR_TOKEN_TOO_LARGE')
    expect(asked).toHaveLength(1)
  })
})
