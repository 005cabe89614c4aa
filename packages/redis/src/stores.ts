import type { KeySearchStore, ReplayStore, VerdictStore } from '@bearward/core'
import { connect } from './connection.js'
import { createEncryption } from './encryption.js'
import { createKeySearchStore } from './key-search-store.js'
import { parseOptions, type RedisOptions } from './options.js'
import { createReplayStore } from './replay-store.js'
import { createVerdictStore } from './verdict-store.js'

/** What the processes of an API share. */
export interface RedisStores {
  /** For the option `dpop.replayStore`. */
  readonly replayStore: ReplayStore
  /** For the option `verdictStore`. */
  readonly verdictStore: VerdictStore
  /** For the option `keySearchStore`. */
  readonly keySearchStore: KeySearchStore
  /** Ends the connections; what is asked of the stores after that fails. */
  close(): Promise<void>
}

/**
 * Makes the stores, and begins to connect. Until Redis is there, and whenever it is not, requests that need the replay store
 * are answered with 503, the authorization server is asked in place of the verdict store, and each process looks for unknown keys
 * as if it were alone.
 *
 * @throws `ConfigurationError` that names the option which is missing, unknown or unusable
 *
 * @example
 *   const { replayStore, verdictStore, keySearchStore } = createRedisStores({
 *     url: 'redis://redis.internal:6379',
 *     secrets: [process.env['BEARWARD_REDIS_SECRET']],
 *   })
 *   const resourceServer = createResourceServer({
 *     ...options,
 *     dpop: { origin, replayStore },
 *     verdictStore,
 *     keySearchStore,
 *   })
 */
export function createRedisStores(options: RedisOptions): RedisStores {
  const config = parseOptions(options)
  const connection = connect(config)
  const encryption = createEncryption(config.secrets)
  return {
    replayStore: createReplayStore(connection, config),
    verdictStore: createVerdictStore(connection, encryption, config),
    keySearchStore: createKeySearchStore(connection, encryption, config),
    close: connection.close,
  }
}
