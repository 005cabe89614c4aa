import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/json.js'
import {
  checkIntrospectedClaims,
  type IntrospectedClaimsPolicy,
} from '../../src/token/introspection-claims.js'
import { asVerified } from '../../src/token/verified.js'
import { judge, NOW, POLICY } from './judge.js'

const ISSUER = 'https://as.example.com'
const INTROSPECTED: IntrospectedClaimsPolicy = {
  issuer: ISSUER,
  claims: { ...POLICY, presentClaims: [], isClientIdOptional: true },
  isAudienceOptional: false,
}

/** What is said of an answer `{ active: true, aud: 'urn:api' }` with these members. */
function judgeResponse(members: JsonObject, policy: Partial<IntrospectedClaimsPolicy> = {}): string {
  const response = asVerified({ active: true, aud: 'urn:api', ...members })
  return judge(() => checkIntrospectedClaims(response, { ...INTROSPECTED, ...policy }, NOW))
}

describe('checkIntrospectedClaims', () => {
  test('returns the answer as it is', () => {
    const response = asVerified({ active: true, aud: 'urn:api', username: 'al' })
    expect(checkIntrospectedClaims(response, INTROSPECTED, NOW)).toBe(response)
  })

  test('accepts an answer without issuer, and refuses another issuer', () => {
    expect(judgeResponse({})).toBe('accepted')
    expect(judgeResponse({ iss: ISSUER })).toBe('accepted')
    for (const iss of ['https://as.example.org', `${ISSUER}/`, '', null, 1, [ISSUER]]) {
      expect(judgeResponse({ iss })).toBe('ERR_TOKEN_ISSUER: iss: is not the issuer that was asked')
    }
  })

  test.each([
    ['token_type', ['Bearer', 'bearer', 'BEARER', 'access_token']],
    ['token_use', ['access_token', 'access', 'Access']],
    ['typ', ['Bearer', 'at+jwt', 'application/at+jwt', 'JWT']],
  ])('takes %s for an access token where it is one of %j', (name, values) => {
    for (const value of values) expect(judgeResponse({ [name]: value })).toBe('accepted')
  })

  test.each([
    [
      'token_type',
      [
        'refresh_token',
        'access_to\u212aen',
        'N_A',
        'mac',
        'pop',
        'access',
        'at+jwt',
        '',
        'Bearer ',
        null,
        1,
        ['Bearer'],
      ],
    ],
    ['token_use', ['id', 'refresh_token', 'bearer', 'at+jwt', '', null, 1, ['access']]],
    ['typ', ['Refresh', 'ID', 'Offline', 'access_token', 'logout+jwt', '', null, 1, ['Bearer']]],
  ])('takes %s for another kind of token where it is one of %j', (name, values) => {
    for (const value of values) expect(judgeResponse({ [name]: value })).toBe(`ERR_TOKEN_TYPE: ${name}`)
  })

  test('looks at each of them, and at no inherited one', () => {
    expect(judgeResponse({ token_type: 'Bearer', token_use: 'access', typ: 'Bearer' })).toBe('accepted')
    expect(judgeResponse({ token_type: 'Bearer', typ: 'Refresh' })).toBe('ERR_TOKEN_TYPE: typ')
    const members = Object.create({ iss: 'x', token_type: 'x' }) as JsonObject
    const response = asVerified(Object.assign(members, { aud: 'urn:api' }))
    expect(judge(() => checkIntrospectedClaims(response, INTROSPECTED, NOW))).toBe('accepted')
  })

  test.each(['token_type', 'token_use', 'typ'])('knows a token that is bound by DPoP by its %s', (name) => {
    for (const value of ['DPoP', 'dpop']) {
      expect(judgeResponse({ [name]: value })).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
    }
  })

  test.each<[JsonObject, string]>([
    [{ exp: NOW - 5 }, 'ERR_TOKEN_EXPIRED'],
    [{ exp: NOW - 4 }, 'accepted'],
    [{ nbf: NOW + 6 }, 'ERR_TOKEN_NOT_YET_VALID'],
    [{ sub: 1 }, 'ERR_TOKEN_CLAIM_INVALID: sub'],
    [{ aud: ['x'] }, 'ERR_TOKEN_AUDIENCE: aud: see the option audience'],
  ])('judges the rest as claims of a JWT: %j, %s', (members, verdict) => {
    expect(judgeResponse(members)).toBe(verdict)
  })
})

describe('an answer without audience', () => {
  const judgeWithout = (policy: Partial<IntrospectedClaimsPolicy>, members: JsonObject = {}) =>
    judge(() => checkIntrospectedClaims(asVerified(members), { ...INTROSPECTED, ...policy }, NOW))

  test('is refused, unless it is optional', () => {
    expect(judgeWithout({})).toBe('ERR_TOKEN_CLAIM_MISSING: aud')
    expect(judgeWithout({ isAudienceOptional: true })).toBe('accepted')
  })

  test('is judged in all else', () => {
    expect(judgeWithout({ isAudienceOptional: true }, { exp: NOW - 5 })).toBe('ERR_TOKEN_EXPIRED')
  })

  test('is not one with another audience', () => {
    for (const aud of ['x', '', ['x']]) {
      expect(judgeResponse({ aud }, { isAudienceOptional: true })).toBe(
        'ERR_TOKEN_AUDIENCE: aud: see the option audience',
      )
    }
    expect(judgeResponse({ aud: null }, { isAudienceOptional: true })).toBe('ERR_TOKEN_CLAIM_INVALID: aud')
    expect(judgeResponse({}, { isAudienceOptional: true })).toBe('accepted')
  })

  test('is not one that has it in another of its claims', () => {
    const claims = { ...INTROSPECTED.claims, audienceClaims: ['aud', 'client_id'] }
    const policy = { claims, isAudienceOptional: true }
    expect(judgeWithout(policy, { client_id: 'urn:api' })).toBe('accepted')
    expect(judgeWithout(policy, { client_id: 'x' })).toBe(
      'ERR_TOKEN_AUDIENCE: client_id: see the option audience',
    )
    expect(judgeWithout(policy, { username: 'x' })).toBe('accepted')
  })
})
