import { createResourceServer, type ResourceServer } from '@bearward/core'
import type { RedisStores } from '@bearward/redis'
import type { AuthorizationServer } from '@bearward/testing'

/** An API whose access tokens are opaque, and whose verdicts on them are kept for longer than a test takes. */
export function createOpaqueApi(
  { issuer }: Pick<AuthorizationServer, 'issuer'>,
  audience: string,
  { verdictStore }: Pick<RedisStores, 'verdictStore'>,
): ResourceServer {
  const introspection = { clientId: 'client', clientSecret: 'secret', cache: { maxAge: 600 } }
  return createResourceServer({ issuer, audience, accessTokens: 'opaque', introspection, verdictStore })
}
