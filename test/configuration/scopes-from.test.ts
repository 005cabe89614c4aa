import { describe, expect, test } from '@jest/globals'
import type { IssuerOptions } from '@bearward/core'
import { judge, requestWithToken } from '../support/request.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

/** The scopes that are read from a token with these claims, or the code of the refusal. */
async function scopesOf(
  scopesFrom: IssuerOptions['scopesFrom'],
  claims: Record<string, unknown>,
): Promise<readonly string[] | string> {
  const { authorizationServer, protect } = servers()
  const token = await authorizationServer.mint({ scope: undefined, ...claims })
  const verdict = await judge(
    protect(scopesFrom === undefined ? {} : { scopesFrom }),
    requestWithToken(token),
  )
  return verdict.verdict === 'accepted' ? [...verdict.auth.scopes] : verdict.error.code
}

const READ_WRITE = ['stats:read', 'stats:write']

describe('scopesFrom', () => {
  test('is by default the claim scope, and a string', async () => {
    expect(await scopesOf(undefined, { scope: 'stats:read stats:write' })).toEqual(READ_WRITE)
    expect(await scopesOf(undefined, { scope: READ_WRITE })).toBe('ERR_TOKEN_CLAIM_INVALID')
    expect(await scopesOf(undefined, { scp: READ_WRITE })).toEqual([])
  })

  test.each([
    ['a string', 'stats:read stats:write', READ_WRITE],
    ['an array of strings', READ_WRITE, READ_WRITE],
    [
      'an array of SCIM objects',
      [{ value: 'stats:read' }, { value: 'stats:write', primary: true }],
      READ_WRITE,
    ],
    ['strings and SCIM objects', ['stats:read', { value: 'stats:write' }], READ_WRITE],
    ['an empty string', '', []],
    ['an empty array', [], []],
    ['an array with an empty string', ['', 'stats:read'], ['stats:read']],
    ['a string with a scope twice', 'stats:read stats:read', ['stats:read']],
    ['absent', undefined, []],
    ['an object', { 'stats:read': true }, 'ERR_TOKEN_CLAIM_INVALID'],
    ['an array with a number', ['stats:read', 1], 'ERR_TOKEN_CLAIM_INVALID'],
    ['null', null, 'ERR_TOKEN_CLAIM_INVALID'],
    ['a number', 1, 'ERR_TOKEN_CLAIM_INVALID'],
  ])('can be the name of a claim, that is %s', async (_name, scp, expected) => {
    expect(await scopesOf('scp', { scp })).toEqual(expected)
    expect(await scopesOf(['scp'], { scp })).toEqual(expected)
  })

  test('can be several claims, of which the first present one counts', async () => {
    const scopesFrom = ['scp', 'roles']
    expect(await scopesOf(scopesFrom, { scp: 'a b', roles: ['c'] })).toEqual(['a', 'b'])
    expect(await scopesOf(scopesFrom, { scp: '', roles: ['c'] })).toEqual([])
    expect(await scopesOf(scopesFrom, { roles: ['c'] })).toEqual(['c'])
    expect(await scopesOf(scopesFrom, { scp: null, roles: ['c'] })).toBe('ERR_TOKEN_CLAIM_INVALID')
    expect(await scopesOf(scopesFrom, { scope: 'd' })).toEqual([])
  })

  test('can be a function of the claims', async () => {
    const scopesFrom: IssuerOptions['scopesFrom'] = ({ realm_access: access }) =>
      (access as { roles: string[] }).roles.map((role) => `realm:${role}`)
    expect(await scopesOf(scopesFrom, { realm_access: { roles: ['a', 'b'] } })).toEqual([
      'realm:a',
      'realm:b',
    ])
  })

  test.each([
    ['a list', ['a', 'b'], ['a', 'b']],
    ['a set', new Set(['a', 'b']), ['a', 'b']],
    ['a string', 'stats:read stats:write', READ_WRITE],
    ['an empty list', [], []],
    ['undefined', undefined, []],
    ['null', null, []],
    ['a list in a list', [['admin']], 'ERR_TOKEN_CLAIM_INVALID'],
    ['a number in a list', ['a', 1], 'ERR_TOKEN_CLAIM_INVALID'],
    ['an object in a list', [{ value: 'admin' }], 'ERR_TOKEN_CLAIM_INVALID'],
    ['null in a set', new Set(['a', null]), 'ERR_TOKEN_CLAIM_INVALID'],
  ])('can be a function that returns %s', async (_name, returned, expected) => {
    expect(await scopesOf(() => returned as Iterable<string>, {})).toEqual(expected)
  })

  test('makes no scopes of characters where a function finds a string in a claim', async () => {
    const scopesFrom = ({ roles }: { readonly roles?: unknown }) => roles as readonly string[]
    expect(await scopesOf(scopesFrom, { roles: 'admin' })).toEqual(['admin'])
    expect(await scopesOf(scopesFrom, { roles: ['admin'] })).toEqual(['admin'])
  })

  test.each([
    ['a number', () => 1],
    ['a promise', () => Promise.resolve(['a'])],
    ['an object', () => ({ a: true })],
  ])('leaves an error where a function returns %s', async (_name, scopesFrom) => {
    const given = scopesFrom as unknown as () => readonly string[]
    await expect(scopesOf(given, {})).rejects.toThrow(TypeError)
  })

  test('wins over that of the profile', async () => {
    const { authorizationServer, protect } = servers()
    const resourceServer = protect({ profile: { scopesFrom: 'scp' }, scopesFrom: 'permissions' })
    const token = await authorizationServer.mint({ scp: ['a'], permissions: ['b'] })
    expect([...(await resourceServer.authenticate(requestWithToken(token))).scopes]).toEqual(['b'])
  })
})
