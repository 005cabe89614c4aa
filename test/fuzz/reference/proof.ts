import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, compactVerify, importJWK } from 'jose'
import { referenceBase64url } from './base64url.js'
import { referenceCompact } from './compact.js'
import { equalsIgnoringCase } from './header.js'
import { referenceKeySet } from './key-set.js'
import type { MadeNonce } from './nonce.js'
import { referenceIsTarget, type Aimed } from './target-uri.js'

type Members = Readonly<Record<string, unknown>>

/** What one resource server asks of a proof. */
export interface ProofRules {
  /** `undefined`: the `Host` field is believed. */
  readonly origins: readonly string[] | undefined
  readonly algorithms: readonly string[]
  /** In seconds. */
  readonly maxAge: number
  /** Of nonces; `undefined`: no proof needs one. */
  readonly secrets: readonly string[] | undefined
}

/** A request with proofs, and the token that it carries. */
export interface Proven extends Aimed {
  readonly method: string
  /** Values of the field `DPoP`, one for each field line. */
  readonly proofs: readonly string[]
  readonly token: string
  /** What the token is bound to. */
  readonly jkt: string
  /** All nonces that were ever made. */
  readonly nonces: readonly MadeNonce[]
}

/** In characters. */
const LONGEST = 8_192
/** In seconds: RFC 9449, section 11.1, leaves it to the server. */
const AHEAD = 30
/** RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1; RFC 8037, section 2. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/**
 * What identifies a good proof, for as long as it must not come again (RFC 9449, sections 4.3 and 11.1); or why it is refused.
 *
 * Strict on purpose: `at most 8192 characters`, `names are not empty`, `nothing critical is understood`, `b64 is not known`,
 * `keys as in key sets`, `no integer with zeros before it`, which would have another thumbprint. Lenient on purpose: with a
 * nonce, `the nonce says when it was made`, and not `iat`.
 */
export async function referenceProof(
  request: Proven,
  rules: ProofRules,
  now: number,
): Promise<{ readonly id: string } | string> {
  const [proof, ...others] = request.proofs
  if (proof === undefined || others.length > 0) return 'no. 1: one field'
  const jws = referenceCompact(proof, LONGEST)
  if (jws === undefined) return 'no. 2: one JWT'
  const { header, claims } = jws
  return (
    refuseClaims(claims) ??
    refuseHeader(header, rules) ??
    (await refuseKey(header, proof, request.jkt)) ??
    refuseUse(claims, request, rules) ??
    refuseTime(claims, request.nonces, rules, now) ?? { id: `${request.jkt} ${String(claims['jti'])}` }
  )
}

function refuseClaims(claims: Members): string | undefined {
  const areTexts = ['jti', 'htm', 'htu', 'ath'].every((name) => isText(read(claims, name)))
  return areTexts && typeof read(claims, 'iat') === 'number' ? undefined : 'no. 3: a required claim'
}

function refuseHeader(header: Members, { algorithms }: ProofRules): string | undefined {
  const typ = read(header, 'typ')
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return 'nothing critical is understood'
  const isProof = ['dpop+jwt', 'application/dpop+jwt'].some(
    (type) => typeof typ === 'string' && equalsIgnoringCase(typ, type),
  )
  if (!isProof) return 'no. 4: typ'
  return algorithms.some((algorithm) => algorithm === read(header, 'alg')) ? undefined : 'no. 5: alg'
}

async function refuseKey(header: Members, proof: string, jkt: string): Promise<string | undefined> {
  const jwk = read(header, 'jwk')
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) return 'no. 7: no key'
  if (PRIVATE.some((name) => Object.hasOwn(jwk, name))) return 'no. 7: a private key'
  const keys = await referenceKeySet({ keys: [jwk] })
  const [key] = typeof keys === 'string' ? [] : keys
  const alg = String(header['alg'])
  if (key?.algorithms.includes(alg) !== true) return 'no. 6: a key that fits'
  const { n, e, kty } = key.jwk
  if (kty === 'RSA' && [n, e].some((integer) => referenceBase64url(integer ?? '')?.[0] === 0))
    return 'RFC 7518, section 2: no zeros before an integer'
  const publicJwk = { ...key.jwk, kty: String(kty) }
  try {
    await compactVerify(proof, await importJWK(publicJwk, alg), { algorithms: [alg] })
  } catch {
    return 'no. 6: the signature'
  }
  return (await calculateJwkThumbprint(publicJwk)) === jkt ? undefined : 'no. 12: the key of the token'
}

function refuseUse(claims: Members, request: Proven, { origins }: ProofRules): string | undefined {
  if (claims['htm'] !== request.method) return 'no. 8: htm'
  if (!referenceIsTarget(String(claims['htu']), request, origins)) return 'no. 9: htu'
  const hash = createHash('sha256').update(request.token, 'latin1').digest('base64url')
  return claims['ath'] === hash ? undefined : 'no. 12: ath'
}

function refuseTime(
  claims: Members,
  nonces: readonly MadeNonce[],
  { secrets, maxAge }: ProofRules,
  now: number,
): string | undefined {
  const nonce = read(claims, 'nonce')
  const made = nonces.find(({ text, secret }) => text === nonce && secrets?.includes(secret) === true)
  if (secrets !== undefined && made === undefined) return 'no. 10: nonce'
  const time = made?.time ?? Number(claims['iat'])
  return time >= now - maxAge && time <= now + AHEAD ? undefined : 'no. 11: iat'
}

function read(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
