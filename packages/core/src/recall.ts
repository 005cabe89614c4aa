import type { Auth } from './auth.js'
import type { AuthorizationServer, AuthorizationServers } from './authorization-servers.js'
import { estimateSize } from './json.js'
import type { KeySet } from './keys/key-set.js'
import type { Clock } from './time.js'
import { checkLifetime } from './token/claims.js'
import { createVerdictCache } from './token/verdict-cache.js'

/** Remembers JWTs that were accepted, as long as that holds. */
export interface Recall {
  /** What an accepted token stands for, where that still holds: nothing is waited for. */
  find(token: string): Auth | undefined
  /**
   * Remembers a verdict.
   *
   * @param keySet At hand when its verification began; `undefined` where there was none.
   */
  keep(auth: Auth, server: AuthorizationServer, keySet: KeySet | undefined): void
}

/** Numbers in place of objects: a verdict must not keep old key sets, and what was once configured, in memory. */
interface Verdict {
  readonly auth: Auth
  readonly serverNumber: number
  readonly keySetNumber: number
}

/**
 * Makes one that remembers nothing yet.
 *
 * A verdict holds while its server is in use, with the options it had, the keys of its key set are the same, and the times of
 * the token allow. Scopes and all else that a route asks for are not part of it.
 *
 * @param maxSize In bytes; 0 keeps nothing.
 */
export function createRecall(maxSize: number, servers: AuthorizationServers, clock: Clock): Recall {
  if (maxSize === 0) return { find: () => undefined, keep: () => undefined }
  const cache = createVerdictCache<Verdict>(
    maxSize,
    ({ auth }) => estimateSize(auth.claims) + estimateSize([...auth.scopes]),
  )
  const numberOf = createNumbers()

  function holds({ auth, serverNumber, keySetNumber }: Verdict): boolean {
    const server = servers.atHand(auth.issuer)
    if (server === undefined || numberOf(server) !== serverNumber) return false
    const copy = server.documents.keySet.atHand()
    if (copy === undefined || numberOf(copy.content) !== keySetNumber) return false
    try {
      checkLifetime(auth.claims, server.claims, clock.now())
    } catch {
      return false // whoever validates it says why
    }
    servers.confirm(server.issuer)
    return true
  }

  return {
    find(token) {
      const verdict = cache.find(token)
      if (verdict === undefined) return undefined
      if (holds(verdict)) return verdict.auth
      cache.drop(token)
      return undefined
    },
    keep(auth, server, keySet) {
      if (keySet === undefined) return
      cache.store(auth.token, { auth, serverNumber: numberOf(server), keySetNumber: numberOf(keySet) })
    },
  }
}

/** Gives each object a number of its own, and does not keep it. */
function createNumbers(): (object: object) => number {
  const numbers = new WeakMap<object, number>()
  let last = 0
  return (object) => {
    const known = numbers.get(object)
    if (known !== undefined) return known
    last += 1
    numbers.set(object, last)
    return last
  }
}
