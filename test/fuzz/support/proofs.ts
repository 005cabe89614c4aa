import { createHash } from 'node:crypto'
import { NOW } from '../reference/rules.js'
import { objectOf } from '../targets/spelling.js'
import { pick, seldom, type Chance } from './chance.js'
import type { JsonMembers, Words } from './json.js'
import { createEd25519Key, createEs256Key, createRsaKey, encode, type FuzzKey } from './keys.js'
import { spellJson } from './spelling.js'

/** The keys of clients. */
export const CLIENT_KEYS: readonly FuzzKey[] = [
  createEd25519Key(7, 'client'),
  createEs256Key(7, 'client'),
  createRsaKey('client'),
  createEd25519Key(8, 'thief'),
]

/** What a proof is for. */
export interface Purpose {
  readonly htm: string
  readonly htu: string
  readonly token: string
  readonly jti: string
  readonly iat: number
  readonly nonce?: string
}

/** A proof, and the thumbprint of the key that its header names. */
export interface FuzzProof {
  readonly text: string
  readonly jkt: string
}

/** Flaws of spelling have targets of their own. */
const RARITY = 6

/**
 * Makes a proof (RFC 9449, section 4.2), with flaws in it before it is signed.
 *
 * @param rarity Header and claims have flaws once in so many times, each.
 */
export function proofOf(chance: Chance, key: FuzzKey, { token, ...purpose }: Purpose, rarity = 3): FuzzProof {
  const jwk = publicJwkOf(key)
  const good = { typ: 'dpop+jwt', alg: key.alg, jwk: seldom(chance, 12) ? oddJwk(chance, jwk) : jwk }
  const header = seldom(chance, rarity) ? objectOf(chance, [good], HEADER_WORDS) : good
  const goodClaims = { ...purpose, ath: hashOf(token) }
  const claims = seldom(chance, rarity) ? objectOf(chance, [goodClaims], CLAIM_WORDS) : goodClaims
  const signer = seldom(chance, 24) ? pick(chance, CLIENT_KEYS) : key
  const text = signer.sign(
    spellJson(header, chance, RARITY),
    spellJson(padded(claims, chance), chance, RARITY),
  )
  return { text, jkt: thumbprintOf(header.jwk) }
}

/** Seldom about as large as a proof may be. */
function padded(claims: JsonMembers, chance: Chance): JsonMembers {
  return seldom(chance, 40) ? { ...claims, padding: 'x'.repeat(5_300 + chance.below(500)) } : claims
}

/** As a proof names it: without `kid`. */
export function publicJwkOf(key: FuzzKey): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(key.jwk).filter(([name]) => name !== 'kid'))
}

/** Of an access token: `ath`. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token, 'latin1').digest('base64url')
}

/** RFC 7638, of the members as they are spelt; of what is no key, something that no token is bound to. */
export function thumbprintOf(jwk: unknown): string {
  const { crv, e, kty, n, x, y } = (jwk ?? {}) as Readonly<Record<string, unknown>>
  return hashOf(JSON.stringify(kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y }))
}

/** A zero before an integer; what a key may have beside, or must not. */
function oddJwk(chance: Chance, jwk: JsonMembers): JsonMembers {
  const n = typeof jwk['n'] === 'string' ? Buffer.from(jwk['n'], 'base64url') : undefined
  if (n !== undefined && seldom(chance, 2)) return { ...jwk, n: encode(Buffer.concat([Uint8Array.of(0), n])) }
  if (n !== undefined && seldom(chance, 2)) return { ...jwk, e: 'AAEAAQ' }
  return { ...jwk, ...pick(chance, JWK_MEMBERS) }
}

const JWK_MEMBERS: readonly JsonMembers[] = [
  ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'].map((name) => ({ [name]: 'AA' })),
  ...[
    { d: null },
    { use: 'sig' },
    { use: 'enc' },
    { kid: 'x' },
    { kid: 7 },
    { alg: 'ES256' },
    { alg: 'EdDSA' },
  ],
  ...[{ key_ops: ['verify'] }, { key_ops: ['sign'] }, { x5c: ['AA'] }, { kty: 'oct' }, { crv: 'Ed448' }],
]

const HEADER_WORDS: Words = {
  names: ['typ', 'alg', 'jwk', 'kid', 'jku', 'x5c', 'crit', 'b64', 'cty', 'enc'],
  members: [
    ...['DPoP+JWT', 'application/dpop+jwt', 'jwt', 'dpop+jwtx', 'application/application/dpop+jwt'].map(
      (typ) => ({
        typ,
      }),
    ),
    ...['none', 'HS256', 'ES256', 'EdDSA', 'Ed25519', 'RS256', 'PS256'].map((alg) => ({ alg })),
    ...CLIENT_KEYS.map(({ jwk }) => ({ jwk })),
    ...[{ crit: ['exp'] }, { crit: null }, { b64: true }, { cty: 'jwt' }, { jwk: 'x' }],
  ],
  values: ['dpop+jwt', 'at+jwt', 'ES256', 'Ed25519', 'none', ['exp'], ...CLIENT_KEYS.map(({ jwk }) => jwk)],
  texts: ['application/', 'dpop+jwt', 'jwt', ';a=b'],
}

const CLAIM_WORDS: Words = {
  names: ['jti', 'htm', 'htu', 'iat', 'ath', 'nonce', 'exp', 'nbf', 'query'],
  members: [
    ...[-3601, -3600, -301, -300, -61, -60, -2, -1, 0, 1, 29, 30, 31].map((delta) => ({ iat: NOW + delta })),
    ...['GET', 'get', 'POST', ''].map((htm) => ({ htm })),
    ...[{ jti: '' }, { jti: 7 }, { ath: hashOf('other') }, { exp: 0 }, { nbf: NOW * 2 }, { nonce: 'n' }],
  ],
  values: ['GET', 'POST', 'https://api.example.com/stats', NOW, String(NOW), NOW * 1_000, hashOf('token')],
  texts: ['?x', '#f', '/', 'GET', '=', ' '],
}
