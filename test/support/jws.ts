import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { AuthorizationServer, JWK } from '@bearward/testing'

/** What a part of a JWS holds: JSON text or bytes as they stand, or an object to serialize. */
export type Content = string | Uint8Array | Readonly<Record<string, unknown>>

/** The parts of a JWS, decoded. */
export interface Parts {
  readonly header: string
  readonly payload: string
  readonly signature: Buffer
}

/** Takes a JWS in compact serialization apart. */
export function takeApart(compact: string): Parts {
  const [header, payload, signature] = compact.split('.').map((part) => Buffer.from(part, 'base64url'))
  return { header: String(header), payload: String(payload), signature: signature ?? Buffer.alloc(0) }
}

/** Puts a JWS in compact serialization together, whatever its parts hold. */
export function putTogether(header: Content, payload: Content, signature: Content): string {
  return [header, payload, signature].map(encode).join('.')
}

/** The order of the group of P-256, RFC 6090 and FIPS 186-4, D.1.2.3. */
export const P256_ORDER = 0xffffffff_00000000_ffffffff_ffffffff_bce6faad_a7179e84_f3b9cac2_fc632551n

/** The same ES256 token with the other one of its two valid signatures: n - s in place of s. */
export function withOtherSignature(compact: string): string {
  const { header, payload, signature } = takeApart(compact)
  const s = P256_ORDER - BigInt(`0x${signature.subarray(32).toString('hex')}`)
  const other = Buffer.from(s.toString(16).padStart(64, '0'), 'hex')
  return putTogether(header, payload, Buffer.concat([signature.subarray(0, 32), other]))
}

/** How `node:crypto` signs. Default: as the algorithm of the key asks. */
export interface SignOptions {
  readonly digest?: string | null
  readonly padding?: number
  readonly saltLength?: number
  readonly dsaEncoding?: 'der' | 'ieee-p1363'
}

/** In what a token differs from a good one. */
interface Changes extends SignOptions {
  /** Header parameters to add or to replace; one that is `undefined` is left out. */
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
}

/** A key of the test's own: to publish, and to sign with in ways that the authorization server does not offer. */
export interface OwnKey {
  readonly privateKey: KeyObject
  /** The public key and its `kid`, without `alg` and `use`. */
  readonly jwk: JWK & { readonly kid: string }
  /** Signs header and payload as they stand. */
  sign(header: Content, payload: Content, options?: SignOptions): string
  /** Mints an access token as the authorization server would, but signs it with this key. */
  mint(authorizationServer: Pick<AuthorizationServer, 'mint'>, changes?: Changes): Promise<string>
}

const KINDS = {
  'rsa-512': {
    generate: () => generateKeyPairSync('rsa', { modulusLength: 512 }),
    alg: 'RS256',
    digest: 'sha256',
  },
  'rsa-1024': {
    generate: () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
    alg: 'RS256',
    digest: 'sha256',
  },
  rsa: {
    generate: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    alg: 'RS256',
    digest: 'sha256',
  },
  'P-256': {
    generate: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    alg: 'ES256',
    digest: 'sha256',
  },
  'P-384': {
    generate: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    alg: 'ES384',
    digest: 'sha384',
  },
  'P-521': {
    generate: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
    alg: 'ES512',
    digest: 'sha512',
  },
  secp256k1: {
    generate: () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
    alg: 'ES256K',
    digest: 'sha256',
  },
  ed25519: { generate: () => generateKeyPairSync('ed25519'), alg: 'Ed25519', digest: null },
  ed448: { generate: () => generateKeyPairSync('ed448'), alg: 'Ed448', digest: null },
  x25519: { generate: () => generateKeyPairSync('x25519'), alg: 'ECDH-ES', digest: null },
} as const

/** Makes a key. */
export function createOwnKey(kind: keyof typeof KINDS, kid = 'own'): OwnKey {
  const { generate, ...defaults } = KINDS[kind]
  const { privateKey } = generate()
  const jwk = { ...(createPublicKey(privateKey).export({ format: 'jwk' }) as JWK), kid }

  const signParts: OwnKey['sign'] = (header, payload, { digest = defaults.digest, ...options } = {}) => {
    const input = [header, payload].map(encode).join('.')
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363', ...options } as const
    return `${input}.${encode(sign(digest, Buffer.from(input), key))}`
  }
  return {
    privateKey,
    jwk,
    sign: signParts,
    async mint(authorizationServer, { header, claims, ...options } = {}) {
      const { payload } = takeApart(await authorizationServer.mint(claims))
      return signParts({ alg: defaults.alg, typ: 'at+jwt', kid, ...header }, payload, options)
    },
  }
}

function encode(content: Content): string {
  const isText = typeof content === 'string' || content instanceof Uint8Array
  return Buffer.from(isText ? content : JSON.stringify(content)).toString('base64url')
}
