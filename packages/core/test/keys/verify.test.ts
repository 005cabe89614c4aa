import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { CompactSign, exportJWK, type JWK } from 'jose'
import * as byJose from '../../src/keys/verify-jose.js'
import * as byNode from '../../src/keys/verify-node.js'

const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'],
]
const WAYS = [
  ['node:crypto', byNode],
  ['jose', byJose],
] as const

/** Two pairs of each type: those of RSA take long to make. */
const pairs = new Map<string, KeyPairKeyObjectResult>()

function findPair(alg: string, owner: string): KeyPairKeyObjectResult {
  const name = `${owner} ${/^[RP]S/.test(alg) ? 'RSA' : alg}`
  const pair = pairs.get(name) ?? createPair(alg)
  pairs.set(name, pair)
  return pair
}

function createPair(alg: string): KeyPairKeyObjectResult {
  const namedCurve = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[alg]
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve })
  return alg.startsWith('Ed')
    ? generateKeyPairSync('ed25519')
    : generateKeyPairSync('rsa', { modulusLength: 2048 })
}

async function createSigned(alg: string, owner = 'issuer') {
  const { privateKey, publicKey } = findPair(alg, owner)
  const compact = await new CompactSign(Buffer.from('{"sub":"alice"}'))
    .setProtectedHeader({ alg })
    .sign(privateKey)
  return { jwk: await exportJWK(publicKey), compact }
}

/** The same JWS, one bit of which is changed in this part. */
function spoil(compact: string, part: 0 | 1 | 2): string {
  const parts = compact.split('.')
  const bytes = Buffer.from(parts[part] ?? '', 'base64url')
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1)
  parts[part] = bytes.toString('base64url')
  return parts.join('.')
}

const toSigned = (compact: string) => ({
  compact,
  signingInput: compact.slice(0, compact.lastIndexOf('.')),
  signature: Buffer.from(compact.split('.')[2] ?? '', 'base64url'),
})

describe.each(WAYS)('verification by %s', (_name, { importKey, verifySignature }) => {
  const judge = (jwk: JWK, alg: string, compact: string) => verifySignature(jwk, alg, toSigned(compact))

  test.each(ALGORITHMS)('of %s accepts what the key signed, and nothing else', async (alg) => {
    const [{ jwk, compact }, other] = [await createSigned(alg), await createSigned(alg, 'other')]
    await importKey(jwk, alg)
    expect(await judge(jwk, alg, compact)).toBe(true)
    expect(await judge({ ...jwk }, alg, compact)).toBe(true)
    expect(await judge(other.jwk, alg, compact)).toBe(false)
    for (const part of [1, 2] as const) expect(await judge(jwk, alg, spoil(compact, part))).toBe(false)
    for (const signature of ['', 'AAAA', `${compact.split('.')[2]}AAAA`]) {
      const forged = [...compact.split('.').slice(0, 2), signature].join('.')
      expect(await judge(jwk, alg, forged)).toBe(false)
    }
  })

  test('does not take one algorithm of a key for another', async () => {
    const { jwk, compact } = await createSigned('RS256')
    const asPss = byNode.verifySignature(jwk, 'PS256', toSigned(compact))
    expect(await asPss).toBe(false)
    expect(await byNode.verifySignature(jwk, 'RS512', toSigned(compact))).toBe(false)
    expect(await judge(jwk, 'RS256', compact)).toBe(true)
  })

  test('fails for a key that is none, and for an algorithm that nobody knows', async () => {
    const { jwk, compact } = await createSigned('ES256')
    await expect(importKey({ ...jwk, y: jwk.x ?? '' }, 'ES256')).rejects.toThrow()
    await expect(judge(jwk, 'ES256K', compact)).rejects.toThrow()
    await expect(importKey(jwk, 'ES256')).resolves.toBeUndefined()
  })
})
