import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/json.js'
import { checkHeader, type HeaderPolicy } from '../../src/token/jwt.js'
import { judge } from './judge.js'

const POLICY: HeaderPolicy = { algorithms: new Set(['ES256', 'RS256']), types: new Set(['at+jwt']) }

const check = (header: JsonObject, policy: Partial<HeaderPolicy> = {}) =>
  checkHeader(
    { compact: '', signingInput: '', header, unverifiedClaims: {}, signature: new Uint8Array(1) },
    { ...POLICY, ...policy },
  )

/** What `checkHeader` says of a good header with these parameters. */
const judgeHeader = (parameters: JsonObject, policy?: Partial<HeaderPolicy>) =>
  judge(() => check({ typ: 'at+jwt', alg: 'ES256', ...parameters }, policy))

const OTHER_TYPE = 'ERR_TOKEN_TYPE: typ: see the option profile'
const OTHER_ALGORITHM = 'ERR_TOKEN_ALGORITHM: alg: see the option algorithms'

describe('checkHeader', () => {
  test('returns algorithm and kid, and nothing else of it', () => {
    const header = { typ: 'at+jwt', alg: 'ES256', kid: '1', jku: 'https://as.example.com', jwk: {}, x5c: [] }
    expect(check(header)).toEqual({ alg: 'ES256', kid: '1' })
    expect(check({ typ: 'at+jwt', alg: 'RS256' })).toEqual({ alg: 'RS256', kid: undefined })
  })

  test.each(['crit', 'b64'])('refuses a header with %s, whatever it holds', (name) => {
    expect(judgeHeader({ [name]: undefined })).toBe('accepted')
    for (const value of [true, false, null, [], ['exp']]) {
      expect(judgeHeader({ [name]: value })).toBe(`ERR_TOKEN_HEADER: ${name}`)
    }
  })

  test.each(['JWT', 'jwt', 'application/jwt', 'Application/JWT', 1, null, ['x']])(
    'refuses a nested token, or what may be one: cty is %j',
    (cty) => {
      expect(judgeHeader({ cty })).toBe('ERR_TOKEN_HEADER: cty')
    },
  )

  test.each(['json', 'application/json', 'application/x/jwt', 'text/jwt', 'xjwt', ''])(
    'lets pass other content: cty is %j',
    (cty) => {
      expect(judgeHeader({ cty })).toBe('accepted')
    },
  )

  test('takes a non-empty string for kid', () => {
    expect(judgeHeader({ kid: 'x' })).toBe('accepted')
    for (const kid of ['', 1, null, ['x'], {}]) expect(judgeHeader({ kid })).toBe('ERR_TOKEN_HEADER: kid')
  })

  test('accepts the algorithms of the policy, in their own spelling', () => {
    for (const alg of ['ES256', 'RS256']) expect(judgeHeader({ alg })).toBe('accepted')
    for (const alg of ['es256', 'ES384', 'none', 'HS256', '', ['ES256'], 1, null, undefined]) {
      expect(judgeHeader({ alg })).toBe(OTHER_ALGORITHM)
    }
  })

  test('looks at no inherited parameter', () => {
    const inheriting = (parameters: JsonObject) => Object.create(parameters) as JsonObject
    expect(judge(() => check(inheriting({ typ: 'at+jwt', alg: 'ES256' })))).toBe(OTHER_TYPE)
    const header = Object.assign(inheriting({ crit: [], kid: 1 }), { typ: 'at+jwt', alg: 'ES256' })
    expect(judge(() => check(header))).toBe('accepted')
  })
})

describe('the type', () => {
  test.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/At+Jwt'])('is good: %j', (typ) => {
    expect(judgeHeader({ typ })).toBe('accepted')
  })

  test.each([
    'JWT',
    'at+jwt ',
    'xat+jwt',
    'at+jwts',
    'application/',
    'application/x/at+jwt',
    'x/at+jwt',
    'at+jwt/application/',
    '',
    1,
    null,
    ['at+jwt'],
    undefined,
  ])('is another: %j', (typ) => {
    expect(judgeHeader({ typ })).toBe(OTHER_TYPE)
    expect(judgeHeader({ typ }, { types: new Set(['x+jwt']) })).toBe(OTHER_TYPE)
  })

  test('may be missing where the policy says so, and then only missing', () => {
    const policy = { types: new Set([null]) }
    expect(judgeHeader({ typ: undefined }, policy)).toBe('accepted')
    for (const typ of [null, '', 'null', 'at+jwt', 1]) expect(judgeHeader({ typ }, policy)).toBe(OTHER_TYPE)
  })

  test.each([
    ['application/jwt', 'jwt'],
    ['application/x', 'x'],
    ['application/x/y', 'application/x/y'],
    ['x-application/jwt', 'x-application/jwt'],
    ['application/application/jwt', 'application/application/jwt'],
    ['text/jwt', 'text/jwt'],
    ['application/', 'application/'],
  ])('%j is compared as %j', (typ, compared) => {
    expect(judgeHeader({ typ }, { types: new Set([compared]) })).toBe('accepted')
  })
})
