import type { ReplayStore, VerdictStore } from '@bearward/core'
import { connect } from './connection.js'
import { createEncryption } from './encryption.js'
import { parseOptions, type RedisOptions } from './options.js'
import { createReplayStore } from './replay-store.js'
import { createVerdictStore } from './verdict-store.js'

/** What the processes of an API share. */
export interface RedisStores {
  /** For the option `dpop.replayStore`. */
  readonly replayStore: ReplayStore
  /** For the option `verdictStore`. */
  readonly verdictStore: VerdictStore
  /** Ends the connections; what is asked of the stores after that fails. */
  close(): Promise<void>
}

/**
 * Makes the stores, and begins to connect. Until Redis is there, and whenever it is not, requests that need the replay store
 * are answered with 503, and the authorization server is asked in place of the verdict store.
 *
 * @throws `ConfigurationError` that names the option which is missing, unknown or unusable
 *
 * @example
 *   const { replayStore, verdictStore } = createRedisStores({
 *     url: 'redis://redis.internal:6379',
 *     secrets: [process.env['BEARWARD_REDIS_SECRET']],
 *   })
 *   const resourceServer = createResourceServer({ ...options, dpop: { origin, replayStore }, verdictStore })
 */
export function createRedisStores(options: RedisOptions): RedisStores {
  const config = parseOptions(options)
  const connection = connect(config)
  return {
    replayStore: createReplayStore(connection, config),
    verdictStore: createVerdictStore(connection, createEncryption(config.secrets), config),
    close: connection.close,
  }
}
