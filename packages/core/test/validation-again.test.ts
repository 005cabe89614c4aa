import { describe, expect, test } from '@jest/globals'
import { createAuth } from '../src/auth.js'
import { ConfigurationError } from '../src/errors.js'
import { create, ISSUER } from './scripted-server.js'
import { NOW } from './token/judge.js'

describe('a token that is asked about again', () => {
  const parts = {
    scheme: 'Bearer',
    issuer: ISSUER,
    subject: 'al',
    clientId: 'app',
    expiresAt: NOW + 60,
  } as const
  const claims = { sub: 'al', azp: 'app', aud: 'urn:api', exp: NOW + 60, scp: 'a b' }
  const byJwt = createAuth('t', { ...parts, scopes: ['a', 'b'], claims, via: 'jwt' })
  const byIntrospection = createAuth('t', { ...parts, scopes: ['a'], claims, via: 'introspection' })

  test('needs introspection', async () => {
    await expect(create('jwt').renew(byJwt)).rejects.toThrow(
      new ConfigurationError('introspection', 'is required to ask how things stand with an access token'),
    )
  })

  test('that was introspected is what the answer says', async () => {
    const { renew, asked } = create('opaque', { sub: 'bo', aud: 'urn:api', client_id: 'c', scope: 'x' })
    expect(await renew(byIntrospection)).toMatchObject({ via: 'introspection', subject: 'bo', clientId: 'c' })
    expect([...(await renew(byIntrospection, 7)).scopes]).toEqual(['x'])
    expect(asked).toEqual([
      ['t', 30],
      ['t', 7],
    ])
  })

  test('that is a JWT stays what it is, about which the answer must be', async () => {
    const renewed = await create('mixed', { sub: 'al', exp: NOW + 90 }).renew(byJwt)
    expect(renewed).toMatchObject({ via: 'jwt', subject: 'al', clientId: 'app', expiresAt: NOW + 60, claims })
    expect(renewed.token).toBe('t')
    await expect(create('mixed', { sub: 'bo' }).renew(byJwt)).rejects.toMatchObject({
      code: 'ERR_TOKEN_CLAIM_INVALID',
    })
    const expired = createAuth('t', { ...byJwt, scopes: [], claims: { ...claims, exp: NOW - 60 } })
    await expect(create('mixed', { exp: NOW + 90 }).renew(expired)).rejects.toMatchObject({
      code: 'ERR_TOKEN_EXPIRED',
    })
  })

  test.each([
    [{}, ['a', 'b']],
    [{ scp: 'a' }, ['a']],
    [{ scp: 'a c' }, ['a']],
    [{ scp: '' }, []],
    [{ scope: 'b' }, ['b']],
    [{ scp: 'a', scope: 'a b' }, ['a']],
    [{ scp: 'a', scope: 'b' }, []],
  ])('with %j has the scopes that are left: %j', async (response, scopes) => {
    expect([...(await create('mixed', response).renew(byJwt)).scopes]).toEqual(scopes)
  })

  test('with a scope of its own has no more than the answer has where its scopes are', async () => {
    const own = createAuth('t', { ...byJwt, scopes: ['a', 'b'], claims: { ...claims, scope: 'x' } })
    expect([...(await create('mixed', { scp: 'a', scope: 'b' }).renew(own)).scopes]).toEqual(['a'])
  })

  test('with its scopes in both places has no more than the answer has in either', async () => {
    const own = createAuth('t', { ...byJwt, scopes: ['a', 'b'], claims: { ...claims, scope: 'a b' } })
    for (const response of [
      { scope: 'a' },
      { scp: 'a' },
      { scp: 'a b', scope: 'a' },
      { scp: 'a', scope: 'a b' },
    ]) {
      expect([...(await create('mixed', response).renew(own)).scopes]).toEqual(['a'])
    }
    expect([...(await create('mixed', {}).renew(own)).scopes]).toEqual(['a', 'b'])
    const mixed = createAuth('t', { ...byJwt, scopes: ['a', 'b'], claims: { ...claims, scope: 'b x' } })
    expect([...(await create('mixed', { scope: 'x' }).renew(mixed)).scopes]).toEqual(['a'])
  })

  test('may have lists for scopes, where the options say so', async () => {
    const listed = { scopes: ['a', 'b'], claims: { ...claims, scp: 'a b', scope: ['a', 'b'] } }
    const own = createAuth('t', { ...byJwt, ...listed })
    expect([...(await create('mixed', {}).renew(own)).scopes]).toEqual(['a', 'b'])
    expect([...(await create('mixed', { scope: ['a'] }).renew(own)).scopes]).toEqual(['a', 'b']) // which nobody reads
    expect([...(await create('mixed', { scp: ['a'], scope: ['b'] }).renew(own)).scopes]).toEqual(['a'])
  })

  test('is bound to what it was bound to', async () => {
    const jkt = 'a'.repeat(43)
    const bound = createAuth('t', { ...byJwt, scopes: [], claims: { ...claims, cnf: { jkt } } })
    await expect(create('mixed', {}).renew(bound)).resolves.toMatchObject({ subject: 'al' })
    await expect(create('mixed', { cnf: { jkt: 'b'.repeat(43) } }).renew(bound)).rejects.toMatchObject({
      code: 'ERR_TOKEN_SENDER_CONSTRAINED',
    })
  })
})
