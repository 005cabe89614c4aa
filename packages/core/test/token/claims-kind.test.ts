import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/json.js'
import { isBoundToKey } from '../../src/token/claims.js'
import { judgeClaims } from './judge.js'

const INVALID = 'ERR_TOKEN_CLAIM_INVALID: token_type'
const OTHER_KIND = 'ERR_TOKEN_TYPE: typ'
const BOUND = { cnf: { jkt: 'x' } }

describe('a required claim', () => {
  const requiring = (name: string, value: string) => ({ requiredClaims: new Map([[name, value]]) })

  test('has the value that is required, and no other', () => {
    expect(judgeClaims({ token_type: 'access' }, requiring('token_type', 'access'))).toBe('accepted')
    for (const value of ['Access', 'access ', '', 1, null, undefined, ['access']]) {
      expect(judgeClaims({ token_type: value }, requiring('token_type', 'access'))).toBe(INVALID)
    }
  })

  test('may be DPoP instead of Bearer, where the token is bound to a key', () => {
    const required = requiring('typ', 'Bearer')
    expect(judgeClaims({ typ: 'Bearer' }, required)).toBe('accepted')
    expect(judgeClaims({ ...BOUND, typ: 'Bearer' }, required)).toBe('accepted')
    expect(judgeClaims({ ...BOUND, typ: 'DPoP' }, required)).toBe('accepted')
    expect(judgeClaims({ typ: 'DPoP' }, required)).toBe(OTHER_KIND)
    expect(judgeClaims({ typ: 'DPoP', cnf: { 'x5t#S256': 'x' } }, required)).toBe(OTHER_KIND)
    expect(judgeClaims({ ...BOUND, typ: 'ID' }, required)).toBe(OTHER_KIND)
    expect(judgeClaims({ ...BOUND, typ: 'DPoP' }, requiring('typ', 'access'))).toBe(OTHER_KIND)
  })
})

describe('a token bound to a key', () => {
  test('names it in its own confirmation', () => {
    expect(isBoundToKey(BOUND)).toBe(true)
    expect(isBoundToKey({ cnf: { jkt: undefined } })).toBe(true)
    for (const cnf of [
      undefined,
      null,
      'jkt',
      ['jkt'],
      {},
      { 'x5t#S256': 'x' },
      Object.create({ jkt: 'x' }),
    ]) {
      expect(isBoundToKey({ cnf })).toBe(false)
    }
    expect(isBoundToKey({})).toBe(false)
    expect(isBoundToKey(Object.create(BOUND) as JsonObject)).toBe(false)
  })
})

describe('a single audience', () => {
  const OTHERS = 'ERR_TOKEN_AUDIENCE: aud: see the option singleAudience'

  test.each(['urn:api', ['urn:api'], ['urn:api', 'urn:api']])('is %j', (aud) => {
    expect(judgeClaims({ aud }, { singleAudience: true })).toBe('accepted')
  })

  test('is no list of two, which is an audience nevertheless', () => {
    const aud = ['urn:api', 'urn:other']
    expect(judgeClaims({ aud }, { singleAudience: true })).toBe(OTHERS)
    expect(judgeClaims({ aud }, { singleAudience: false })).toBe('accepted')
    expect(judgeClaims({ aud })).toBe('accepted')
  })
})
