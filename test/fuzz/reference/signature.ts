import { compactVerify, importJWK, type CryptoKey } from 'jose'
import { referenceCompact, type DecodedJws } from './compact.js'
import { refuseHeader } from './header.js'
import type { Rules } from './rules.js'

/** A key that tokens may be signed with, and the algorithms that fit it. */
export interface PublishedKey {
  readonly jwk: Readonly<Record<string, string>>
  readonly algorithms: readonly string[]
}

/**
 * A JWT that one of these keys signed, or why it is refused.
 *
 * Strict on purpose: what {@link referenceCompact} and {@link refuseHeader} are strict about.
 */
export async function referenceSigned(
  token: string,
  largest: number,
  rules: Pick<Rules, 'algorithms' | 'types'>,
  keys: readonly PublishedKey[],
): Promise<DecodedJws | string> {
  const jws = referenceCompact(token, largest)
  if (jws === undefined) return 'RFC 7515, section 5.2: no JWS'
  const refused = refuseHeader(jws.header, rules)
  if (refused !== undefined) return refused
  const { alg, kid } = jws.header
  const fitting = keys.filter(
    ({ jwk, algorithms }) => algorithms.includes(String(alg)) && (kid === undefined || kid === jwk['kid']),
  )
  for (const { jwk } of fitting) if (await isSignedBy(token, jwk, String(alg))) return jws
  return 'RFC 7515, section 5.2: the signature'
}

const imported = new Map<string, Promise<CryptoKey | Uint8Array>>()

async function isSignedBy(
  token: string,
  jwk: Readonly<Record<string, string>>,
  alg: string,
): Promise<boolean> {
  const name = `${alg} ${JSON.stringify(jwk)}`
  const key = imported.get(name) ?? importJWK({ ...jwk, kty: String(jwk['kty']) }, alg)
  imported.set(name, key)
  try {
    await compactVerify(token, await key, { algorithms: [alg] })
    return true
  } catch {
    return false
  }
}
