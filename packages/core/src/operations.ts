import { setMaxListeners } from 'node:events'
import {
  createAuthorizationServers,
  type AuthorizationServer,
  type AuthorizationServers,
} from './authorization-servers.js'
import { parseForgetCriteria } from './config/forget.js'
import type { ResourceServerConfig } from './config/resource-server.js'
import { toHealth, type Health } from './health.js'
import type { ForgetCriteria } from './introspection-options.js'
import { toDigest } from './token/introspection-verdicts.js'
import type { Forgotten, VerdictStore } from './token/verdict-store.js'
import {
  createRestoredKeySets,
  readSnapshot,
  takeSnapshot,
  type RestoredKeySets,
  type Snapshot,
} from './snapshot.js'

/** What the operator of a resource server asks it for. */
export interface Operations {
  /** How things stand with the authorization servers. Makes no request. */
  health(): Health
  /**
   * Fetches what is needed to judge tokens, of each authorization server that the configuration names: its keys, where
   * JWTs are judged by them, and the address of its introspection endpoint, where it is asked. Goes on trying where that
   * fails.
   *
   * @throws {@link UnavailableError} where one of them cannot be reached, and there is nothing from before
   *
   * @example
   *   await resourceServer.warmUp().catch((error) => log.warn(error.message)) // start anyway: 503 until it is there
   *   app.listen(3000)
   */
  warmUp(): Promise<void>
  /**
   * Takes the key sets, for {@link Operations.restore} of the next process.
   *
   * @example
   *   await writeFile('key-sets.json', JSON.stringify(resourceServer.snapshot()))
   */
  snapshot(): Snapshot
  /**
   * Starts from key sets that an earlier process took: requests are served with them while the authorization server is
   * down. Those that are too old, as `staleWindow` says, or of an issuer that is not accepted, are left out.
   *
   * @param snapshot As parsed from JSON. Whoever writes it decides which tokens are believed.
   *
   * @returns Issuers whose keys are used. Of issuers that are looked up, none: theirs wait for the first token.
   *
   * @throws {TypeError} where it is no snapshot
   *
   * @example
   *   await resourceServer.restore(JSON.parse(await readFile('key-sets.json', 'utf8')))
   */
  restore(snapshot: unknown): Promise<readonly string[]>
  /**
   * Ends all requests to authorization servers, and plans no more: no timer and no socket is left. What is being drained is still
   * judged by what is in hand, keys for their lifetime; what needs a request gets 503.
   */
  close(): void
  /**
   * Drops what introspection said of a token: the authorization server is asked when it comes next. For logout and
   * revocation, when you learn of them. A JWT that is verified by its signature is not asked about at all. With a
   * `verdictStore`, all processes drop it; this one at once.
   */
  forget(token: string): void
  /**
   * Drops what introspection said of all tokens that fit each criterion, and of those that may fit, because the
   * authorization server did not say.
   *
   * @throws {TypeError} where there is no criterion, or an unknown one
   *
   * @example
   *   resourceServer.forgetWhere({ subject: 'alice' })
   */
  forgetWhere(criteria: ForgetCriteria): void
}

/** Puts the authorization servers of a resource server together, with what its operator can do about them. */
export function createOperations(config: ResourceServerConfig): {
  readonly operations: Operations
  readonly servers: AuthorizationServers
} {
  const { clock } = config
  const restored = createRestoredKeySets(clock)
  const closing = new AbortController()
  setMaxListeners(0, closing.signal) // one for each request under way, of however many issuers

  const servers = createServers(config, closing.signal, restored)
  const all = () => [...servers.configured, ...servers.lookedUp()]

  const unsubscribe = followOthers(all, config)

  const operations: Operations = {
    health: () => toHealth(servers),
    async warmUp() {
      await Promise.all(servers.configured.map(load))
    },
    snapshot: () => takeSnapshot(all(), restored.list(), clock),
    async restore(snapshot) {
      restored.add(await readSnapshot(snapshot))
      const given = all().filter(restored.giveTo)
      if (config.resolve === undefined) restored.clear()
      return given.map(({ issuer }) => issuer)
    },
    close() {
      for (const { documents } of all()) documents.stop()
      closing.abort()
      unsubscribe()
    },
    ...createForgetting(all, config.verdictStore),
  }
  return { operations, servers }
}

/** Starts them with restored keys, until newer ones have come. */
function createServers(
  config: ResourceServerConfig,
  closing: AbortSignal,
  restored: RestoredKeySets,
): AuthorizationServers {
  const onRefresh: ResourceServerConfig['onRefresh'] = (refresh) => {
    if (refresh.document === 'key set' && refresh.error === undefined) restored.drop(refresh.issuer)
    return config.onRefresh?.(refresh)
  }
  return createAuthorizationServers({ ...config, onRefresh }, closing, restored.giveTo)
}

async function load({ documents, introspection }: AuthorizationServer): Promise<void> {
  await documents.load()
  await introspection?.locate()
}

/** Forgets what other processes forget, and hears what they see, until the function that it returns is called. */
function followOthers(
  all: () => readonly AuthorizationServer[],
  { verdictStore, keySearchStore }: ResourceServerConfig,
): () => void {
  const endForgetting = verdictStore?.subscribe((forgotten) => {
    for (const { introspection } of all()) introspection?.drop(forgotten)
  })
  const endHearing = keySearchStore?.subscribe((sighting) => {
    for (const { documents } of all()) documents.hear(sighting)
  })
  return () => {
    endForgetting?.()
    endHearing?.()
  }
}

function createForgetting(
  all: () => readonly AuthorizationServer[],
  store: VerdictStore | undefined,
): Pick<Operations, 'forget' | 'forgetWhere'> {
  function forget(forgotten: Forgotten): void {
    for (const { introspection } of all()) introspection?.drop(forgotten)
    Promise.resolve()
      .then(() => store?.forget(forgotten))
      .catch(() => undefined) // the store itself says where that fails
  }

  return {
    forget(token) {
      forget({ digest: toDigest(token) })
    },
    forgetWhere(criteria) {
      forget({ criteria: parseForgetCriteria(criteria) })
    },
  }
}
