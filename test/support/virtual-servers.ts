import {
  createResourceServer,
  type CommonOptions,
  type FetchResponse,
  type IssuerOptions,
  type ResourceServer,
} from '@bearward/core'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  type ScriptedAuthorizationServer,
  type VirtualClock,
} from '@bearward/testing'
import { verdictOn } from './request.js'
import { AUDIENCE } from './servers.js'

/** An answer in place of that of the authorization server; `undefined` leaves it to the server. */
export type Substitute = (url: string) => FetchResponse | undefined

/** A resource server and its authorization server, in virtual time and without sockets. */
export interface VirtualServers {
  readonly clock: VirtualClock
  readonly authorizationServer: ScriptedAuthorizationServer
  readonly resourceServer: ResourceServer
  /** The verdict on a token that was minted just now. */
  verdict(): Promise<string>
  verdictOn(token: string): Promise<string>
  /** Answers requests otherwise from now on. */
  substitute(substitute: Substitute | undefined): void
}

/** Makes them anew, for one test. */
export async function createVirtualServers(
  options: CommonOptions & Partial<IssuerOptions> = {},
  start: { readonly issuer?: string; readonly etags?: boolean } = {},
): Promise<VirtualServers> {
  const clock = createVirtualClock()
  const authorizationServer = await createScriptedAuthorizationServer({ clock, ...start })
  let substitute: Substitute | undefined
  const resourceServer = createResourceServer({
    issuer: authorizationServer.issuer,
    audience: AUDIENCE,
    clock,
    async fetch(url, init) {
      const answer = await authorizationServer.fetch(url, init)
      return substitute?.(url) ?? answer
    },
    ...options,
  })
  return {
    clock,
    authorizationServer,
    resourceServer,
    verdictOn: (token) => verdictOn(resourceServer, token),
    verdict: async () => verdictOn(resourceServer, await authorizationServer.mint()),
    substitute(given) {
      substitute = given
    },
  }
}
