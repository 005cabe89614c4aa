import type { KeySearchStore, KeySetSighting } from '@bearward/core'
import { createAttempt } from './attempt.js'
import { createBroadcast } from './broadcast.js'
import type { Connection } from './connection.js'
import type { Encryption } from './encryption.js'
import type { RedisConfig } from './options.js'
import { createScript } from './script.js'

/** Gives a slot, or tells in how many milliseconds it is free. KEYS: of the slot. ARGV: for how long it is given, in milliseconds. */
const TAKE = createScript(`
local left = redis.call('PTTL', KEYS[1])
if left > 0 then return left end
redis.call('SET', KEYS[1], '', 'PX', ARGV[1])
return 0
`)

/** Makes a store of looks for unknown keys. */
export function createKeySearchStore(
  connection: Connection,
  encryption: Encryption,
  config: RedisConfig,
): KeySearchStore {
  const channel = `${config.prefix}:search`
  const { publish, subscribe } = createBroadcast<KeySetSighting>(connection, encryption, { channel })
  const attempt = createAttempt(config)

  return {
    async take(slot, interval) {
      const milliseconds = Math.ceil(interval * 1000)
      const left = await attempt(() => connection.run(TAKE, [`${channel}:${slot}`], [milliseconds]))
      return Number(left) / 1000
    },
    announce: (sighting) => attempt(() => publish(sighting)),
    subscribe,
  }
}
