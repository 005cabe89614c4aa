import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { Seconds } from '@bearward/core'
import type { JWK } from '@bearward/testing'

export const ISSUER = 'https://as.example.com'
export const AUDIENCE = 'https://api.example.com'
/** How long tokens are good for. */
export const LIFETIME: Seconds = 300

/** A key pair of the pool. */
export interface PoolKey {
  readonly kid: string
  readonly jwk: JWK
  readonly privateKey: KeyObject
}

function createKey(kid: string): PoolKey {
  const { privateKey } = generateKeyPairSync('ed25519')
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' }) as JWK
  return { kid, privateKey, jwk: { ...jwk, kid, alg: 'Ed25519', use: 'sig' } }
}

/** Made once: a run that rotates more often than this begins anew, and is too long. */
export const KEY_POOL: readonly PoolKey[] = Array.from({ length: 48 }, (_, index) =>
  createKey(`key-${String(index + 1)}`),
)
/** Of somebody else: never published. */
export const ATTACKER_KEY: PoolKey = createKey('attacker')

/** In what a token differs from a good one. */
export interface TokenParts {
  readonly key: PoolKey
  /** `null` leaves it out. Default: that of the key. */
  readonly kid?: string | null
  readonly issuedAt: Seconds
  readonly lifetime?: Seconds
  readonly issuer?: string
}

const signed = new Map<string, string>()
/** Tokens that are kept: runs begin at the same time, with the same keys, and sign the same tokens. */
const MOST_SIGNED = 20_000

/** Signs an access token at once: the thread pool is for those that are verified. */
export function signToken(parts: TokenParts): string {
  const { key, kid = key.kid, issuedAt, lifetime = LIFETIME, issuer = ISSUER } = parts
  const iat = Math.floor(issuedAt)
  const header = { alg: 'Ed25519', typ: 'at+jwt', ...(kid !== null && { kid }) }
  const claims = { ...CLAIMS, iss: issuer, iat, exp: iat + lifetime }
  const input = `${encode(header)}.${encode(claims)}`
  if (key === ATTACKER_KEY) return `${input}.${NO_SIGNATURE}`
  const name = `${key.kid} ${input}` // the input of a token without `kid` does not name the key
  const known = signed.get(name)
  if (known !== undefined) return known
  const signature = sign(null, Buffer.from(input), key.privateKey)
  const token = `${input}.${signature.toString('base64url')}`
  if (signed.size >= MOST_SIGNED) signed.clear()
  signed.set(name, token)
  return token
}

const CLAIMS = { aud: AUDIENCE, sub: 'client', client_id: 'client', jti: 'one', scope: 'stats:read' }
/** Of the right length, and of nobody: as good as that of an attacker. */
const NO_SIGNATURE = Buffer.alloc(64, 1).toString('base64url')

function encode(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}
