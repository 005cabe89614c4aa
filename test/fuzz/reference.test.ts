import { describe, expect, test } from '@jest/globals'
import { VECTORS } from '../vectors/vectors.js'
import { referenceBase64url } from './reference/base64url.js'
import { referenceChallenges } from './reference/challenges.js'
import { referenceClaims } from './reference/claims.js'
import { referenceHasSmallOrder } from './reference/ed25519.js'
import { refuseHeader } from './reference/header.js'
import { referenceJson } from './reference/json.js'
import { SETTINGS, NOW } from './reference/rules.js'
import { referenceSigned } from './reference/signature.js'
import { GOOD_CLAIMS } from './support/seeds.js'
import { createEd25519Key } from './support/keys.js'

const [{ rules }] = SETTINGS as [(typeof SETTINGS)[number]]

// What the fuzzer compares with must be right itself: examples that the standards print, and their neighbours.
describe('the reference', () => {
  test('decodes base64url as RFC 4648, section 10, and RFC 7515, appendix C', () => {
    const read = (text: string) =>
      referenceBase64url(text) && Buffer.from(referenceBase64url(text) ?? []).toString()
    expect(['', 'Zg', 'Zm8', 'Zm9v', 'Zm9vYg'].map(read)).toEqual(['', 'f', 'fo', 'foo', 'foob'])
    expect(Array.from(referenceBase64url('A-z_4ME') ?? [])).toEqual([3, 236, 255, 224, 193])
    expect(['Zg==', 'Zh', 'Z', 'Zm9v ', 'Zm+v'].map(read)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  test.each([
    ['{"a":[1,-0.5e1,"\\u0061\\n",true,null,{}]}', { a: [1, -5, 'a\n', true, null, {}] }],
    [' {"__proto__": 1}\n', JSON.parse('{"__proto__":1}') as unknown],
    ['{"a":1,"\\u0061":2}', undefined],
    ['{"a":1e400}', undefined],
    ['{"a":01}', undefined],
    ['{"a":"\n"}', undefined],
    ['[]', undefined],
    ['{} x', undefined],
    ['\uFEFF{}', undefined],
    [
      `{"a":${'['.repeat(31)}${']'.repeat(31)}}`,
      JSON.parse(`{"a":${'['.repeat(31)}${']'.repeat(31)}}`) as unknown,
    ],
    [`{"a":${'['.repeat(32)}${']'.repeat(32)}}`, undefined],
  ])('reads %j', (text, value) => {
    expect(referenceJson(Buffer.from(text))).toEqual(value)
  })

  test.each(Object.entries(VECTORS.challenges))('reads the challenge %s', (_id, { value }) => {
    const names = referenceChallenges(value).map(
      ({ scheme, parameters }) => `${scheme} ${String(parameters.length)}`,
    )
    expect(names.length).toBeGreaterThan(0)
    expect(referenceChallenges(value)[0]?.scheme).toMatch(/^(Bearer|DPoP)$/)
  })

  test.each([
    'Bearer realm="a',
    'Bearer realm="a"b"',
    'Bearer realm="é"',
    'Bearer realm="a"\r\nx',
    'realm="a"',
    'Bearer a,',
  ])('takes %j for no challenge', (value) => {
    expect(() => referenceChallenges(value)).toThrow(SyntaxError)
  })

  test.each(Object.entries(VECTORS.signatures))(
    'verifies %s, and not with a bit changed',
    async (_id, { jws, jwk }) => {
      const [header = '', payload = '', signature = ''] = jws.split('.')
      const alg = String((JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg: unknown }).alg)
      const key = { jwk: { ...jwk } as Readonly<Record<string, string>>, algorithms: [alg] }
      const typ = (JSON.parse(Buffer.from(header, 'base64url').toString()) as { typ?: string }).typ
      const accepted = { algorithms: [alg], types: [typ?.toLowerCase() ?? null] }
      const isObject = Buffer.from(payload, 'base64url').toString().startsWith('{')
      const bytes = Buffer.from(signature, 'base64url')
      bytes[9] = (bytes[9] ?? 0) ^ 1
      const other = `${header}.${payload}.${bytes.toString('base64url')}`
      expect(typeof (await referenceSigned(jws, Infinity, accepted, [key]))).toBe(
        isObject ? 'object' : 'string',
      )
      expect(await referenceSigned(other, Infinity, accepted, [key])).toEqual(expect.any(String))
    },
  )

  test('knows the points of small order, whatever their spelling, and takes no other key for one', () => {
    const point = (hex: string) => referenceHasSmallOrder(Buffer.from(hex, 'hex'))
    expect(point(`01${'00'.repeat(31)}`)).toBe(true)
    expect(point(`ee${'ff'.repeat(30)}7f`)).toBe(true) // the same, past the modulus
    expect(point('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')).toBe(true)
    expect(point(`02${'00'.repeat(31)}`)).toBe(false) // no point at all
    expect(referenceHasSmallOrder(Buffer.from(String(createEd25519Key(1, 'ed').jwk['x']), 'base64url'))).toBe(
      false,
    )
  })

  test('accepts the access token of RFC 9068, section 3, for its audience and in its time', () => {
    const { header, claims } = VECTORS.accessToken
    const mine = { ...rules, issuer: claims.iss, audiences: [claims.aud] }
    expect(refuseHeader(header, mine)).toBeUndefined()
    expect(referenceClaims(claims, mine, claims.exp - 1)).toMatchObject({ clientId: 's6BhdRkqt3' })
    expect(referenceClaims(claims, mine, claims.exp + 5)).toMatch('exp')
    expect(referenceClaims(claims, { ...mine, audiences: ['x'] }, claims.exp - 1)).toMatch('aud')
  })

  test.each(SETTINGS.map((setting, index) => ({ ...setting, good: GOOD_CLAIMS[index] ?? {} })))(
    'accepts good claims of $options, and none that lack an expiry or are bound',
    ({ rules: asked, good }) => {
      expect(referenceClaims(good, asked, NOW)).toEqual(expect.any(Object))
      const endless = Object.fromEntries(Object.entries(good).filter(([name]) => name !== 'exp'))
      expect(referenceClaims(endless, asked, NOW)).toEqual(expect.any(String))
      expect(referenceClaims({ ...good, cnf: null }, asked, NOW)).toEqual(expect.any(String))
    },
  )
})
