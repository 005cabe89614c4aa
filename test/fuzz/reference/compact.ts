import { referenceBase64url } from './base64url.js'
import { referenceJson } from './json.js'

/** A JWS in compact serialization, decoded. */
export interface DecodedJws {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly signature: Uint8Array
}

/** RFC 7515, section 5.2, and RFC 7519, section 7.2; a JWE has five parts (RFC 7516, section 9). */
export function referenceCompact(token: string, largest: number): DecodedJws | undefined {
  if (token.length > largest) return undefined
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  const [header, claims, signature] = parts.map(referenceBase64url)
  const headerObject = header && referenceJson(header)
  const claimsObject = claims && referenceJson(claims)
  if (headerObject === undefined || claimsObject === undefined || signature === undefined) return undefined
  return { header: headerObject, claims: claimsObject, signature }
}
