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
  /** Forgets what stands in Redis of a token, by what its keys begin with, as soon as Redis is back. */
  readonly forgetLater: (key: string) => void
  /** Until when this process knows a token to be forgotten, in milliseconds since the epoch. */
  readonly forgottenUntil: (key: string) => number
  /** Has this process remember what another forgets. */
  readonly hear: (forgotten: Forgotten) => void
}

/** For scripts: until when a token is forgotten, which stands under `KEYS[3]`. */
export const READ_FORGOTTEN = `(tonumber(redis.call('GETRANGE', KEYS[3], 0, 15)) or 0)`

/**
 * Notes until when a token is forgotten: verdicts on it from before are none. KEYS: where. ARGV: the time, in milliseconds since
 * the epoch; for how long that stays, in milliseconds.
 */
const FORGET = createScript(`
local earlier = tonumber(redis.call('GETRANGE', KEYS[1], 0, 15)) or 0
return redis.call('SET', KEYS[1], string.format('%.0f', math.max(earlier, tonumber(ARGV[1]))), 'PX', ARGV[2])
`)

/** Has all verdicts from before a time be as if Redis had lost them. KEYS: from when on it knows all. ARGV: the time. */
const FORGET_ALL = createScript(`
${READ_SINCE.trim()}
local since, origin = readSince(KEYS[1], tonumber(ARGV[1]), '0')
local time = string.format('%.0f', math.max(since, tonumber(ARGV[1])))
return redis.call('SET', KEYS[1], origin .. time)
`)

/** No verdict is used for longer, in seconds: what is forgotten stays so. */
const FORGOTTEN_FOR: Seconds = 3_720
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
  const { forgetOne, forgetAll } = createStoredForgetting(connection, scope)

  function forgetStored(forgotten: Forgotten): Promise<void> {
    return forgotten !== 'all' && 'key' in forgotten ? forgetOne(forgotten.key) : forgetAll()
  }

  const overdue = createOverdue({
    forgetOne,
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

/** Where it stands until when a token is forgotten: in the slot of all verdicts on it. */
export function toMarker(scope: string, token: string): string {
  return toPlace(scope, `${token}.forgotten`).key
}

/** What is done in Redis, and told nobody. */
function createStoredForgetting(connection: Connection, scope: string) {
  return {
    async forgetOne(key: string): Promise<void> {
      await connection.run(FORGET, [toMarker(scope, key)], [nowOrSoon(), FORGOTTEN_FOR * 1000])
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
