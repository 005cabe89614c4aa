import { describe, expect, test } from '@jest/globals'
import { detailsThat } from '../../src/authorization/details.js'
import {
  allScopes,
  anyScope,
  checkRequirement,
  claimsThat,
  type Requirement,
} from '../../src/authorization/requirement.js'
import { RefusedError } from '../../src/errors.js'
import { problemOf } from '../config/problem.js'

const CLOCK = { now: () => 1_000_000 }
const NONE = { scopes: new Set<string>(), claims: {} }

const check = (requirement: Requirement, scopes: readonly string[] = [], claims: object = {}) => {
  checkRequirement(requirement, { scopes: new Set(scopes), claims: { ...claims } }, CLOCK)
}
/** What a requirement refuses with, or `met`. */
function judge(...given: Parameters<typeof check>): object | 'met' {
  try {
    check(...given)
    return 'met'
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    const { code, scope, authentication } = error
    return { code, ...(scope !== undefined && { scope }), ...(authentication && { authentication }) }
  }
}

describe('a requirement of scopes', () => {
  test('is met by all of them', () => {
    const unmet = { code: 'ERR_SCOPE_INSUFFICIENT', scope: 'a b' }
    expect(judge(allScopes('a', 'b'), ['a', 'b', 'c'])).toBe('met')
    expect([judge(allScopes('a', 'b'), ['a']), judge(allScopes('a', 'b'))]).toEqual([unmet, unmet])
    expect(allScopes('a', 'b').scopes).toEqual(['a', 'b'])
  })

  test('is met by any of them, and asks for the first', () => {
    expect(judge(anyScope('a', 'b'), ['b'])).toBe('met')
    expect(judge(anyScope('a', 'b'), ['c'])).toEqual({ code: 'ERR_SCOPE_INSUFFICIENT', scope: 'a' })
    expect(anyScope('a', 'b').scopes).toEqual(['a', 'b'])
  })

  test.each([
    [[], 'name at least one scope'],
    [['a', ''], 'each must be one scope: printable ASCII without space, quote or backslash'],
    [['a b'], 'each must be one scope: printable ASCII without space, quote or backslash'],
    [['a', 'b"'], 'each must be one scope: printable ASCII without space, quote or backslash'],
    [['a', 'offline_access'], 'offline_access asks for a refresh token, and allows nothing here'],
  ])('cannot be of %j', (scopes, problem) => {
    for (const make of [allScopes, anyScope]) {
      expect(problemOf(() => make(...scopes))).toBe(`scopes: ${problem}`)
    }
  })
})

describe('a requirement of claims', () => {
  test('is met where its predicate says true', () => {
    const isUser = claimsThat(({ sub }) => sub === 'al')
    expect(judge(isUser, [], { sub: 'al' })).toBe('met')
    expect(judge(isUser, [], { sub: 'bo' })).toEqual({ code: 'ERR_CLAIMS_INSUFFICIENT' })
  })

  test.each([undefined, null, 1, 'true', {}])('cannot be decided by %j', (answer) => {
    const message = 'A predicate on claims must return true or false, at once'
    expect(() => check(claimsThat(() => answer as boolean))).toThrow(new TypeError(message))
    expect(problemOf(() => claimsThat(answer as never))).toBe('predicate: must be a function of the claims')
  })
})

describe('a requirement of one’s own', () => {
  const authentication = { acrValues: ['mfa'], maxAge: 60 }

  test.each([
    { code: 'ERR_CLAIMS_INSUFFICIENT' },
    { code: 'ERR_AUTHORIZATION_DETAILS_INSUFFICIENT' },
    { code: 'ERR_SCOPE_INSUFFICIENT', scope: 'a' },
    { code: 'ERR_SCOPE_INSUFFICIENT', scope: 'a b' },
    { code: 'ERR_AUTHENTICATION_INSUFFICIENT', authentication },
    { code: 'ERR_AUTHENTICATION_INSUFFICIENT', authentication: { acrValues: ['mfa'] } },
    { code: 'ERR_AUTHENTICATION_INSUFFICIENT', authentication: { maxAge: 0 }, scope: 'a' },
    { code: 'ERR_AUTHENTICATION_INSUFFICIENT', authentication: { maxAge: 31_536_000 } },
  ] as const)('is unmet by %j', (unmet) => {
    expect(judge(() => unmet)).toEqual(unmet)
  })

  test('is met by nothing', () => {
    expect(judge(() => undefined)).toBe('met')
  })

  test.each([
    false,
    true,
    'ERR_CLAIMS_INSUFFICIENT',
    {},
    { code: 'ERR_TOKEN_EXPIRED' },
    { code: 'ERR_SCOPE_INSUFFICIENT', scope: '' },
    { code: 'ERR_SCOPE_INSUFFICIENT', scope: 'a  b' },
    { code: 'ERR_SCOPE_INSUFFICIENT', scope: 'a"' },
    { code: 'ERR_SCOPE_INSUFFICIENT', scope: ['a'] },
    { code: 'ERR_CLAIMS_INSUFFICIENT', authentication },
    { code: 'ERR_AUTHENTICATION_INSUFFICIENT' },
    { code: 'ERR_AUTHENTICATION_INSUFFICIENT', authentication: {} },
    { code: 'ERR_AUTHENTICATION_INSUFFICIENT', authentication: { acrValues: [] } },
    { code: 'ERR_AUTHENTICATION_INSUFFICIENT', authentication: { acrValues: 'mfa' } },
    { code: 'ERR_AUTHENTICATION_INSUFFICIENT', authentication: { acrValues: ['a b'] } },
    { code: 'ERR_AUTHENTICATION_INSUFFICIENT', authentication: { maxAge: -1 } },
    { code: 'ERR_AUTHENTICATION_INSUFFICIENT', authentication: { maxAge: 0.5 } },
    { code: 'ERR_AUTHENTICATION_INSUFFICIENT', authentication: { maxAge: 31_536_001 } },
    { code: 'ERR_AUTHENTICATION_INSUFFICIENT', authentication: { maxAge: '60' } },
  ])('cannot be judged by %j', (unmet) => {
    expect(() => check((() => unmet) as unknown as Requirement)).toThrow(
      new TypeError(
        'A requirement returns nothing, or { code, scope, authentication } with a code of its type',
      ),
    )
  })

  test('is given scopes, claims and the clock', () => {
    const seen: unknown[] = []
    checkRequirement((...given) => void seen.push(...given), NONE, CLOCK)
    expect(seen).toEqual([NONE, CLOCK])
  })
})

describe('a requirement of authorization details', () => {
  test.each([undefined, null, 1, 'true', {}])('cannot be decided by %j', (answer) => {
    const claims = { authorization_details: [{ type: 'a' }] }
    expect(() =>
      check(
        detailsThat(() => answer as boolean),
        [],
        claims,
      ),
    ).toThrow(new TypeError('A predicate on authorization details must return true or false, at once'))
  })
})
