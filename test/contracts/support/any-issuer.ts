import type { Fetch } from '@bearward/core'
import { KEY_POOL } from './tokens.js'

/** An authorization server for any issuer without a path; all have the same documents. */
export interface AnyIssuer {
  readonly fetch: Fetch
  /** Where its key set is, as the metadata say. */
  keySetPath: string
  /** Key sets by their paths, which may change. */
  readonly keySets: Record<string, readonly unknown[]>
  /** How many requests there have been for an issuer. */
  count(issuer: string): number
}

/** Publishes the first key of the pool. */
export function createAnyIssuer(): AnyIssuer {
  const counts = new Map<string, number>()
  const site: AnyIssuer = {
    keySetPath: '/jwks',
    keySets: { '/jwks': [KEY_POOL[0]?.jwk] },
    count: (issuer) => counts.get(issuer) ?? 0,
    fetch(url) {
      const { origin, pathname } = new URL(url)
      counts.set(origin, (counts.get(origin) ?? 0) + 1)
      const keys = site.keySets[pathname]
      const metadata = { issuer: origin, jwks_uri: `${origin}${site.keySetPath}` }
      const document = JSON.stringify(keys ? { keys } : metadata)
      return Promise.resolve({ status: 200, headers: JSON_FIELDS, body: toBody(document) })
    },
  }
  return site
}

const JSON_FIELDS = new Headers({ 'content-type': 'application/json' })

// eslint-disable-next-line @typescript-eslint/require-await -- there is nothing to wait for
async function* toBody(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
