import { createHash } from 'node:crypto'

/** How `issuer`, `jwksUri` and `internalOrigin` stand in a snapshot. */
export function toSource(issuer: string, ...others: readonly (string | null)[]): string {
  const [jwksUri = null, internalOrigin = null] = others
  return createHash('sha256')
    .update(JSON.stringify([issuer, jwksUri, internalOrigin]))
    .digest('base64url')
}

/** A key set of a snapshot as it should be, apart from these members, of an issuer of which nothing else is configured. */
export function createKeySetSnapshot(issuer: string, members: object) {
  return { issuer, source: toSource(issuer), lifetime: 600, ...members }
}
