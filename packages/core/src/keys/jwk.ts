import { importKey } from '#verify'
import type { JWK } from 'jose'
import { decodeBase64url } from '../base64url.js'
import { isJsonObject, isStringArray, type JsonObject } from '../json.js'
import { hasSmallOrder } from './small-order.js'

/** A public key of an authorization server that can verify signatures, and what it may be used for. */
export interface VerificationKey {
  readonly kid: string | undefined
  /** Algorithms that fit the key's type, size and, where it names one, its own `alg`. */
  readonly algorithms: ReadonlySet<string>
  /** Public members only. */
  readonly jwk: JWK
  /** What it is, whatever it is called: another text for each key. */
  readonly identity: string
}

/**
 * Turns one member of a key set into a key, or into nothing where it cannot or must not verify a signature: unknown or
 * symmetric type, weak, malformed, or published for another use. Private members are dropped.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-5 RFC 7517, section 5} (what to leave out)
 */
export async function toVerificationKey(member: unknown): Promise<VerificationKey | undefined> {
  if (!isJsonObject(member) || !isForVerification(member)) return undefined
  const { kid, alg } = member
  const found = readPublicKey(member)
  if (found === undefined || !(kid === undefined || typeof kid === 'string')) return undefined
  const algorithms = found.algorithms.filter((algorithm) => alg === undefined || alg === algorithm)
  const [algorithm] = algorithms
  if (algorithm === undefined) return undefined
  try {
    await importKey(found.jwk, algorithm) // off the curve, for example
  } catch {
    return undefined
  }
  return { kid, algorithms: new Set(algorithms), jwk: found.jwk, identity: JSON.stringify(found.jwk) }
}

/** RFC 7517, sections 4.2 and 4.3: for signatures, for nothing else, and said once. */
function isForVerification({ use, key_ops: operations }: JsonObject): boolean {
  if (use !== undefined && use !== 'sig') return false
  if (operations === undefined) return true
  if (!isStringArray(operations) || new Set(operations).size !== operations.length) return false
  return operations.includes('verify') && operations.every((name) => name === 'verify' || name === 'sign')
}

interface PublicKey {
  readonly jwk: JWK
  readonly algorithms: readonly string[]
}

/** Without the work that it takes to tell whether there is such a key. */
export function readPublicKey({ kty, crv, n, e, x, y }: JsonObject): PublicKey | undefined {
  if (kty === 'RSA') {
    if (typeof n !== 'string' || typeof e !== 'string' || !isStrongRsa(n, e)) return undefined
    return { jwk: { kty, n, e }, algorithms: RSA_ALGORITHMS }
  }
  const curve = typeof crv === 'string' ? CURVES.get(crv) : undefined
  if (curve === undefined || kty !== curve.kty || !hasLength(x, curve.size)) return undefined
  if (kty === 'OKP') {
    const point = decodeBase64url(x)
    if (point === undefined || hasSmallOrder(point)) return undefined
    return { jwk: { kty, crv: curve.crv, x }, algorithms: curve.algorithms }
  }
  return hasLength(y, curve.size)
    ? { jwk: { kty, crv: curve.crv, x, y }, algorithms: curve.algorithms }
    : undefined
}

const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']

/** RFC 7518, sections 3.4 and 6.2.1; RFC 8037, section 2. Sizes in bytes. */
const CURVES = new Map(
  [
    { crv: 'P-256', kty: 'EC', size: 32, algorithms: ['ES256'] },
    { crv: 'P-384', kty: 'EC', size: 48, algorithms: ['ES384'] },
    { crv: 'P-521', kty: 'EC', size: 66, algorithms: ['ES512'] },
    { crv: 'Ed25519', kty: 'OKP', size: 32, algorithms: ['Ed25519', 'EdDSA'] },
  ].map((curve) => [curve.crv, curve]),
)

/** RFC 7518, section 3.3, asks for 2048 bits; past 8192 one verification costs milliseconds. */
const MODULUS_BITS = { least: 2048, most: 8192 }
/** In characters, with a leading zero byte. */
const LONGEST_MODULUS = 1_367
const LONGEST_EXPONENT = 7
/** With 1 everything verifies; below 65537 a lenient padding check becomes a forgery. Four bytes bound the work. */
const EXPONENT = { least: 65_537, most: 0xffff_ffff }

function isStrongRsa(n: string, e: string): boolean {
  if (n.length > LONGEST_MODULUS || e.length > LONGEST_EXPONENT) return false // before the work that it would take
  const bits = countBits(toBytes(n))
  const exponent = toBytes(e).reduce((integer, byte) => integer * 256 + byte, 0)
  return (
    bits >= MODULUS_BITS.least &&
    bits <= MODULUS_BITS.most &&
    exponent >= EXPONENT.least &&
    exponent <= EXPONENT.most
  )
}

/** None for what is not base64url. */
function toBytes(value: string): Uint8Array {
  return decodeBase64url(value) ?? new Uint8Array()
}

/** Of an integer, most significant byte first. */
function countBits(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0)
  return first === -1 ? 0 : 8 * (bytes.length - first) - (Math.clz32(bytes[first] ?? 0) - 24)
}

/** Coordinates stand at full length (RFC 7518, section 6.2.1.2). */
function hasLength(value: unknown, size: number): value is string {
  return typeof value === 'string' && decodeBase64url(value)?.length === size
}
