import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { createResourceServer, fromWebRequest } from '@bearward/core'
import { fakeAuth, startAuthorizationServer } from '@bearward/testing'

describe('fakeAuth', () => {
  test('is a client without scopes where nothing else is said', () => {
    const auth = fakeAuth()
    expect(auth).toMatchObject({
      scheme: 'Bearer',
      issuer: 'https://as.example.com',
      subject: 'client',
      clientId: 'client',
      via: 'jwt',
    })
    expect([...auth.scopes]).toEqual([])
    expect(auth.claims).not.toHaveProperty('scope')
    expect(auth.expiresAt).toBeGreaterThan(Date.now() / 1000)
  })

  test('says the same in its claims as in its members', () => {
    const auth = fakeAuth({
      scopes: ['a', 'b'],
      subject: 'user-1',
      clientId: 'app',
      issuer: 'https://other.example.com',
      expiresAt: 2_000_000_000,
      claims: { roles: ['auditor'] },
    })
    expect(auth).toMatchObject({
      scopes: new Set(['a', 'b']),
      subject: 'user-1',
      clientId: 'app',
      issuer: 'https://other.example.com',
      expiresAt: 2_000_000_000,
    })
    expect(auth.claims).toMatchObject({
      scope: 'a b',
      sub: 'user-1',
      client_id: 'app',
      iss: 'https://other.example.com',
      exp: 2_000_000_000,
      roles: ['auditor'],
    })
  })

  test('takes its members from the claims as well', () => {
    const auth = fakeAuth({ claims: { sub: 'user-2', client_id: 'web', exp: 5, scope: 'a b' } })
    expect(auth).toMatchObject({
      subject: 'user-2',
      clientId: 'web',
      expiresAt: 5,
      scopes: new Set(['a', 'b']),
    })
  })

  test('has scopes that are in no claim scope, or in an odd one, where it is told so', () => {
    const auth = fakeAuth({ scopes: ['a'], claims: { scope: ['b'] } })
    expect([auth.scopes, auth.claims.scope]).toEqual([new Set(['a']), ['b']])
    expect(fakeAuth({ claims: { scope: ['b'] } }).scopes).toEqual(new Set())
  })

  test('leaves subject and client out where they are undefined', () => {
    const auth = fakeAuth({ subject: undefined, clientId: undefined })
    expect([auth.subject, auth.clientId]).toEqual([undefined, undefined])
    expect(auth.claims).not.toHaveProperty('sub')
    expect(auth.claims).not.toHaveProperty('client_id')
  })

  test('is a client of that name where only the client is said', () => {
    expect(fakeAuth({ clientId: 'app' }).subject).toBe('app')
  })

  test.each([
    ['DPoP', 'the claims name a key', { claims: { cnf: { jkt: 'thumbprint' } } }],
    ['Bearer', 'the claims name a certificate', { claims: { cnf: { 'x5t#S256': 'thumbprint' } } }],
    ['Bearer', 'cnf is odd', { claims: { cnf: 'jkt' } }],
    ['Bearer', 'cnf is null', { claims: { cnf: null } }],
    ['DPoP', 'it is told so', { scheme: 'DPoP' }],
    [
      'Bearer',
      'it is told so, whatever the claims name',
      { scheme: 'Bearer', claims: { cnf: { jkt: 'x' } } },
    ],
  ] as const)('has the scheme %s where %s', (scheme, _case, options) => {
    expect(fakeAuth(options).scheme).toBe(scheme)
  })

  test('is frozen, its claims deeply, and nothing of the caller is', () => {
    const roles = ['auditor']
    const auth = fakeAuth({ claims: { roles } })
    expect(Object.isFrozen(auth)).toBe(true)
    expect(Object.isFrozen(auth.claims)).toBe(true)
    expect(Object.isFrozen(auth.claims.roles)).toBe(true)
    expect(Object.isFrozen(roles)).toBe(false)
  })

  test('does not show its token', () => {
    const auth = fakeAuth()
    expect(auth.token).toBe('fake-access-token')
    expect(JSON.stringify(auth) + inspect(auth)).not.toContain(auth.token)
  })

  test('has the members of a real one, no more and no less', async () => {
    const server = await startAuthorizationServer({ algorithms: ['ES256'] })
    const resourceServer = createResourceServer({
      issuer: server.issuer,
      audience: 'https://api.example.com',
    })
    const headers = { Authorization: `Bearer ${await server.mint()}` }
    const real = await resourceServer.authenticate(
      fromWebRequest(new Request('https://api.example.com', { headers })),
    )
    const fake = fakeAuth({ scopes: ['a'] })
    const shape = (value: object): unknown =>
      Object.entries(Object.getOwnPropertyDescriptors(value))
        .map(([name, { enumerable, writable, configurable }]) => ({
          name,
          enumerable,
          writable,
          configurable,
        }))
        .sort((a, b) => a.name.localeCompare(b.name))
    expect(shape(fake)).toEqual(shape(real))
    expect(Object.keys(fake.claims).sort()).toEqual(Object.keys(real.claims).sort())
    await server.close()
  })
})
