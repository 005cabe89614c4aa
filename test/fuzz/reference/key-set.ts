import { importJWK } from 'jose'
import { referenceBase64url } from './base64url.js'
import { referenceHasSmallOrder } from './ed25519.js'

/** A key as far as it matters which tokens it may verify. */
export interface ReadKey {
  readonly kid: string | undefined
  readonly algorithms: readonly string[]
  /** Public members alone. */
  readonly jwk: Readonly<Record<string, string>>
}

type Members = Readonly<Record<string, unknown>>

const MOST_MEMBERS = 100
const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
/** RFC 7518, sections 3.4 and 6.2.1; RFC 8037, section 2; RFC 9864. */
const CURVES: readonly {
  readonly kty: string
  readonly crv: string
  readonly size: number
  readonly algorithms: readonly string[]
}[] = [
  { kty: 'EC', crv: 'P-256', size: 32, algorithms: ['ES256'] },
  { kty: 'EC', crv: 'P-384', size: 48, algorithms: ['ES384'] },
  { kty: 'EC', crv: 'P-521', size: 66, algorithms: ['ES512'] },
  { kty: 'OKP', crv: 'Ed25519', size: 32, algorithms: ['Ed25519', 'EdDSA'] },
]

/**
 * The keys of a key set that may verify signatures (RFC 7517, section 5), or why there are none.
 *
 * Strict on purpose: `the first 100 members`; `RSA of 2048 to 8192 bits, and an exponent of 65537 to 4 bytes`, in at most
 * one byte more than they need; `use and key_ops for signatures alone`, `no operation twice` (RFC 7517, section 4.3);
 * `coordinates at full length` (RFC 7518, section 6.2.1.2); `no Ed25519 key of small order`. `null` is a value.
 */
export async function referenceKeySet(document: Members): Promise<readonly ReadKey[] | string> {
  const members: unknown = Object.hasOwn(document, 'keys') ? document['keys'] : undefined
  if (!Array.isArray(members)) return 'RFC 7517, section 5.1: keys'
  const keys: ReadKey[] = []
  for (const member of (members as readonly unknown[]).slice(0, MOST_MEMBERS)) {
    const isObject = typeof member === 'object' && member !== null && !Array.isArray(member)
    const key = isObject ? await referenceKey(member as Members) : undefined
    if (key !== undefined) keys.push(key)
  }
  return keys.length > 0 ? keys : 'no key that can verify'
}

async function referenceKey(member: Members): Promise<ReadKey | undefined> {
  const has = (name: string) => Object.hasOwn(member, name)
  if (has('use') && member['use'] !== 'sig') return undefined
  if (has('key_ops') && !areForSignatures(member['key_ops'])) return undefined
  if (has('kid') && typeof member['kid'] !== 'string') return undefined
  const found = member['kty'] === 'RSA' ? readRsa(member) : readCurve(member)
  const algorithms = found?.algorithms.filter((algorithm) => !has('alg') || member['alg'] === algorithm) ?? []
  const [algorithm] = algorithms
  if (found === undefined || algorithm === undefined || !(await isKey(found.jwk, algorithm))) return undefined
  return { kid: member['kid'] as string | undefined, algorithms, jwk: found.jwk }
}

function areForSignatures(operations: unknown): boolean {
  if (!Array.isArray(operations)) return false
  const isKnown = operations.every((name) => name === 'verify' || name === 'sign')
  return (
    isKnown &&
    operations.filter((name) => name === 'verify').length === 1 &&
    operations.length <= 2 &&
    hasNoTwins(operations)
  )
}

function hasNoTwins(values: readonly unknown[]): boolean {
  return values.every((value, index) => values.indexOf(value) === index)
}

interface Found {
  readonly jwk: Readonly<Record<string, string>>
  readonly algorithms: readonly string[]
}

function readRsa({ kty, n, e }: Members): Found | undefined {
  if (typeof n !== 'string' || typeof e !== 'string') return undefined
  const [modulus, exponent] = [readInteger(n, 1025), readInteger(e, 5)]
  if (modulus === undefined || exponent === undefined) return undefined
  const isStrong =
    modulus >= 2n ** 2047n && modulus < 2n ** 8192n && exponent >= 65537n && exponent < 2n ** 32n
  return isStrong ? { jwk: { kty: String(kty), n, e }, algorithms: RSA } : undefined
}

function readInteger(text: string, longest: number): bigint | undefined {
  const bytes = referenceBase64url(text)
  if (bytes === undefined || bytes.length > longest) return undefined
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)
}

function readCurve({ kty, crv, x, y }: Members): Found | undefined {
  const curve = CURVES.find((candidate) => candidate.crv === crv && candidate.kty === kty)
  const point = curve && readCoordinate(x, curve.size)
  if (curve === undefined || point === undefined) return undefined
  if (curve.kty === 'OKP') {
    return referenceHasSmallOrder(point)
      ? undefined
      : { jwk: { kty: curve.kty, crv: curve.crv, x: String(x) }, algorithms: curve.algorithms }
  }
  return readCoordinate(y, curve.size) === undefined
    ? undefined
    : { jwk: { kty: curve.kty, crv: curve.crv, x: String(x), y: String(y) }, algorithms: curve.algorithms }
}

function readCoordinate(text: unknown, size: number): Uint8Array | undefined {
  const bytes = typeof text === 'string' ? referenceBase64url(text) : undefined
  return bytes?.length === size ? bytes : undefined
}

/** Whether jose can import it: off the curve it cannot. */
async function isKey(jwk: Readonly<Record<string, string>>, algorithm: string): Promise<boolean> {
  try {
    await importJWK({ ...jwk, kty: String(jwk['kty']) }, algorithm)
    return true
  } catch {
    return false
  }
}
