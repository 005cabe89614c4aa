import {
  recall,
  createResourceServer,
  type ProtectedResourceRequest,
  type ResourceServer,
} from '@bearward/core'
import { AUDIENCE, type Issuer } from '../issuer.js'
import type { Peer } from './peer.js'

/** What an adapter does on each request, where it can; `undefined` is no hit. */
export const bearwardRecall: Peer = {
  name: 'Bearward, `recall`',
  caches: true,
  create(issuer, size) {
    const resourceServer = createServer(issuer, { maxSize: toBytes(size) })
    return (value) => {
      const request = toRequest(value)
      return recall(resourceServer, request) ?? resourceServer.authenticate(request)
    }
  },
}

export const bearward: Peer = {
  name: 'Bearward, `await authenticate`',
  caches: true,
  create(issuer, size) {
    const resourceServer = createServer(issuer, { maxSize: toBytes(size) })
    return (value) => resourceServer.authenticate(toRequest(value))
  },
}

/** As node's adapters make one: with getters, and nothing computed ahead. */
export function toRequest(value: string): ProtectedResourceRequest {
  return new FieldRequest(value)
}

export function createServer(
  { issuer, jwk }: Issuer,
  verdictCache: boolean | { readonly maxSize: number } = true,
): ResourceServer {
  const jwksUri = `${issuer}/jwks`
  return createResourceServer({
    issuer,
    audience: AUDIENCE,
    jwksUri,
    verdictCache,
    fetch: () => Promise.resolve(Response.json({ keys: [jwk] })),
  })
}

/** The default, or what that many take. */
function toBytes(size: number): number {
  return Math.max(33_554_432, size * 4_000)
}

/** Cheaper than an object with a closure: what is measured is not to be the making of requests. */
class FieldRequest implements ProtectedResourceRequest {
  readonly method = 'GET'
  readonly target = '/stats'
  readonly secure = true
  readonly #values: readonly string[]
  constructor(value: string) {
    this.#values = [value]
  }
  fieldValues(name: string): readonly string[] {
    return name === 'authorization' ? this.#values : []
  }
}
