import { constants } from 'node:crypto'

/**
 * An algorithm that signs access tokens with a private key: `alg` of RFC 7518, section 3.1, RFC 8037 (`EdDSA`) or RFC
 * 9864 (`Ed25519`, the same signature under its newer name).
 */
export type Algorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'

/** An algorithm that needs a shared secret. No resource server should accept one; attackers try. */
export type HmacAlgorithm = 'HS256' | 'HS384' | 'HS512'

/** What a key must be to sign with an algorithm. */
export type KeyType = 'rsa' | 'P-256' | 'P-384' | 'P-521' | 'ed25519'

interface Scheme {
  readonly keyType: KeyType
  /** Hash of the signing input; null where the signature scheme has its own. */
  readonly digest: string | null
  /** How `node:crypto` has to be told what JWS means by the algorithm. */
  readonly options: {
    readonly padding?: number
    readonly saltLength?: number
    readonly dsaEncoding?: 'ieee-p1363'
  }
}

const PKCS1 = { padding: constants.RSA_PKCS1_PADDING }
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
/** RFC 7518, section 3.4: R and S side by side, no DER. */
const ECDSA = { dsaEncoding: 'ieee-p1363' } as const

/** Every supported algorithm. */
export const SCHEMES: Readonly<Record<Algorithm, Scheme>> = {
  RS256: { keyType: 'rsa', digest: 'sha256', options: PKCS1 },
  RS384: { keyType: 'rsa', digest: 'sha384', options: PKCS1 },
  RS512: { keyType: 'rsa', digest: 'sha512', options: PKCS1 },
  PS256: { keyType: 'rsa', digest: 'sha256', options: PSS },
  PS384: { keyType: 'rsa', digest: 'sha384', options: PSS },
  PS512: { keyType: 'rsa', digest: 'sha512', options: PSS },
  ES256: { keyType: 'P-256', digest: 'sha256', options: ECDSA },
  ES384: { keyType: 'P-384', digest: 'sha384', options: ECDSA },
  ES512: { keyType: 'P-521', digest: 'sha512', options: ECDSA },
  EdDSA: { keyType: 'ed25519', digest: null, options: {} },
  Ed25519: { keyType: 'ed25519', digest: null, options: {} },
}

/** Hashes of the shared-secret algorithms. */
export const HMAC_DIGESTS: Readonly<Record<HmacAlgorithm, string>> = {
  HS256: 'sha256',
  HS384: 'sha384',
  HS512: 'sha512',
}

/** Whether `name` is an algorithm that signs with a private key. */
export function isAlgorithm(name: string): name is Algorithm {
  return Object.hasOwn(SCHEMES, name)
}

/** Whether `name` is an algorithm that needs a shared secret. */
export function isHmacAlgorithm(name: string): name is HmacAlgorithm {
  return Object.hasOwn(HMAC_DIGESTS, name)
}
