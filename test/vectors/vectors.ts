import { readFileSync } from 'node:fs'
import type { JWK } from '@bearward/testing'

/** A JWS of a specification, and the key that is published with it. */
export interface SignedVector {
  /** Where it stands. */
  readonly source: string
  /** Compact serialization. */
  readonly jws: string
  readonly jwk: JWK
}

/** A token of a specification, of which no key is published. */
interface TokenVector {
  readonly source: string
  readonly jws: string
}

interface Vectors {
  /** Good signatures, made with private keys. */
  readonly signatures: Readonly<Record<string, SignedVector>>
  /** Good message authentication codes, made with shared secrets. */
  readonly macs: Readonly<Record<string, SignedVector>>
  /** Headers that no access token may have. */
  readonly headers: Readonly<Record<string, TokenVector>>
  readonly jsonSerialization: { readonly source: string; readonly jws: object }
  /** Tokens that are something else than access tokens, or not of RFC 9068. */
  readonly otherTokens: Readonly<Record<string, TokenVector>>
  /** Two access tokens of one subject, for two resources. */
  readonly resourceTokens: { readonly source: string; readonly calendar: string; readonly contacts: string }
  readonly accessToken: {
    readonly source: string
    readonly header: Readonly<Record<string, unknown>>
    readonly claims: {
      readonly iss: string
      readonly aud: string
      readonly exp: number
      readonly iat: number
    }
  }
  readonly thumbprints: Readonly<
    Record<string, { readonly source: string; readonly jwk: JWK; readonly thumbprint: string }>
  >
  readonly keySet: { readonly source: string; readonly jwks: { readonly keys: readonly JWK[] } }
  /** By issuer, in the order in which they are asked. */
  readonly wellKnownUrls: {
    readonly source: string
    readonly urls: Readonly<Record<string, readonly string[]>>
  }
  readonly challenges: Readonly<Record<string, { readonly source: string; readonly value: string }>>
}

/** Examples that the specifications print, each by its own id. All of their tokens have long expired. */
export const VECTORS = JSON.parse(readFileSync(new URL('rfc.json', import.meta.url), 'utf8')) as Vectors

/** One vector out of several. */
export function vector<Vector>(vectors: Readonly<Record<string, Vector>>, id: string): Vector {
  const found = vectors[id]
  if (found === undefined) throw new Error(`No vector has the id ${id}`)
  return found
}
