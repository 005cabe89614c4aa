import type { VirtualServers } from '../support/virtual-servers.js'
import { putTogether, takeApart } from '../support/jws.js'
import { verdictOn } from '../support/request.js'

/** In what tokens of a flood differ from good ones, besides the key that nobody has. */
export interface FloodOptions {
  /** The `kid` of each, by its number; `undefined` leaves it out. Default: another one each time. */
  readonly kid?: (number: number) => string | undefined
  /** Claims to replace. Default: none, so that they look as if issued now. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** Sends tokens that nobody signed, all at once; gives each verdict that there was, once. */
export type Flood = (size: number, options?: FloodOptions) => Promise<readonly string[]>

/** Makes a flood against the resource server of a test. */
export function createFlood({ authorizationServer, resourceServer }: VirtualServers): Flood {
  let sent = 0
  return async (size, { kid = (number: number) => `unknown-${String(number)}`, claims } = {}) => {
    const { payload, signature } = takeApart(await authorizationServer.mint(claims))
    const verdicts = Array.from({ length: size }, () => {
      const token = putTogether({ alg: 'ES256', typ: 'at+jwt', kid: kid(sent) }, payload, signature)
      sent += 1
      return verdictOn(resourceServer, token)
    })
    return [...new Set(await Promise.all(verdicts))].sort()
  }
}
