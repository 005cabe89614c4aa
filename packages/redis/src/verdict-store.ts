import type { Forgotten, StoredVerdict, VerdictStore } from '@bearward/core'
import { createAttempt } from './attempt.js'
import { createBroadcast } from './broadcast.js'
import type { Connection } from './connection.js'
import type { Encryption } from './encryption.js'
import {
  createForgetting,
  nowOrSoon,
  READ_FORGOTTEN,
  digestOf,
  toMarker,
  toMilliseconds,
} from './forgetting.js'
import type { RedisConfig } from './options.js'
import { createScript } from './script.js'
import { READ_SINCE, toPlace, type Place } from './since.js'

/**
 * The verdict under a key: what replaced one from before this Redis knows all may be lost, so such a one is none, as is one of
 * a token that was forgotten since. Of what is too long, only so much: anybody may have written it. KEYS: of the verdict; from
 * when on this Redis knows all; until when the token is forgotten; in one slot. ARGV: how much; now, in milliseconds since the
 * epoch; whether an empty Redis is trusted.
 */
const FIND = createScript(`
${READ_SINCE.trim()}
${READ_FORGOTTEN.trim()}
local since = readSince(KEYS[2], nowOr(ARGV[2]), ARGV[3])
local value = redis.call('GETRANGE', KEYS[1], 0, ARGV[1])
local time = tonumber(string.match(value, '^(%d+) ') or 0)
return time > math.max(since, readForgotten(KEYS[3])) and value or ''
`)

/**
 * Stores a verdict, unless one is there that was asked for later, or the token was forgotten since. What it replaces stays away
 * for as long as it would have stayed. KEYS: of the verdict; until when the token is forgotten. ARGV: when it was asked for, in
 * milliseconds since the epoch; value; lifetime in milliseconds.
 */
const STORE = createScript(`
${READ_FORGOTTEN.trim()}
local known = tonumber(string.match(redis.call('GETRANGE', KEYS[1], 0, 15), '^(%d+) ') or 0)
if math.max(known, readForgotten(KEYS[2])) >= tonumber(ARGV[1]) then return 0 end
local left = redis.call('PTTL', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', string.format('%.0f', math.max(left, tonumber(ARGV[3]))))
return 1
`)

/** Of a verdict, encrypted, with its time, in bytes: one that is longer is not shared. */
const LONGEST_VALUE = 16_384

/** Makes a store of verdicts. */
export function createVerdictStore(
  connection: Connection,
  encryption: Encryption,
  config: RedisConfig,
): VerdictStore {
  const scope = `${config.prefix}:verdict`
  const broadcast = createBroadcast<Forgotten>(connection, encryption, {
    channel: `${config.prefix}:forget`,
    others: {
      missed: 'all',
      onHeard: (forgotten) => {
        hear(forgotten)
      },
    },
  })
  const { forget, forgetLater, forgottenUntil, hear } = createForgetting(connection, broadcast, scope, config)
  const attempt = createAttempt(config)

  return {
    async find(id) {
      const place = toVerdictPlace(scope, id)
      const stored = await attempt(() => findStored(connection, place, config))
      return readVerdict(stored, place.key, forgottenUntil(digestOf(id)), encryption)
    },
    async store(id, { claims, askedAt }, lifetime) {
      const { key, marker } = toVerdictPlace(scope, id)
      const time = toMilliseconds(askedAt)
      const value = encryption.encrypt(JSON.stringify(claims ?? null), toContext(key, time))
      if (time.toString().length + 1 + value.length > LONGEST_VALUE) return
      try {
        const parameters = [time, value, Math.ceil(lifetime * 1000)]
        await attempt(() => connection.run(STORE, [key, marker], parameters))
      } catch (error) {
        if (claims === undefined) forgetLater(id) // others may still have it as active
        throw error
      }
    },
    forget,
    subscribe: broadcast.subscribe,
  }
}

/** Where a verdict is kept, and until when its token is forgotten. */
interface VerdictPlace extends Place {
  readonly marker: string
}

function toVerdictPlace(scope: string, id: string): VerdictPlace {
  return { ...toPlace(scope, id), marker: toMarker(scope, digestOf(id)) }
}

async function findStored(
  connection: Connection,
  { key, sinceKey, marker }: VerdictPlace,
  { trustsEmptyRedis }: RedisConfig,
): Promise<string> {
  const parameters = [LONGEST_VALUE, nowOrSoon(), trustsEmptyRedis ? 1 : 0]
  const stored = await connection.run(FIND, [key, sinceKey, marker], parameters)
  if (typeof stored !== 'string') throw new TypeError('Redis gave something that is no value')
  return stored
}

function readVerdict(
  stored: string,
  key: string,
  forgottenUntil: number,
  encryption: Encryption,
): StoredVerdict | undefined {
  if (stored === '' || stored.length > LONGEST_VALUE) return undefined
  const time = Number.parseInt(stored, 10)
  const text = encryption.decrypt(stored.slice(stored.indexOf(' ') + 1), toContext(key, time))
  if (text === undefined || time <= forgottenUntil) return undefined
  const claims = JSON.parse(text) as StoredVerdict['claims'] | null
  return { claims: claims ?? undefined, askedAt: time / 1000 }
}

/** A value belongs to its key and its time: neither can be exchanged. */
function toContext(key: string, time: number): string {
  return `${key} ${String(time)}`
}
