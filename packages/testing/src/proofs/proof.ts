import { createHash, createPublicKey, randomUUID } from 'node:crypto'
import { systemClock, type Seconds } from '@bearward/core'
import type { JWK } from 'jose'
import { isAlgorithm, type Algorithm } from '../keys/algorithm.js'
import { signInput } from '../keys/signature.js'
import { generateSigningKey, type SigningKey } from '../keys/signing-key.js'

/** The key of a client, for DPoP. Access tokens are bound to its thumbprint: `cnf: { jkt: key.thumbprint }`. */
export interface ProofKey {
  readonly algorithm: Algorithm
  readonly publicJwk: JWK
  /** SHA-256, base64url (RFC 7638). */
  readonly thumbprint: string
}

/** The request that a proof is for. */
export interface ProofRequest {
  /** Default: `GET`. */
  readonly method?: string
  /** The target URI; query and fragment are left out of the proof. */
  readonly url: string
  /** The access token that goes with it. Default: none, as at a token endpoint. */
  readonly token?: string
  /** As the server sent it in `DPoP-Nonce`. Default: none. */
  readonly nonce?: string
  /** `iat`, in seconds since the epoch, rounded down: `clock.now()` where there is a virtual clock. Default: now. */
  readonly issuedAt?: Seconds
}

/** In what a proof differs from a good one. */
export interface ProofChanges {
  /** Claims to add or to replace; one that is `undefined` is left out. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Header parameters to add or to replace; one that is `undefined` is left out. */
  readonly header?: Readonly<Record<string, unknown>>
  /** Signs with this key, under the header of the first. */
  readonly signedWith?: ProofKey
}

/** Private keys are for this module alone: what is logged or compared in a test has none. */
const signingKeys = new WeakMap<ProofKey, SigningKey>()

/**
 * Makes a key for DPoP proofs.
 *
 * @param algorithm Default: `ES256`.
 *
 * @throws {TypeError} Where it is not supported.
 *
 * @example
 *   const key = await createProofKey()
 *   const token = await authorizationServer.mint({ cnf: { jkt: key.thumbprint } })
 */
export async function createProofKey(algorithm: Algorithm = 'ES256'): Promise<ProofKey> {
  if (!isAlgorithm(algorithm)) throw new TypeError('algorithm: not supported')
  const signingKey = await generateSigningKey(algorithm)
  const publicJwk: JWK = createPublicKey(signingKey.privateKey).export({ format: 'jwk' })
  const key: ProofKey = Object.freeze({ algorithm, publicJwk, thumbprint: signingKey.publicJwk.kid })
  signingKeys.set(key, signingKey)
  return key
}

/**
 * Makes a DPoP proof, good or bad: each time another one.
 *
 * @throws {TypeError} Where the key is not from {@link createProofKey}.
 *
 * @example
 *   const url = 'https://api.example.com/stats'
 *   const proof = await createProof(key, { url, token })
 *   await request(app).get('/stats').set({ Authorization: `DPoP ${token}`, DPoP: proof }).expect(200)
 *   await request(app).get('/stats').set({ Authorization: `DPoP ${token}`, DPoP: proof }).expect(401) // used before
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-4.2 RFC 9449, section 4.2}
 */
export async function createProof(
  key: ProofKey,
  { method = 'GET', url, token, nonce, issuedAt = systemClock.now() }: ProofRequest,
  { claims, header, signedWith = key }: ProofChanges = {},
): Promise<string> {
  const signingKey = signingKeys.get(signedWith)
  if (signingKey === undefined) throw new TypeError('key: must be one from createProofKey')
  const input = [
    { typ: 'dpop+jwt', alg: key.algorithm, jwk: key.publicJwk, ...header },
    {
      jti: randomUUID(),
      htm: method,
      htu: url.replace(/[?#].*$/s, ''),
      iat: Math.floor(issuedAt),
      ...(token !== undefined && { ath: createHash('sha256').update(token).digest('base64url') }),
      ...(nonce !== undefined && { nonce }),
      ...claims,
    },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const signature = await signInput(signingKey.algorithm, signingKey.privateKey, input)
  return `${input}.${signature.toString('base64url')}`
}
