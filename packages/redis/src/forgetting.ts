import { systemClock, type Forgotten, type Seconds, type VerdictStore } from '@bearward/core'
import type { Broadcast } from './broadcast.js'
import type { Connection } from './connection.js'
import { createForgottenMemory } from './forgotten-memory.js'
import type { RedisConfig } from './options.js'
import { createOverdue } from './overdue.js'
import { createScript } from './script.js'
import { readValue } from './value.js'

/** Forgets verdicts in Redis, and has all processes forget them. */
export interface Forgetting {
  readonly forget: VerdictStore['forget']
  /** Forgets what stands in Redis under a key, as soon as Redis is back. */
  readonly forgetLater: (key: string) => void
  /** Until when that under a key is forgotten, in milliseconds since the epoch; `Infinity` where that cannot be read. */
  readonly forgottenUntil: (key: string) => Promise<number>
  /** Has this process remember what another forgets. */
  readonly hear: (forgotten: Forgotten) => void
}

/** Puts a later time under a key, which no verdict from before replaces. KEYS, ARGV: as above, without a value. */
const FORGET = createScript(`
local earlier = tonumber(string.match(redis.call('GETRANGE', KEYS[1], 0, 15), '^(%d+) ') or 0)
local time = string.format('%.0f', math.max(earlier, tonumber(ARGV[1])))
return redis.call('SET', KEYS[1], time .. ' ', 'PX', ARGV[2])
`)

/** For how long an answer may be under way, or be kept, in seconds: what is forgotten stays so. */
const FORGOTTEN_FOR = { one: 120, all: 3_720 } as const
/** What the clocks of two processes may differ by, in seconds. */
const CLOCK_DIFFERENCE: Seconds = 1
/** Of a time in milliseconds, and a space, in bytes. */
const LONGEST_TIME = 16

/** @param toKey Makes the key in Redis of a key of a verdict. */
export function createForgetting(
  connection: Connection,
  { publish, tell }: Pick<Broadcast<Forgotten>, 'publish' | 'tell'>,
  toKey: (key: string) => string,
  { prefix, report }: RedisConfig,
): Forgetting {
  const forgottenKey = `${prefix}:forgotten`
  const memory = createForgottenMemory()
  const forgetOne = (key: string): Promise<void> => putTime(connection, toKey(key), FORGOTTEN_FOR.one)

  async function forgetNow(forgotten: Forgotten): Promise<void> {
    if (forgotten !== 'all' && 'key' in forgotten) await forgetOne(forgotten.key)
    else await putTime(connection, forgottenKey, FORGOTTEN_FOR.all)
    await publish(forgotten)
  }

  const overdue = createOverdue({
    forgetOne,
    forgetAll: () => forgetNow('all'),
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
        await forgetNow(forgotten)
      } catch (error) {
        report(error)
        overdue.addAll()
        throw error
      }
    },
    forgottenUntil: async (key) =>
      Math.max(toForgottenUntil(await readValue(connection, forgottenKey, LONGEST_TIME)), memory.until(key)),
  }
}

async function putTime(connection: Connection, key: string, lifetime: Seconds): Promise<void> {
  await connection.run(FORGET, [key], [nowOrSoon(), lifetime * 1000])
}

/** By the clocks of all processes. */
function nowOrSoon(): number {
  return toMilliseconds(systemClock.now() + CLOCK_DIFFERENCE)
}

/** A verdict does not become younger by rounding. */
export function toMilliseconds(time: Seconds): number {
  return Math.floor(time * 1000)
}

/** The time that a value begins with. */
export function readTime(stored: string): number {
  return Number.parseInt(stored, 10)
}

/** What cannot be read may be any time. */
function toForgottenUntil(stored: string | undefined): number {
  if (stored === '') return 0
  return stored !== undefined && /^\d+ $/.test(stored) ? readTime(stored) : Infinity
}
