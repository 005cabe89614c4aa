import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { VECTORS, vector } from '../vectors/vectors.js'
import { referenceAddress, referenceIsIn, referenceRange } from './reference/address-range.js'
import { referenceBase64 } from './reference/base64url.js'
import { REFERENCE_FIELDS } from './reference/certificate-field.js'
import { referenceNonce } from './reference/nonce.js'
import { referenceProof, type ProofRules, type Proven } from './reference/proof.js'
import { referenceIsTarget, referenceOrigin } from './reference/target-uri.js'

const RULES: ProofRules = {
  origins: ['https://resource.example.org'],
  algorithms: ['ES256'],
  maxAge: 60,
  secrets: undefined,
}
const MADE = 1_562_262_618
const PROVEN: Proven = {
  method: 'GET',
  target: '/protectedresource',
  hosts: [],
  secure: true,
  proofs: [vector(VECTORS.otherTokens, 'rfc9449-proof-fig13-resource').jws],
  token: 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU',
  jkt: vector(VECTORS.thumbprints, 'rfc9449-jkt').thumbprint,
  nonces: [],
}

describe('the reference for bound tokens', () => {
  test('accepts the proof of RFC 9449, figure 13, for what it was made for, for as long as it may be used', async () => {
    for (const now of [MADE, MADE + 60, MADE - 30])
      expect(await referenceProof(PROVEN, RULES, now)).toMatchObject({ id: `${PROVEN.jkt} e1j3V_bKic8-LAEB` })
  })

  test.each<[string, Partial<Proven>, Partial<ProofRules>, number]>([
    ['a second later', {}, {}, MADE + 61],
    ['more than 30 seconds before', {}, {}, MADE - 31],
    ['with another method', { method: 'POST' }, {}, MADE],
    ['for another target', { target: '/' }, {}, MADE],
    ['with another token', { token: 'other' }, {}, MADE],
    ['for another key', { jkt: 'other' }, {}, MADE],
    ['twice', { proofs: [...PROVEN.proofs, ...PROVEN.proofs] }, {}, MADE],
    ['not at all', { proofs: [] }, {}, MADE],
    ['changed', { proofs: [`${String(PROVEN.proofs[0]).slice(0, -4)}AAAA`] }, {}, MADE],
    ['where its algorithm is not accepted', {}, { algorithms: ['Ed25519'] }, MADE],
    ['where it needs a nonce', {}, { secrets: ['secret'] }, MADE],
  ])('refuses it %s', async (_name, changes, others, now) => {
    expect(await referenceProof({ ...PROVEN, ...changes }, { ...RULES, ...others }, now)).toEqual(
      expect.any(String),
    )
  })

  test('takes what RFC 3986, section 6.2, calls equivalent for the same target, and nothing else', () => {
    const isTarget = (htu: string, origin: string, target: string) =>
      referenceIsTarget(htu, { target, hosts: [], secure: true }, [origin])
    expect(isTarget('hTTPS://A/./b/../b/%63/%7bfoo%7d', 'https://a', '/b/c/%7Bfoo%7D')).toBe(true)
    for (const uri of ['http://example.com', 'http://example.com:/', 'http://example.com:80/?q#f'])
      expect(isTarget(uri, 'http://example.com', '/')).toBe(true)
    expect(isTarget('https://a/a/b/c/./../../g', 'https://a', '/a/g')).toBe(true)
    expect(isTarget('https://a/mid/content=5/../6', 'https://a', '/mid/6')).toBe(true)
    for (const uri of [
      'https://a/b%2Fc',
      'https://a:80/b/c',
      'http://a/b/c',
      'https://u@a/b/c',
      'https://a/B/c',
    ])
      expect(isTarget(uri, 'https://a', '/b/c')).toBe(false)
    expect(isTarget('https://a/b/../c', 'https://a', '/b/../c')).toBe(false) // dot segments in the target
    expect(isTarget('https://a/c', 'https://b', 'https://a/c')).toBe(false)
    expect(isTarget('https://a/c', 'https://a', 'https://a/c')).toBe(true)
  })

  test('knows which origins no client writes', () => {
    expect(referenceOrigin('https://api.example.com:8443/v1/')).toBe('https://api.example.com:8443/v1')
    for (const text of [
      'https://*.a',
      'https://b\u00FCcher.a',
      'https://a/../b',
      'https://0x7f.1',
      'https://a?',
      'a',
    ])
      expect(referenceOrigin(text)).toBeUndefined()
  })

  test('reads the addresses of RFC 4291, sections 2.2 and 2.3, in all of their spellings', () => {
    for (const [one, other] of [
      ['2001:DB8:0:0:8:800:200C:417A', '2001:db8::8:800:200c:417a'],
      ['FF01:0:0:0:0:0:0:101', 'FF01::101'],
      ['0:0:0:0:0:0:13.1.68.3', '::d01:4403'],
      ['::FFFF:129.144.52.38', '129.144.52.38'],
      ['0:0:0:0:0:0:0:0', '::'],
    ] as const)
      expect([one, referenceAddress(one)]).toEqual([one, referenceAddress(other)])
    for (const text of [
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8::',
      '12345::',
      '1.2.3',
      '01.2.3.4',
      '1.2.3.256',
      '',
    ])
      expect([text, referenceAddress(text)]).toEqual([text, undefined])
    const range = referenceRange('2001:0DB8::CD30:0:0:0:0/60')
    expect(range && referenceIsIn('2001:db8:0:cd3f::1%eth0', [range])).toBe(true)
    expect(range && referenceIsIn('2001:db8:0:cd40::', [range])).toBe(false)
    for (const text of ['2001:0DB8:0:CD3/60', '10.0.0.0/33', '10.0.0.0/0', '10.0.0.0/', '::/129', '::1%1'])
      expect([text, referenceRange(text)]).toEqual([text, undefined])
  })

  test('reads the byte sequence of RFC 8941, section 3.3.5, a PEM, and the element that Envoy documents', () => {
    const text = 'cHJldGVuZCB0aGlzIGlzIGJpbmFyeSBjb250ZW50Lg=='
    const thumbprint = createHash('sha256').update('pretend this is binary content.').digest('base64url')
    const hash = Buffer.from(thumbprint, 'base64url').toString('hex')
    const pem = `-----BEGIN%20CERTIFICATE-----%0A${text}%0A-----END%20CERTIFICATE-----%0A`
    const [bytes, escaped, element] = Object.values(REFERENCE_FIELDS)
    expect([bytes?.(`:${text}:`), escaped?.(pem)]).toEqual([thumbprint, thumbprint])
    expect(element?.(`By=http://a.example;Hash=${hash};Subject="/C=\\"US\\"";Cert="${pem}"`)).toBe(thumbprint)
    for (const value of [text, `:${text}`, `:${text}:;a=1`, ':cHI:', '::', `:${text}:, :${text}:`])
      expect([value, bytes?.(value)]).toEqual([value, undefined])
    for (const value of [pem + pem, pem.slice(1), `x${pem}`, `${pem}%`, pem.replace('==', '=')])
      expect([value, escaped?.(value)]).toEqual([value, undefined])
    for (const value of [
      `Hash=${hash},Hash=${hash}`,
      `Hash=${hash};Hash=${hash}`,
      `Hash="${hash}`,
      `Hash=${hash}00`,
    ])
      expect([value, element?.(value)]).toEqual([value, undefined])
  })

  test('decodes base64 as RFC 4648, section 10, and makes nonces that differ in all that they are made of', () => {
    expect(Buffer.from(referenceBase64('Zm9vYg==') ?? []).toString()).toBe('foob')
    expect(
      ['Zm9vYg', 'Zm9vYh==', 'Zm9v====', 'Zm-_', 'Zm9vYg=='].map((text) => referenceBase64(text)?.length),
    ).toEqual([...[undefined, undefined, undefined, undefined], 4])
    const nonces = [
      referenceNonce('a', 1, new Uint8Array(12)),
      referenceNonce('b', 1, new Uint8Array(12)),
      referenceNonce('a', 2, new Uint8Array(12)),
      referenceNonce('a', 1, new Uint8Array(12).fill(1)),
    ]
    expect(new Set(nonces.map(({ text }) => text)).size).toBe(4)
  })
})
