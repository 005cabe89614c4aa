import { webcrypto } from 'node:crypto'
import { expect } from '@jest/globals'
import { toVerificationKey } from '../../../packages/core/src/keys/jwk.js'
import { createOwnKey, type OwnKey } from '../../support/jws.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()
const other = createOwnKey('P-256', 'other')

/** The verdict on a token of this key, where the issuer publishes `jwk` for it, and a good key after it. */
async function verdictOnOwn(own: OwnKey, jwk: unknown = own.jwk, alg?: string): Promise<string> {
  const { authorizationServer, protect } = servers()
  authorizationServer.publish([jwk, other.jwk])
  const resourceServer = protect()
  expect(await verdictOn(resourceServer, await other.mint(authorizationServer))).toBe('accepted')
  const header = alg === undefined ? {} : { alg }
  return verdictOn(resourceServer, await own.mint(authorizationServer, { header }))
}

ruleForEach(
  ['7518-3.3-a', 'trap-import-key', 'ALG-13'],
  { '512 bits': 'rsa-512', '1024 bits': 'rsa-1024' } as const,
  'leaves out an RSA key of %s, though it signs well',
  async (kind) => {
    expect(await verdictOnOwn(createOwnKey(kind))).toBe('ERR_TOKEN_KEY')
    expect(await verdictOnOwn(createOwnKey('rsa'))).toBe('accepted')
  },
)

rule('trap-import-key', 'leaves out an RSA key that Web Crypto imports', async () => {
  const { jwk } = createOwnKey('rsa-1024')
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const imported = await webcrypto.subtle.importKey('jwk', jwk, algorithm, true, ['verify'])
  expect(imported.algorithm).toMatchObject({ modulusLength: 1024 })
  expect(await toVerificationKey(jwk)).toBeUndefined()
  expect(await toVerificationKey(createOwnKey('rsa').jwk)).toBeDefined()
})

/** A modulus of this many bits, all of them 1. */
function modulus(bits: number): string {
  const first = bits % 8 === 0 ? 0xff : 2 ** (bits % 8) - 1
  return Buffer.from([first, ...Array<number>(Math.ceil(bits / 8) - 1).fill(0xff)]).toString('base64url')
}

ruleForEach(
  ['7518-3.3-a', 'DOS-07'],
  {
    '2047 bits': [2047, false],
    '2048 bits': [2048, true],
    '3072 bits': [3072, true],
    '4096 bits': [4096, true],
    '8192 bits': [8192, true],
    '8193 bits': [8193, false],
    '16384 bits': [16_384, false],
  } as const,
  'uses RSA keys from 2048 to 8192 bits: one of %s',
  async ([bits, isUsed]) => {
    const key = await toVerificationKey({ kty: 'RSA', n: modulus(bits), e: 'AQAB' })
    expect(key !== undefined).toBe(isUsed)
  },
)

rule('7518-3.3-a', 'is not deceived about the size of a key by zeros before the modulus', async () => {
  const n = Buffer.concat([Buffer.alloc(128), Buffer.from(modulus(1024), 'base64url')]).toString('base64url')
  expect(await toVerificationKey({ kty: 'RSA', n, e: 'AQAB' })).toBeUndefined()
  expect(await toVerificationKey({ kty: 'RSA', n: modulus(2048), e: 'AQAB' })).toBeDefined()
})

/** A number that zeros make longer, and no greater: it is refused for its length, before anybody counts with it. */
const padded = (number: string, bytes: number): string =>
  Buffer.concat([Buffer.alloc(bytes), Buffer.from(number, 'base64url')]).toString('base64url')

ruleForEach(
  'DOS-07',
  {
    'zeros before its modulus': { n: padded(modulus(2048), 48_000) },
    'zeros before its exponent': { e: padded('AQAB', 48_000) },
    'an endless modulus': { n: modulus(8 * 48_000) },
    'an endless exponent': { e: modulus(8 * 48_000) },
  },
  'counts with no number of an RSA key that is too long to be one: %s',
  async (members) => {
    const jwk = { kty: 'RSA', n: modulus(2048), e: 'AQAB' }
    expect(await toVerificationKey({ ...jwk, ...members })).toBeUndefined()
    expect(await toVerificationKey(jwk)).toBeDefined()
    expect(await toVerificationKey({ ...jwk, n: padded(modulus(2048), 1) })).toBeDefined()
  },
)

ruleForEach(
  '7518-3.3-a',
  {
    '1': ['AQ', false],
    '3': ['Aw', false],
    '65535': ['__8', false],
    '65537': ['AQAB', true],
    'four bytes': ['_____w', true],
    'five bytes': ['AQAAAAE', false],
    'as many bytes as the modulus': [modulus(2048), false],
    'no bytes': ['', false],
    'no base64url': ['AQ==', false],
  } as const,
  'uses RSA keys whose exponent takes no shortcut and no detour: one of %s',
  async ([e, isUsed]) => {
    const key = await toVerificationKey({ kty: 'RSA', n: modulus(2048), e })
    expect(key !== undefined).toBe(isUsed)
  },
)

const CURVES = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' } as const

ruleForEach(
  ['7518-3.4-b', 'ALG-11'],
  { 'P-256': 'P-256', 'P-384': 'P-384', 'P-521': 'P-521' } as const,
  'verifies with a key on %s the one algorithm of that curve',
  async (curve) => {
    const own = createOwnKey(curve)
    for (const [name, alg] of Object.entries(CURVES)) {
      const verdict = name === curve ? 'accepted' : 'ERR_TOKEN_KEY'
      expect(await verdictOnOwn(own, own.jwk, alg)).toBe(verdict)
    }
  },
)

rule(['7518-3.4-b', 'ALG-11'], 'leaves out a key on secp256k1', async () => {
  const own = createOwnKey('secp256k1')
  expect(await verdictOnOwn(own, own.jwk, 'ES256')).toBe('ERR_TOKEN_KEY')
  expect(await verdictOnOwn(own, { ...own.jwk, crv: 'P-256' }, 'ES256')).toBe('ERR_TOKEN_KEY')
  expect(await verdictOnOwn(own, own.jwk, 'ES256K')).toBe('ERR_TOKEN_ALGORITHM')
  expect(await verdictOnOwn(createOwnKey('P-256'))).toBe('accepted')
})

ruleForEach(
  '7518-6.2-a',
  { 'P-256': 'P-256', 'P-384': 'P-384', 'P-521': 'P-521', Ed25519: 'ed25519' } as const,
  'leaves out a key on %s whose coordinates are not at their full length',
  async (kind) => {
    const own = createOwnKey(kind)
    const x = Buffer.from(own.jwk.x ?? '', 'base64url')
    const spoilt = [x.subarray(1), x.subarray(0, -1), Buffer.concat([Buffer.alloc(1), x]), Buffer.alloc(0)]
    for (const bytes of spoilt) {
      expect(await verdictOnOwn(own, { ...own.jwk, x: bytes.toString('base64url') })).toBe('ERR_TOKEN_KEY')
    }
    expect(await verdictOnOwn(own, { ...own.jwk, x: `${x.toString('base64url')}=` })).toBe('ERR_TOKEN_KEY')
    expect(await verdictOnOwn(own)).toBe('accepted')
  },
)

/** An EC key with a coordinate of which the first byte is zero: one that a careless server would publish cut short. */
function createKeyWithLeadingZero(): OwnKey {
  for (;;) {
    const key = createOwnKey('P-256')
    if (Buffer.from(key.jwk.x ?? '', 'base64url')[0] === 0) return key
  }
}

rule('7518-6.2-a', 'takes a coordinate with its leading zero, and not without', async () => {
  const own = createKeyWithLeadingZero()
  const cut = Buffer.from(own.jwk.x ?? '', 'base64url')
    .subarray(1)
    .toString('base64url')
  expect(await verdictOnOwn(own, { ...own.jwk, x: cut })).toBe('ERR_TOKEN_KEY')
  expect(await verdictOnOwn(own)).toBe('accepted')
})

ruleForEach(
  '7518-6.2-b',
  { 'P-256': 'P-256', 'P-384': 'P-384', 'P-521': 'P-521' } as const,
  'leaves out a key that is not on its curve %s',
  async (curve) => {
    const own = createOwnKey(curve)
    const y = Buffer.from(own.jwk.y ?? '', 'base64url')
    const moved = y.map((byte, index) => (index === y.length - 1 ? byte ^ 1 : byte))
    for (const point of [moved, Buffer.alloc(y.length), Buffer.alloc(y.length, 0xff)]) {
      const jwk = { ...own.jwk, y: Buffer.from(point).toString('base64url') }
      expect(await verdictOnOwn(own, jwk)).toBe('ERR_TOKEN_KEY')
    }
    const zeros = 'A'.repeat((own.jwk.x ?? '').length)
    expect(await verdictOnOwn(own, { ...own.jwk, x: zeros, y: zeros })).toBe('ERR_TOKEN_KEY')
    expect(await verdictOnOwn(own)).toBe('accepted')
  },
)
