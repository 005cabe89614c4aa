import type { JWK } from 'jose'

/** A JWS in compact serialization, and its parts. */
export interface SignedText {
  readonly compact: string
  /** Its first two parts. */
  readonly signingInput: string
  readonly signature: Uint8Array
}

/**
 * Imports a public key, ahead of its first signature.
 *
 * @param jwk Public members only. Known by its identity from then.
 *
 * @throws Where it is no key for this algorithm: off the curve, for example
 */
export type ImportKey = (jwk: JWK, alg: string) => Promise<void>

/**
 * Verifies a signature.
 *
 * @param alg One that fits the key.
 *
 * @returns Whether the key made the signature
 */
export type VerifySignature = (jwk: JWK, alg: string, signed: SignedText) => Promise<boolean>
