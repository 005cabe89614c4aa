import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { toVerificationKey } from '../../src/keys/jwk.js'

const GOOD = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
const EDWARDS = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })

const isUsed = async (changes: object, key: object = GOOD) =>
  (await toVerificationKey({ ...key, ...changes })) !== undefined

describe('a key', () => {
  test.each([
    [undefined, true],
    ['sig', true],
    ['enc', false],
    ['', false],
    [null, false],
    [['sig'], false],
  ])('of the use %j is used: %j', async (use, expected) => {
    expect(await isUsed({ use })).toBe(expected)
  })

  test.each([
    [undefined, true],
    [['verify'], true],
    [['sign', 'verify'], true],
    [['sign'], false],
    [['verify', 'encrypt'], false],
    [['verify', 'verify'], false],
    [['verify', 1], false],
    [[], false],
    ['verify', false],
    [null, false],
  ])('for the operations %j is used: %j', async (operations, expected) => {
    expect(await isUsed({ key_ops: operations })).toBe(expected)
  })

  test('is of the type of its curve, and on it', async () => {
    expect(await isUsed({})).toBe(true)
    expect(await isUsed({}, EDWARDS)).toBe(true)
    expect(await isUsed({ kty: 'OKP' })).toBe(false)
    expect(await isUsed({ kty: 'EC', y: EDWARDS.x }, EDWARDS)).toBe(false)
    expect(await isUsed({ y: GOOD.x })).toBe(false)
    expect(await isUsed({ crv: 'P-384' })).toBe(false)
    expect(await isUsed({ crv: undefined })).toBe(false)
  })

  test.each(['x', 'y'])('has its coordinate %s in full, and as base64url', async (name) => {
    const value = GOOD[name as 'x' | 'y'] ?? ''
    for (const wrong of [
      undefined,
      null,
      1,
      '',
      value.slice(1),
      `${value}A`,
      `${value}=`,
      `${value.slice(1)}!`,
    ]) {
      expect(await isUsed({ [name]: wrong })).toBe(false)
    }
    expect(await isUsed({ [name]: value })).toBe(true)
  })
})
