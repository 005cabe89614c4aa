import { describe, expect, test } from '@jest/globals'
import { judgeClaims, LAX, NOW } from './judge.js'

const [EXPIRED, EARLY, OLD] = ['ERR_TOKEN_EXPIRED', 'ERR_TOKEN_NOT_YET_VALID', 'ERR_TOKEN_TOO_OLD'] as const

describe('a token with a clock tolerance of 5 seconds', () => {
  test.each([
    [{ exp: NOW + 0.001 }, 'accepted'],
    [{ exp: NOW }, 'accepted'],
    [{ exp: NOW - 4.999 }, 'accepted'],
    [{ exp: NOW - 5 }, EXPIRED],
    [{ exp: 0 }, EXPIRED],
    [{ nbf: 0 }, 'accepted'],
    [{ nbf: NOW }, 'accepted'],
    [{ nbf: NOW + 5 }, 'accepted'],
    [{ nbf: NOW + 5.001 }, EARLY],
    [{ iat: 0 }, 'accepted'],
    [{ iat: NOW + 5.001 }, 'accepted'],
    [{ iat: NOW + 60 }, 'accepted'],
    [{ iat: NOW + 60.001 }, EARLY],
  ])('and %j is judged: %s', (claims, verdict) => {
    expect(judgeClaims(claims)).toBe(verdict)
  })
})

describe('without tolerance', () => {
  test.each([
    [{ exp: NOW + 0.001 }, 'accepted'],
    [{ exp: NOW }, EXPIRED],
    [{ nbf: NOW }, 'accepted'],
    [{ nbf: NOW + 0.001 }, EARLY],
    [{ iat: NOW + 60 }, 'accepted'],
    [{ iat: NOW + 60.001 }, EARLY],
  ])('%j is judged: %s', (claims, verdict) => {
    expect(judgeClaims(claims, { clockTolerance: 0 })).toBe(verdict)
  })
})

test('a tolerance of more than a minute holds for iat as well', () => {
  expect(judgeClaims({ iat: NOW + 90 }, { clockTolerance: 90 })).toBe('accepted')
  expect(judgeClaims({ iat: NOW + 90.001 }, { clockTolerance: 90 })).toBe(EARLY)
})

describe('with a maxTokenAge of 600 seconds', () => {
  test.each([
    [{ iat: NOW }, 'accepted'],
    [{ iat: NOW - 600 }, 'accepted'],
    [{ iat: NOW - 605 }, 'accepted'],
    [{ iat: NOW - 605.001 }, OLD],
    [{ iat: 0 }, OLD],
    [{ iat: undefined }, 'ERR_TOKEN_CLAIM_MISSING: iat'],
    [{ iat: NOW - 700, exp: NOW - 50 }, EXPIRED],
  ])('%j is judged: %s', (claims, verdict) => {
    expect(judgeClaims(claims, { presentClaims: [], maxTokenAge: 600 })).toBe(verdict)
  })
})

test('a maxTokenAge of 0 is one', () => {
  expect(judgeClaims({ iat: NOW - 5 }, { maxTokenAge: 0 })).toBe('accepted')
  expect(judgeClaims({ iat: NOW - 5.001 }, { maxTokenAge: 0 })).toBe(OLD)
})

test('without maxTokenAge, a token is as old as it likes', () => {
  expect(judgeClaims({ iat: 0 })).toBe('accepted')
  expect(judgeClaims({ iat: undefined, exp: undefined }, LAX)).toBe('accepted')
})

describe('a clock that gives no number', () => {
  const none = { exp: undefined, nbf: undefined, iat: undefined }

  test.each([
    [{ ...none, exp: NOW + 300 }, EXPIRED],
    [{ ...none, nbf: 0 }, EARLY],
    [{ ...none, iat: 0 }, EARLY],
    [none, 'accepted'],
  ])('has every token refused that names a time: %j, %s', (claims, verdict) => {
    expect(judgeClaims(claims, LAX, NaN)).toBe(verdict)
  })
})
