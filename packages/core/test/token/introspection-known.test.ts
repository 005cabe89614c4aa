import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/json.js'
import { checkIntrospectedClaims } from '../../src/token/introspection-claims.js'
import { asVerified } from '../../src/token/verified.js'
import { judge, NOW, POLICY } from './judge.js'

const CLAIMS = {
  ...POLICY,
  presentClaims: [],
  isClientIdOptional: true,
  clientIdClaims: ['azp', 'client_id'],
}
const INTROSPECTED = { issuer: 'https://as.example.com', claims: CLAIMS, isAudienceOptional: false }
/** What the signature of the token proved. */
const KNOWN = { sub: 'al', jti: '1', azp: 'app', aud: 'urn:api', exp: NOW + 60 }

const check = (response: JsonObject, known: JsonObject = KNOWN) =>
  checkIntrospectedClaims(asVerified(response), INTROSPECTED, NOW, asVerified(known))
const judgeResponse = (response: JsonObject, known?: JsonObject) => judge(() => check(response, known))

describe('an answer about a JWT that was verified', () => {
  test('may say nothing more: what the signature proved holds on', () => {
    expect(check({})).toEqual(KNOWN)
    expect(Object.isFrozen(check({}))).toBe(true)
  })

  test('wins where it speaks', () => {
    expect(check({ exp: NOW + 30, scope: 'a' })).toEqual({ ...KNOWN, exp: NOW + 30, scope: 'a' })
    expect(judgeResponse({ exp: NOW - 60 })).toBe('ERR_TOKEN_EXPIRED')
    expect(judgeResponse({ aud: 'x' })).toBe('ERR_TOKEN_AUDIENCE: aud: see the option audience')
  })

  test.each(['sub', 'jti'])('is about another token where its %s is another one', (name) => {
    expect(judgeResponse({ [name]: KNOWN[name as 'sub' | 'jti'] })).toBe('accepted')
    expect(judgeResponse({ [name]: 'other' }, { ...KNOWN, [name]: undefined })).toBe('accepted')
    for (const value of ['other', '', null, 1]) {
      expect(judgeResponse({ [name]: value })).toBe(`ERR_TOKEN_CLAIM_INVALID: ${name}`)
    }
  })

  test('is about another token where it is of another client, by whatever claim', () => {
    const anonymous = { sub: 'al', jti: '1', aud: 'urn:api', exp: NOW + 60 }
    expect(judgeResponse({ client_id: 'app' })).toBe('accepted')
    expect(judgeResponse({ client_id: 'other' }, anonymous)).toBe('accepted')
    expect(judgeResponse({ client_id: 'other' })).toBe('ERR_TOKEN_CLAIM_INVALID: client_id')
    expect(judgeResponse({ azp: 'other', client_id: 'app' })).toBe('ERR_TOKEN_CLAIM_INVALID: client_id')
  })
})

describe('an answer of the type DPoP', () => {
  const cnf = { jkt: 'x' }

  test.each(['token_type', 'token_use', 'typ'])('tells the key: %s', (name) => {
    const without = asVerified({ aud: 'urn:api', [name]: 'DPoP' })
    expect(judge(() => checkIntrospectedClaims(without, INTROSPECTED, NOW))).toBe(
      'ERR_TOKEN_SENDER_CONSTRAINED',
    )
    for (const value of ['DPoP', 'dpop']) {
      const bound = asVerified({ aud: 'urn:api', [name]: value, cnf })
      expect(checkIntrospectedClaims(bound, INTROSPECTED, NOW)).toBe(bound)
    }
    const other = asVerified({ aud: 'urn:api', [name]: 'refresh', cnf })
    expect(judge(() => checkIntrospectedClaims(other, INTROSPECTED, NOW))).toBe(`ERR_TOKEN_TYPE: ${name}`)
  })
})
