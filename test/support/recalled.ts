import { recall, type Auth, type CommonOptions, type IssuerOptions } from '@bearward/core'
import { requestWithToken } from './request.js'
import { createVirtualServers, type VirtualServers } from './virtual-servers.js'

/** How often a token comes until the verdict on it is kept: the first of all tokens comes before the key set. */
export const SURELY_KEPT = 3

/** A resource server in virtual time, and what it has kept of JWTs. */
export interface RecallingServers extends VirtualServers {
  /** Mints a token, and presents it until the verdict on it is kept. */
  keep(...parameters: Parameters<VirtualServers['authorizationServer']['mint']>): Promise<string>
  /** The kept verdict on a token, where one holds. */
  kept(token: string): Auth | undefined
}

/** Makes them anew, for one test. */
export async function createRecallingServers(
  options: CommonOptions & Partial<IssuerOptions> = {},
  start?: Parameters<typeof createVirtualServers>[1],
): Promise<RecallingServers> {
  const servers = await createVirtualServers(options, start)
  const { authorizationServer, resourceServer } = servers
  const kept = (token: string) => recall(resourceServer, requestWithToken(token))
  return {
    ...servers,
    kept,
    async keep(...parameters) {
      const token = await authorizationServer.mint(...parameters)
      for (let time = 0; time < SURELY_KEPT; time += 1) {
        await resourceServer.authenticate(requestWithToken(token))
      }
      if (kept(token) === undefined) throw new Error('The verdict was not kept')
      return token
    },
  }
}
