import { createManualClock } from '../../../../test/support/manual-clock.js'
import { UnavailableError } from '../../src/errors.js'
import type { JsonObject } from '../../src/json.js'
import { createKeySource } from '../../src/keys/key-source.js'

/** What an authorization server that is down is good for. */
export const outage = new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', 'down')

/** A key source whose authorization server answers as the test says, and counts. */
export function createScriptedKeySource(published: readonly unknown[]) {
  const clock = createManualClock()
  const server = {
    keys: published,
    isDown: false,
    fetches: 0,
    fetchKeySet(): Promise<JsonObject> {
      server.fetches += 1
      return server.isDown ? Promise.reject(outage) : Promise.resolve({ keys: server.keys })
    },
  }
  const keySource = createKeySource(() => server.fetchKeySet(), clock)
  /** The key identifiers of what is found, or the code of the error. */
  const find = async (kid: string | undefined, alg = 'ES256'): Promise<string> => {
    try {
      const found = await keySource.find({ alg, kid })
      return found.map((key) => key.kid).join()
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  return { clock, server, find }
}
