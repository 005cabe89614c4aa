import type { ResourceServer } from '@bearward/core'
import type { AuthorizationServer, MintOptions } from '@bearward/testing'
import { verdictOn } from './request.js'

type Claims = Readonly<Record<string, unknown>>

/** The verdicts on two tokens: one that differs from a good one in these claims or in this way, and a good one. */
export async function verdictsOn(
  servers: { readonly authorizationServer: AuthorizationServer; readonly resourceServer: ResourceServer },
  claims: Claims,
  options?: MintOptions,
): Promise<readonly [different: string, good: string]> {
  const { authorizationServer, resourceServer } = servers
  return [
    await verdictOn(resourceServer, await authorizationServer.mint(claims, options)),
    await verdictOn(resourceServer, await authorizationServer.mint()),
  ]
}
