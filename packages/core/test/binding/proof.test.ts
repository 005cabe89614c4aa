import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { calculateJwkThumbprint, type JWK as Jwk } from 'jose'
import { parseProof, readProofKey } from '../../src/binding/proof.js'
import { toThumbprint } from '../../src/keys/thumbprint.js'
import { verdictOf } from './refused.js'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const CLAIMS = { jti: '1', htm: 'GET', htu: 'https://api.example.com/', iat: 1, ath: 'x', nonce: 'n' }
const { x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
const JWK = { kty: 'EC', crv: 'P-256', x, y }
const HEADER = { typ: 'dpop+jwt', alg: 'ES256', jwk: JWK }

const proofWith = (claims: object, signature = 'AAAA') =>
  `${encode(HEADER)}.${encode({ ...CLAIMS, ...claims })}.${signature}`

describe('parseProof', () => {
  test('takes a proof apart, and keeps of its claims what counts', () => {
    const compact = proofWith({ sub: 'al' })
    expect(parseProof(compact)).toEqual({
      compact,
      signingInput: compact.slice(0, -5),
      header: encode(HEADER),
      signature: Buffer.from([0, 0, 0]),
      claims: CLAIMS,
    })
  })

  test.each(['jti', 'htm', 'htu', 'ath'])('needs a string for %s', async (name) => {
    for (const value of [undefined, null, '', 1, ['x']]) {
      expect(await verdictOf(() => parseProof(proofWith({ [name]: value })))).toBe(
        `ERR_PROOF_MALFORMED: ${name}`,
      )
    }
  })

  test('needs a number for iat, and anything for the nonce', async () => {
    for (const iat of [undefined, null, '1', [1]]) {
      expect(await verdictOf(() => parseProof(proofWith({ iat })))).toBe('ERR_PROOF_MALFORMED: iat')
    }
    expect(parseProof(proofWith({ nonce: 1 })).claims.nonce).toBe(1)
  })

  test.each([
    '',
    '..',
    encode(HEADER),
    `${encode(HEADER)}.${encode(CLAIMS)}`,
    `${proofWith({})}.AAAA`,
    proofWith({}, 'A'),
    proofWith({}, 'AAA='),
    `${encode(HEADER)}.${encode([])}.AAAA`,
    `${encode(HEADER)}.!.AAAA`,
  ])('refuses %j', async (compact) => {
    expect(await verdictOf(() => parseProof(compact))).toBe('ERR_PROOF_MALFORMED')
  })

  test('refuses a proof of more than 8192 characters', async () => {
    const length = proofWith({}, '').length
    const fill = 'A'.repeat(8_192 - length)
    expect(await verdictOf(() => parseProof(proofWith({}, fill)))).toBe('accepted')
    expect(await verdictOf(() => parseProof(proofWith({}, `${fill}A`)))).toBe('ERR_PROOF_MALFORMED')
    expect(await verdictOf(() => parseProof(proofWith({}, `${fill}AAAA`)))).toBe('ERR_PROOF_MALFORMED')
  })
})

describe('readProofKey', () => {
  const proof = parseProof(proofWith({}))
  const read = (header: string, thumbprint: string) =>
    readProofKey({ ...proof, header }, new Set(['ES256', 'RS256']), thumbprint)
  /** Of a token that is bound to the key of the header, if that is one. */
  const verdictWith = (parameters: { readonly jwk?: unknown; readonly [name: string]: unknown }) => {
    const header = { ...HEADER, ...parameters }
    return verdictOf(() => read(encode(header), toThumbprint(Object(header.jwk) as Jwk)))
  }

  test('finds the key, and what it signs with', async () => {
    const header = encode({ ...HEADER, jwk: { ...JWK, kid: '1' } })
    expect(await read(header, await calculateJwkThumbprint(JWK as Jwk))).toEqual({ alg: 'ES256', jwk: JWK })
  })

  test('does not look at a key that the token is not bound to, whether there is such a key or not', async () => {
    const noKey = { ...JWK, x: y, y }
    const jkt = toThumbprint(noKey as Jwk)
    expect(await verdictOf(() => read(encode(HEADER), jkt))).toBe('ERR_TOKEN_KEY_BINDING')
    expect(await verdictOf(() => read(encode({ ...HEADER, jwk: noKey }), 'x'))).toBe('ERR_TOKEN_KEY_BINDING')
    expect(await verdictOf(() => read(encode({ ...HEADER, jwk: noKey }), jkt))).toBe('ERR_PROOF_HEADER: jwk')
  })

  test.each(['dpop+jwt', 'DPoP+JWT', 'application/dpop+jwt'])('takes the type %s', async (typ) => {
    expect(await verdictWith({ typ })).toBe('accepted')
  })

  test.each([undefined, null, '', 'JWT', 'xdpop+jwt', 'dpop+jwts', 'x/dpop+jwt', ['dpop+jwt']])(
    'takes no type %j',
    async (typ) => {
      expect(await verdictWith({ typ })).toBe('ERR_PROOF_HEADER: typ')
    },
  )

  test.each([undefined, null, 'none', 'HS256', 'ES384', 'es256', ['ES256']])(
    'takes no algorithm %j',
    async (alg) => {
      expect(await verdictWith({ alg })).toBe('ERR_PROOF_ALGORITHM')
    },
  )

  test.each(['crit', 'b64'])('understands no %s', async (name) => {
    for (const value of [['exp'], [], true, null]) {
      expect(await verdictWith({ [name]: value })).toBe('ERR_PROOF_HEADER: crit')
    }
  })

  test.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'])('takes no key with %s', async (name) => {
    expect(await verdictWith({ jwk: { ...JWK, [name]: 'AAAA' } })).toBe('ERR_PROOF_HEADER: jwk')
  })

  test.each([undefined, null, 'x', [JWK], {}, { ...JWK, x: y, y }, { ...JWK, use: 'enc' }])(
    'takes no %j for a key',
    async (jwk) => {
      expect(await verdictWith({ jwk })).toBe('ERR_PROOF_HEADER: jwk')
    },
  )

  test('takes an algorithm that the key can use', async () => {
    expect(await verdictWith({ alg: 'RS256' })).toBe('ERR_PROOF_HEADER: jwk')
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
    expect(await verdictWith({ alg: 'RS256', jwk: rsa })).toBe('accepted')
    const longer = (name: 'n' | 'e') => {
      const bytes = Buffer.concat([Buffer.alloc(1), Buffer.from(rsa[name] ?? '', 'base64url')])
      return { ...rsa, [name]: bytes.toString('base64url') }
    }
    for (const jwk of [
      longer('n'),
      longer('e'),
      { ...rsa, n: undefined },
      { ...rsa, e: '' },
      { ...rsa, e: 1 },
      { ...rsa, n: '!' },
    ]) {
      expect(await verdictWith({ alg: 'RS256', jwk })).toBe('ERR_PROOF_HEADER: jwk')
    }
  })

  test.each(['', '!', encode([]), encode('x'), `${encode(HEADER)}=`])(
    'reads no header %j',
    async (header) => {
      expect(await verdictOf(() => read(header, 'x'))).toBe('ERR_PROOF_MALFORMED')
    },
  )
})
