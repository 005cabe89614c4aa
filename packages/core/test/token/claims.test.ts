import { describe, expect, test } from '@jest/globals'
import { checkClaims, findClientId } from '../../src/token/claims.js'
import { asVerified } from '../../src/token/verified.js'
import { claimsWith, judge, judgeClaims, LAX, NOW, POLICY } from './judge.js'

const OTHER_AUDIENCE = 'ERR_TOKEN_AUDIENCE: aud: see the option audience'

describe('checkClaims', () => {
  test('returns the claims as they are', () => {
    const claims = claimsWith({ roles: ['a'] })
    expect(checkClaims(claims, POLICY, NOW)).toBe(claims)
  })

  test('accepts a token that says nothing, where nothing is demanded', () => {
    expect(judge(() => checkClaims(asVerified({}), LAX, NOW))).toBe('accepted')
  })

  test.each(['iss', 'exp', 'sub', 'iat', 'jti'])('demands %s, unless the policy does not', (name) => {
    const presentClaims = POLICY.presentClaims.filter((other) => other !== name)
    expect(judgeClaims({ [name]: undefined })).toBe(`ERR_TOKEN_CLAIM_MISSING: ${name}`)
    expect(judgeClaims({ [name]: undefined }, { presentClaims })).toBe('accepted')
  })

  test.each(['iss', 'sub', 'client_id', 'jti'])('takes a non-empty string for %s', (name) => {
    expect(judgeClaims({ [name]: 'x' })).toBe('accepted')
    for (const value of ['', 1, true, null, ['x'], {}]) {
      expect(judgeClaims({ [name]: value }, LAX)).toBe(`ERR_TOKEN_CLAIM_INVALID: ${name}`)
    }
  })

  test.each(['exp', 'nbf', 'iat'])('takes a number from 0 to the year 9999 for %s', (name) => {
    for (const value of [-1, -0.001, 253_402_300_799.5, 253_402_300_800, NOW * 1e9, '1', true, null, [1]]) {
      expect(judgeClaims({ [name]: value }, LAX)).toBe(`ERR_TOKEN_CLAIM_INVALID: ${name}`)
    }
    for (const value of [0, 0.5, NOW, 253_402_300_799]) {
      expect(judgeClaims({ [name]: value }, LAX)).not.toMatch('INVALID')
    }
  })

  test('accepts times at both ends', () => {
    expect(judgeClaims({ exp: 253_402_300_799, nbf: 0, iat: 0 })).toBe('accepted')
  })

  test('takes a string or a list of strings for aud', () => {
    for (const aud of ['x', '', ['x'], ['x', 'y']]) expect(judgeClaims({ aud }, LAX)).toBe('accepted')
    for (const aud of [[], ['x', 1], [['x']], 1, true, null, {}]) {
      expect(judgeClaims({ aud }, LAX)).toBe('ERR_TOKEN_CLAIM_INVALID: aud')
    }
  })
})

describe('the audience', () => {
  test.each([
    'https://api.example.com',
    'urn:api',
    ['urn:api'],
    ['x', 'urn:api'],
    ['urn:api', 'x', 'urn:api'],
  ])('is good: %j', (aud) => {
    expect(judgeClaims({ aud })).toBe('accepted')
  })

  test.each([
    'x',
    '',
    'urn:ap',
    'urn:api ',
    'urn:apis',
    'URN:API',
    'https://api.example.com/',
    ['x', 'y'],
    ['urn'],
  ])('is another: %j', (aud) => {
    expect(judgeClaims({ aud })).toBe(OTHER_AUDIENCE)
  })

  test('must be there, unless any is accepted', () => {
    expect(judgeClaims({ aud: undefined })).toBe('ERR_TOKEN_CLAIM_MISSING: aud')
    expect(judgeClaims({ aud: undefined }, { audiences: undefined })).toBe('accepted')
    expect(judgeClaims({ aud: 'x' }, { audiences: undefined })).toBe('accepted')
  })

  test('is the first of its claims that is there', () => {
    const policy = { audienceClaims: ['aud', 'client_id'], isClientIdOptional: true }
    expect(judgeClaims({ aud: undefined, client_id: 'urn:api' }, policy)).toBe('accepted')
    expect(judgeClaims({ aud: 'urn:api' }, policy)).toBe('accepted')
    expect(judgeClaims({ aud: 'x', client_id: 'urn:api' }, policy)).toBe(OTHER_AUDIENCE)
    expect(judgeClaims({ aud: undefined }, policy)).toBe(
      'ERR_TOKEN_AUDIENCE: client_id: see the option audience',
    )
    expect(judgeClaims({ aud: undefined, client_id: undefined }, policy)).toBe('ERR_TOKEN_CLAIM_MISSING: aud')
  })
})

describe('the kind of token', () => {
  test('is another where a foreign claim is there, whatever it holds', () => {
    const policy = { foreignClaims: ['events', 'nonce'] }
    expect(judgeClaims({}, policy)).toBe('accepted')
    expect(judgeClaims({ nonce: '1' })).toBe('accepted')
    expect(judgeClaims({ nonce: null }, policy)).toBe('ERR_TOKEN_TYPE: nonce')
    expect(judgeClaims({ events: {} }, policy)).toBe('ERR_TOKEN_TYPE: events')
  })

  test.each([
    ['typ', 'ERR_TOKEN_TYPE'],
    ['token_use', 'ERR_TOKEN_TYPE'],
    ['tid', 'ERR_TOKEN_CLAIM_INVALID'],
  ])('shows in %s, which must have exactly the required value, or else: %s', (name, code) => {
    const policy = { requiredClaims: new Map([[name, 'Bearer']]) }
    expect(judgeClaims({ [name]: 'Bearer' }, policy)).toBe('accepted')
    for (const value of ['bearer', 'Bearer ', '', ['Bearer'], 1, null, undefined]) {
      expect(judgeClaims({ [name]: value }, policy)).toBe(`${code}: ${name}`)
    }
  })

  test('shows in all of the required claims, and in no inherited one', () => {
    const requiredClaims = new Map([
      ['a', '1'],
      ['b', '2'],
    ])
    expect(judgeClaims({ a: '1', b: '2' }, { requiredClaims })).toBe('accepted')
    expect(judgeClaims({ a: '1' }, { requiredClaims })).toBe('ERR_TOKEN_CLAIM_INVALID: b')
    expect(judgeClaims({ b: '2' }, { requiredClaims })).toBe('ERR_TOKEN_CLAIM_INVALID: a')
    const inheriting = asVerified(Object.create({ a: '1', b: '2' }) as Record<string, unknown>)
    expect(judge(() => checkClaims(inheriting, { ...LAX, requiredClaims }, NOW))).toBe(
      'ERR_TOKEN_CLAIM_INVALID: a',
    )
  })
})

describe('the client identifier', () => {
  test('must be there in one of its claims, unless it is optional', () => {
    const absent = { client_id: undefined }
    const policy = { clientIdClaims: ['azp', 'client_id'] }
    expect(judgeClaims(absent)).toBe('ERR_TOKEN_CLAIM_MISSING: client_id')
    expect(judgeClaims(absent, { isClientIdOptional: true })).toBe('accepted')
    expect(judgeClaims(absent, policy)).toBe('ERR_TOKEN_CLAIM_MISSING: client_id')
    expect(judgeClaims({ ...absent, azp: 'a' }, policy)).toBe('accepted')
    expect(judgeClaims({}, policy)).toBe('accepted')
    expect(judgeClaims({ ...absent, azp: 'a' })).toBe('ERR_TOKEN_CLAIM_MISSING: client_id')
  })

  test('is found in the first of its claims that is there', () => {
    expect(findClientId({ azp: 'a', client_id: 'b' }, ['azp', 'client_id'])).toBe('a')
    expect(findClientId({ azp: 'a', client_id: 'b' }, ['client_id', 'azp'])).toBe('b')
    expect(findClientId({ client_id: 'b' }, ['azp', 'client_id'])).toBe('b')
  })

  test('is not found where there is none, or only an inherited one', () => {
    expect(findClientId({ sub: 'a' }, ['azp', 'client_id'])).toBeUndefined()
    expect(findClientId(Object.create({ azp: 'a' }) as Record<string, unknown>, ['azp'])).toBeUndefined()
  })

  test.each(['', 1, null, ['a']])('is refused where it is no name: %j, even before a good one', (azp) => {
    expect(judge(() => findClientId({ azp, client_id: 'b' }, ['azp', 'client_id']))).toBe(
      'ERR_TOKEN_CLAIM_INVALID: azp',
    )
  })
})
