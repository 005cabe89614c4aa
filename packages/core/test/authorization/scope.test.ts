import { describe, expect, test } from '@jest/globals'
import { attributeValues, readScopes, type ScopePolicy } from '../../src/authorization/scope.js'
import { judge } from '../token/judge.js'

const judgeScopes = (claims: Readonly<Record<string, unknown>>, policy?: ScopePolicy) =>
  judge(() => readScopes(claims, policy))

describe('the claim scope', () => {
  test.each<[unknown, readonly string[]]>([
    ['a b', ['a', 'b']],
    ['a', ['a']],
    [' a  b ', ['a', 'b']],
    ['a\tb', ['a\tb']],
    ['', []],
  ])('of %j has %j', (scope, scopes) => {
    expect(readScopes({ scope }, undefined)).toEqual(scopes)
  })

  test('may be absent, but is a string', () => {
    expect(readScopes({}, undefined)).toEqual([])
    for (const scope of [null, 1, ['a'], {}, undefined]) {
      expect(judgeScopes({ scope })).toBe('ERR_TOKEN_CLAIM_INVALID: scope')
    }
  })
})

describe('another claim', () => {
  test('is the first that is present', () => {
    expect(readScopes({ scp: 'a', scope: 'b' }, 'scp')).toEqual(['a'])
    expect(readScopes({ roles: ['a'], scope: 'b' }, ['scp', 'roles'])).toEqual(['a'])
    expect(readScopes({ scope: 'b' }, ['scp', 'roles'])).toEqual([])
  })

  test('may be a list of strings, or of objects with one', () => {
    expect(readScopes({ scp: ['a', '', 'b c'] }, 'scp')).toEqual(['a', 'b c'])
    expect(readScopes({ scp: [{ value: 'a' }, 'b'] }, 'scp')).toEqual(['a', 'b'])
    for (const scp of [null, 1, {}, ['a', 1], [{ value: 1 }], [{}], [null]]) {
      expect(judgeScopes({ scp }, 'scp')).toBe('ERR_TOKEN_CLAIM_INVALID: scp')
    }
    expect(attributeValues('a')).toBeUndefined()
  })
})

describe('a function', () => {
  test.each<[unknown, readonly string[]]>([
    [undefined, []],
    [null, []],
    ['a b', ['a', 'b']],
    [['a', ''], ['a']],
    [new Set(['a', 'b']), ['a', 'b']],
  ])('that finds %p finds %j', (found, scopes) => {
    expect(readScopes({}, () => found as string)).toEqual(scopes)
  })

  test.each([1, true, {}, () => 'a'])('must not find %p', (found) => {
    expect(() => readScopes({}, () => found as unknown as string)).toThrow(
      new TypeError('scopesFrom must return strings, at once'),
    )
  })

  test('that finds something else than strings found an odd token', () => {
    expect(judgeScopes({}, () => ['a', 1] as unknown as string[])).toBe('ERR_TOKEN_CLAIM_INVALID: scopesFrom')
  })
})
