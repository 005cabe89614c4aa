import type { Forgotten, StoredVerdict, VerdictStore } from '@bearward/core'
import { createAttempt } from './attempt.js'
import { createBroadcast } from './broadcast.js'
import type { Connection } from './connection.js'
import type { Encryption } from './encryption.js'
import { createForgetting, readTime, toMilliseconds } from './forgetting.js'
import type { RedisConfig } from './options.js'
import { createScript } from './script.js'

/**
 * Stores a verdict, unless one is there that was asked for later. What it replaces stays away for as long as it would have
 * stayed. KEYS: of the verdict. ARGV: when it was asked for, in milliseconds since the epoch; value; lifetime in milliseconds.
 */
const STORE = createScript(`
local known = redis.call('GET', KEYS[1])
if known and tonumber(string.match(known, '^%d+')) >= tonumber(ARGV[1]) then return 0 end
local left = redis.call('PTTL', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', string.format('%.0f', math.max(left, tonumber(ARGV[3]))))
return 1
`)

/** Makes a store of verdicts. */
export function createVerdictStore(
  connection: Connection,
  encryption: Encryption,
  config: RedisConfig,
): VerdictStore {
  const toKey = (key: string): string => `${config.prefix}:verdict:${key}`
  const { publish, subscribe } = createBroadcast<Forgotten>(connection, encryption, {
    channel: `${config.prefix}:forget`,
    others: { missed: 'all' },
  })
  const { forget, forgetLater, forgottenUntil } = createForgetting(connection, publish, toKey, config)
  const attempt = createAttempt(config)

  return {
    async find(key) {
      const [stored, until] = await attempt(() => Promise.all([connection.get(toKey(key)), forgottenUntil()]))
      return stored === null ? undefined : readVerdict(stored, toKey(key), until, encryption)
    },
    async store(key, { claims, askedAt }, lifetime) {
      const time = toMilliseconds(askedAt)
      const value = encryption.encrypt(JSON.stringify(claims ?? null), toPlace(toKey(key), time))
      try {
        await attempt(() => connection.run(STORE, [toKey(key)], [time, value, Math.ceil(lifetime * 1000)]))
      } catch (error) {
        if (claims === undefined) forgetLater() // others may still have it as active
        throw error
      }
    },
    forget,
    subscribe,
  }
}

function readVerdict(
  stored: string,
  key: string,
  forgottenUntil: number,
  encryption: Encryption,
): StoredVerdict | undefined {
  const time = readTime(stored)
  const text = encryption.decrypt(stored.slice(stored.indexOf(' ') + 1), toPlace(key, time))
  if (text === undefined || time <= forgottenUntil) return undefined
  const claims = JSON.parse(text) as StoredVerdict['claims'] | null
  return { claims: claims ?? undefined, askedAt: time / 1000 }
}

/** A value belongs to its key and its time: neither can be exchanged. */
function toPlace(key: string, time: number): string {
  return `${key} ${String(time)}`
}
