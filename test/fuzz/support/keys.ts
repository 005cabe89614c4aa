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
