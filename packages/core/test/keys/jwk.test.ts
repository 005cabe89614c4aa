import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createOwnKey } from '../../../../test/support/jws.js'
import { toVerificationKey } from '../../src/keys/jwk.js'

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']

describe('toVerificationKey', () => {
  test.each([
    ['rsa', RSA],
    ['P-256', ['ES256']],
    ['P-384', ['ES384']],
    ['P-521', ['ES512']],
    ['ed25519', ['Ed25519', 'EdDSA']],
  ] as const)('knows what a key of kind %s is good for', async (kind, algorithms) => {
    const { jwk } = createOwnKey(kind)
    const { kid, ...members } = jwk
    const key = await toVerificationKey(jwk)
    expect(key).toMatchObject({ kid, algorithms: new Set(algorithms), jwk: members })
  })

  test.each(['rsa-512', 'rsa-1024', 'secp256k1', 'ed448', 'x25519'] as const)(
    'leaves out a key of kind %s',
    async (kind) => {
      expect(await toVerificationKey(createOwnKey(kind).jwk)).toBeUndefined()
    },
  )

  test.each([
    ['0', `00${'00'.repeat(31)}`],
    ['0, with the sign bit', `00${'00'.repeat(30)}80`],
    ['1, the neutral element', `01${'00'.repeat(31)}`],
    ['-1', `ec${'ff'.repeat(30)}7f`],
    ['p, which is 0', `ed${'ff'.repeat(30)}7f`],
    ['p + 1, with the sign bit', `ee${'ff'.repeat(31)}`],
    ['a point of order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
    ['another, with the sign bit', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'],
  ])('leaves out an Ed25519 key of small order: y is %s', async (_y, encoded) => {
    const { jwk } = createOwnKey('ed25519')
    const x = Buffer.from(encoded, 'hex').toString('base64url')
    expect(await toVerificationKey({ ...jwk, x })).toBeUndefined()
    expect(await toVerificationKey(jwk)).toBeDefined()
  })

  test('narrows an RSA key to the algorithm that it names', async () => {
    const { jwk } = createOwnKey('rsa')
    for (const alg of RSA)
      expect((await toVerificationKey({ ...jwk, alg }))?.algorithms).toEqual(new Set([alg]))
    for (const alg of ['RSA-OAEP', 'HS256', 'none', 'ES256', 'rs256', '', null, 1]) {
      expect(await toVerificationKey({ ...jwk, alg })).toBeUndefined()
    }
  })

  /** An RSA key of which modulus and exponent are these bytes. */
  const rsa = (modulus: readonly number[], length: number, exponent: readonly number[] = [1, 0, 1]) => {
    const n = Buffer.concat([
      Buffer.from(modulus),
      Buffer.alloc(length - modulus.length - 1),
      Buffer.from([1]),
    ])
    return { kty: 'RSA', n: n.toString('base64url'), e: Buffer.from(exponent).toString('base64url') }
  }

  test.each([
    ['2047 bits', rsa([0x7f], 256), false],
    ['2048 bits', rsa([0x80], 256), true],
    ['2048 bits and a leading zero byte', rsa([0, 0x80], 257), true],
    ['2041 bits', rsa([1], 256), false],
    ['2049 bits', rsa([1], 257), true],
    ['2047 bits in as many bytes', rsa([0, 0x7f], 257), false],
    ['8192 bits', rsa([0x80], 1_024), true],
    ['8192 bits, all of them set', rsa([0xff], 1_024), true],
    ['8192 bits and a leading zero byte', rsa([0, 0x80], 1_025), true],
    ['8192 bits and two leading zero bytes', rsa([0, 0, 0x80], 1_026), false],
    ['8193 bits', rsa([1], 1_025), false],
    ['nothing but zeros', { ...rsa([0x80], 256), n: 'A'.repeat(344) }, false],
    ['no base64url', { ...rsa([0x80], 256), n: '*'.repeat(342) }, false],
    ['nothing', { ...rsa([0x80], 256), n: undefined }, false],
    ['a number', { ...rsa([0x80], 256), n: 1 }, false],
    ['no exponent', { ...rsa([0x80], 256), e: undefined }, false],
  ])('judges an RSA key by its modulus: %s', async (_name, jwk, isUsable) => {
    expect((await toVerificationKey(jwk)) !== undefined).toBe(isUsable)
  })

  test.each([
    ['1', [1], false],
    ['3', [3], false],
    ['65535', [0xff, 0xff], false],
    ['65536', [1, 0, 0], false],
    ['65537', [1, 0, 1], true],
    ['65537, with leading zeros', [0, 0, 1, 0, 1], true],
    ['65537, with too many of them', [0, 0, 0, 1, 0, 1], false],
    ['2 to the 32nd, less 1', [0xff, 0xff, 0xff, 0xff], true],
    ['2 to the 32nd', [1, 0, 0, 0, 0], false],
    ['nothing', [], false],
  ])('judges an RSA key by its exponent: %s', async (_name, exponent, isUsable) => {
    expect((await toVerificationKey(rsa([0x80], 256, exponent))) !== undefined).toBe(isUsable)
  })

  test('takes a key without kid, and none whose kid is no string', async () => {
    const jwk = { ...createOwnKey('P-256').jwk, kid: undefined }
    expect(await toVerificationKey(jwk)).toMatchObject({ kid: undefined })
    for (const kid of [1, null, true, [], {}])
      expect(await toVerificationKey({ ...jwk, kid })).toBeUndefined()
  })

  test('tells it by what it is, and not by what it is called', async () => {
    const { jwk } = createOwnKey('P-256')
    const identityOf = async (members: object) => (await toVerificationKey(members))?.identity
    const identity = await identityOf(jwk)
    expect(await identityOf({ ...jwk, kid: 'other', alg: 'ES256', use: 'sig' })).toBe(identity)
    expect(await identityOf(Object.fromEntries(Object.entries(jwk).reverse()))).toBe(identity)
    expect(await identityOf(createOwnKey('P-256').jwk)).not.toBe(identity)
  })

  test('takes only public members along', async () => {
    const own = createOwnKey('rsa')
    const jwk = {
      ...own.privateKey.export({ format: 'jwk' }),
      kid: 'own',
      x5c: ['AAAA'],
      x5u: 'https://x',
      ext: true,
    }
    expect(Object.keys((await toVerificationKey(jwk))?.jwk ?? {}).sort()).toEqual(['e', 'kty', 'n'])
  })

  test('leaves out, and never throws on, any other JSON value', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect(await toVerificationKey(value)).toBeUndefined()
      }),
    )
  })

  test('never throws on a key of which any member is any JSON value', async () => {
    const keys = [createOwnKey('rsa').jwk, createOwnKey('P-256').jwk, createOwnKey('ed25519').jwk]
    const name = fc.constantFrom('kty', 'crv', 'n', 'e', 'x', 'y', 'kid', 'use', 'key_ops', 'alg')
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...keys), name, fc.jsonValue(), async (jwk, member, value) => {
        const key = await toVerificationKey({ ...jwk, [member]: value })
        expect(key === undefined || key.algorithms.size > 0).toBe(true)
      }),
    )
  })
})
