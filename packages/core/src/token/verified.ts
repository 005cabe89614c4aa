import type { JsonObject } from '../json.js'

declare const verified: unique symbol

/** Claims that a checked signature covers. {@link asVerified} alone makes them, and `token/jwt.ts` alone calls it. */
export type VerifiedClaims = JsonObject & { readonly [verified]: true }

/** Marks claims as verified. */
export function asVerified(claims: JsonObject): VerifiedClaims {
  return claims as VerifiedClaims
}
