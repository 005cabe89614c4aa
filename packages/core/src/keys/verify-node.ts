import { constants, createPublicKey, verify, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import type { ImportKey, VerifySignature } from './verify.js'

/** Digest and options of an algorithm (RFC 7518, section 3.1; RFC 8037, section 3.1; RFC 9864). */
interface Scheme {
  /** `null`: the algorithm has its own. */
  readonly digest: string | null
  readonly options: object
}

const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING } = constants
const PKCS1 = { padding: RSA_PKCS1_PADDING }
const RAW = { dsaEncoding: 'ieee-p1363' }

const SCHEMES: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ['RS256', { digest: 'sha256', options: PKCS1 }],
  ['RS384', { digest: 'sha384', options: PKCS1 }],
  ['RS512', { digest: 'sha512', options: PKCS1 }],
  ['PS256', { digest: 'sha256', options: toPss(32) }],
  ['PS384', { digest: 'sha384', options: toPss(48) }],
  ['PS512', { digest: 'sha512', options: toPss(64) }],
  ['ES256', { digest: 'sha256', options: RAW }],
  ['ES384', { digest: 'sha384', options: RAW }],
  ['ES512', { digest: 'sha512', options: RAW }],
  ['Ed25519', { digest: null, options: {} }],
  ['EdDSA', { digest: null, options: {} }],
])

/** A key is imported once, and lives as long as the key set that it stands in. */
const keys = new WeakMap<JWK, KeyObject>()

export const importKey: ImportKey = async (jwk) => {
  await Promise.resolve(toKey(jwk))
}

/** On the thread pool of Node.js: the event loop does not wait, and several cores work at once. */
export const verifySignature: VerifySignature = (jwk, alg, { signingInput, signature }) =>
  new Promise((resolve, reject) => {
    const { digest, options } = SCHEMES.get(alg) ?? unknown(alg)
    const input = Buffer.from(signingInput, 'latin1')
    verify(digest, input, { key: toKey(jwk), ...options }, signature, (error, isGood) => {
      if (error === null) resolve(isGood)
      else reject(error)
    })
  })

function toKey(jwk: JWK): KeyObject {
  const known = keys.get(jwk)
  if (known !== undefined) return known
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  keys.set(jwk, key)
  return key
}

function toPss(saltLength: number): object {
  return { padding: RSA_PKCS1_PSS_PADDING, saltLength }
}

function unknown(alg: string): never {
  throw new TypeError(`The algorithm ${alg} is not known`)
}
