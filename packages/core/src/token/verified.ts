import type { JsonObject } from '../json.js'

declare const verified: unique symbol

/**
 * Claims that a checked signature covers, or that the introspection endpoint of the authorization server answered with.
 * {@link asVerified} alone makes them, and `token/jwt.ts`, `token/introspection.ts` and `token/verdict-store.ts`, for answers
 * that another process got, alone call it.
 */
export type VerifiedClaims = JsonObject & { readonly [verified]: true }

/** Marks claims as verified. */
export function asVerified(claims: JsonObject): VerifiedClaims {
  return claims as VerifiedClaims
}
