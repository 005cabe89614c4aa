import { systemClock, type Forgotten, type Seconds, type VerdictStore } from '@bearward/core'
import type { Broadcast } from './broadcast.js'
import type { Connection } from './connection.js'
import { createForgottenMemory } from './forgotten-memory.js'
import type { RedisConfig } from './options.js'
import { createOverdue } from './overdue.js'
import { createScript } from './script.js'
import { READ_SINCE, SHARDS, toPlace, toSinceKey } from './since.js'

/** Forgets verdicts in Redis, and has all processes forget them. */
export interface Forgetting {
  readonly forget: VerdictStore['forget']
  /** Forgets what stands in Redis under a key, as soon as Redis is back. */
  readonly forgetLater: (key: string) => void
  /** Until when this process knows a token to be forgotten, in milliseconds since the epoch. */
  readonly forgottenUntil: (digest: string) => number
  /** Has this process remember what another forgets. */
  readonly hear: (forgotten: Forgotten) => void
}

/** For scripts: until when a token is forgotten. */
export const READ_FORGOTTEN = `
local function readForgotten(key)
  return tonumber(redis.call('GETRANGE', key, 0, 15)) or 0
end
`
/**
 * Notes until when a token is forgotten: verdicts on it from before are none. KEYS: where; the one verdict that there may be,
 * as long as which it stays at least, if that is known. ARGV: the time, in milliseconds since the epoch; for how long that
 * stays, in milliseconds.
 */
const FORGET = createScript(`
${READ_FORGOTTEN.trim()}
local time = string.format('%.0f', math.max(readForgotten(KEYS[1]), tonumber(ARGV[1])))
local left = math.max(redis.call('PTTL', KEYS[1]), KEYS[2] and redis.call('PTTL', KEYS[2]) or 0)
return redis.call('SET', KEYS[1], time, 'PX', string.format('%.0f', math.max(left, tonumber(ARGV[2]))))
`)

/** Has all verdicts from before a time be as if Redis had lost them. KEYS: from when on it knows all. ARGV: the time. */
const FORGET_ALL = createScript(`
${READ_SINCE.trim()}
local now = nowOr(ARGV[1])
local since, origin = readSince(KEYS[1], now, '0')
local time = string.format('%.0f', math.max(since, now))
return redis.call('SET', KEYS[1], origin .. time)
`)

/** No verdict is used for longer, in seconds: what is forgotten stays so. */
const FORGOTTEN_FOR: Seconds = 3_720
/** For how long an answer may be under way, in seconds. */
const ANSWERED_WITHIN: Seconds = 120
/** What the clocks of two processes may differ by, in seconds. */
const CLOCK_DIFFERENCE: Seconds = 1

/** @param scope What the keys of verdicts begin with. */
export function createForgetting(
  connection: Connection,
  { publish, tell }: Pick<Broadcast<Forgotten>, 'publish' | 'tell'>,
  scope: string,
  { report }: RedisConfig,
): Forgetting {
  const memory = createForgottenMemory()
  const { forgetToken, forgetVerdict, forgetAll } = createStoredForgetting(connection, scope)

  function forgetStored(forgotten: Forgotten): Promise<void> {
    return forgotten !== 'all' && 'digest' in forgotten ? forgetToken(forgotten.digest) : forgetAll()
  }

  const overdue = createOverdue({
    forgetOne: forgetVerdict,
    async forgetAll() {
      await forgetAll()
      await publish('all')
    },
    isClosed: connection.isClosed,
  })

  return {
    forgetLater: overdue.add,
    hear(forgotten) {
      memory.note(forgotten, nowOrSoon())
    },
    async forget(forgotten) {
      memory.note(forgotten, nowOrSoon())
      tell(forgotten)
      try {
        // Others hear of it also where a master is away.
        await Promise.all([forgetStored(forgotten), publish(forgotten)])
      } catch (error) {
        report(error)
        overdue.addAll()
        throw error
      }
    },
    forgottenUntil: memory.until,
  }
}

/** What the keys of all verdicts on one token begin with. */
export function digestOf(key: string): string {
  return key.split('.', 1)[0] ?? key
}

/** Where it stands until when a token is forgotten: in the slot of all verdicts on it. */
export function toMarker(scope: string, digest: string): string {
  return toPlace(scope, `${digest}.forgotten`).key
}

/** What is done in Redis, and told nobody. */
function createStoredForgetting(connection: Connection, scope: string) {
  return {
    async forgetToken(digest: string): Promise<void> {
      await connection.run(FORGET, [toMarker(scope, digest)], [nowOrSoon(), FORGOTTEN_FOR * 1000])
    },
    async forgetVerdict(key: string): Promise<void> {
      const keys = [toMarker(scope, digestOf(key)), toPlace(scope, key).key]
      await connection.run(FORGET, keys, [nowOrSoon(), ANSWERED_WITHIN * 1000])
    },
    async forgetAll(): Promise<void> {
      const keys = SHARDS.map((shard) => toSinceKey(scope, shard))
      await Promise.all(keys.map((key) => connection.run(FORGET_ALL, [key], [nowOrSoon()])))
    },
  }
}

/** By the clocks of all processes, in milliseconds since the epoch. */
export function nowOrSoon(): number {
  return toMilliseconds(systemClock.now() + CLOCK_DIFFERENCE)
}

/** A verdict does not become younger by rounding. */
export function toMilliseconds(time: Seconds): number {
  return Math.floor(time * 1000)
}
