import { createECDH, createHash, type KeyObject } from 'node:crypto'

/** The order of P-256 (FIPS 186-4, D.1.2.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/**
 * Signs by ES256 with one nonce for all, so that a signature costs a hash and a multiplication: what floods are made with.
 * Who has two of these signatures has the private key. They verify as any.
 *
 * @param key Of P-256; private.
 */
export function createHastySigner(key: KeyObject): (input: string) => Buffer {
  const ecdh = createECDH('prime256v1')
  const point = ecdh.generateKeys()
  const inverse = power(toNumber(ecdh.getPrivateKey()), ORDER - 2n)
  const r = toNumber(point.subarray(1, 33)) % ORDER
  const secret = toNumber(Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url'))
  const rest = (inverse * r * secret) % ORDER
  const head = toHex(r)
  return (input) => {
    const digest = BigInt(`0x${createHash('sha256').update(input).digest('hex')}`)
    return Buffer.from(head + toHex((inverse * digest + rest) % ORDER), 'hex')
  }
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`)
}

function toHex(number: bigint): string {
  return number.toString(16).padStart(64, '0')
}

/** To the order. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % ORDER
    square = (square * square) % ORDER
  }
  return result
}
