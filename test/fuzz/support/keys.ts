import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'

/** A key that signs, the same in every run. */
export interface FuzzKey {
  readonly alg: string
  /** The public key, with its `kid`. */
  readonly jwk: Readonly<Record<string, string>>
  /** Signs header and payload as they stand. */
  sign(header: Uint8Array, payload: Uint8Array): string
}

/** Of RFC 8410, section 7: what stands before the 32 bytes of an Ed25519 key. */
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Makes an Ed25519 key of a number: its signatures are the same in every run, too. */
export function createEd25519Key(number: number, kid: string, alg: 'EdDSA' | 'Ed25519' = 'Ed25519'): FuzzKey {
  const der = Buffer.concat([ED25519_PREFIX, Buffer.alloc(32, number)])
  return toFuzzKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }), alg, kid, null)
}

/** Makes a P-256 key of a number. */
export function createEs256Key(number: number, kid: string): FuzzKey {
  const pair = createECDH('prime256v1')
  const secret = Buffer.alloc(32, number)
  pair.setPrivateKey(secret)
  const point = pair.getPublicKey()
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
    d: secret.toString('base64url'),
  }
  return toFuzzKey(createPrivateKey({ key: jwk, format: 'jwk' }), 'ES256', kid, 'sha256')
}

/** Two primes, of 1024 bits each. */
const PRIMES = [2n ** 1024n - 105n, 3n * 2n ** 1022n + 1037n] as const

/** Makes the one RSA key, of 2048 bits. */
export function createRsaKey(kid: string): FuzzKey {
  const [p, q] = PRIMES
  const e = 65_537n
  const d = invert(e, (p - 1n) * (q - 1n))
  const numbers = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: invert(q, p) }
  const members = Object.entries(numbers).map(([name, number]) => {
    const hex = number.toString(16)
    return [name, encode(Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'))] as const
  })
  const jwk = { kty: 'RSA', ...Object.fromEntries(members) }
  return toFuzzKey(createPrivateKey({ key: jwk, format: 'jwk' }), 'RS256', kid, 'sha256')
}

/** What makes 1 of a number, modulo another: Euclid's algorithm. */
function invert(number: bigint, modulus: bigint): bigint {
  let [rest, next, factor, nextFactor] = [modulus, number, 0n, 1n]
  while (next !== 0n) {
    const quotient = rest / next
    ;[rest, next] = [next, rest - quotient * next]
    ;[factor, nextFactor] = [nextFactor, factor - quotient * nextFactor]
  }
  return ((factor % modulus) + modulus) % modulus
}

function toFuzzKey(privateKey: KeyObject, alg: string, kid: string, digest: string | null): FuzzKey {
  const jwk: JsonWebKey = createPublicKey(privateKey).export({ format: 'jwk' })
  return {
    alg,
    jwk: { ...(jwk as Readonly<Record<string, string>>), kid },
    sign(header, payload) {
      const input = `${encode(header)}.${encode(payload)}`
      const signature = sign(digest, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
      return `${input}.${encode(signature)}`
    },
  }
}

export function encode(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64url')
}
