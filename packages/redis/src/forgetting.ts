import { systemClock, type Forgotten, type Seconds, type VerdictStore } from '@bearward/core'
import type { Broadcast } from './broadcast.js'
import type { Connection } from './connection.js'
import { createForgottenMemory } from './forgotten-memory.js'
import type { RedisConfig } from './options.js'
import { createScript } from './script.js'
import { readValue } from './value.js'

/** Forgets verdicts in Redis, and has all processes forget them. */
export interface Forgetting {
  readonly forget: VerdictStore['forget']
  /** Where somebody could not be told, everything is forgotten as soon as Redis is back. */
  readonly forgetLater: () => void
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
/** Between two attempts, in seconds. */
const PAUSE: Seconds = 1

/** @param toKey Makes the key in Redis of a key of a verdict. */
export function createForgetting(
  connection: Connection,
  { publish }: Pick<Broadcast<Forgotten>, 'publish'>,
  toKey: (key: string) => string,
  { prefix, report }: RedisConfig,
): Forgetting {
  const forgottenKey = `${prefix}:forgotten`
  const memory = createForgottenMemory()
  let isDue = false

  async function forgetNow(forgotten: Forgotten): Promise<void> {
    const isOne = forgotten !== 'all' && 'key' in forgotten
    const key = isOne ? toKey(forgotten.key) : forgottenKey
    const lifetime = isOne ? FORGOTTEN_FOR.one : FORGOTTEN_FOR.all
    await connection.run(FORGET, [key], [nowOrSoon(), lifetime * 1000])
    await publish(forgotten)
  }

  function forgetLater(): void {
    if (isDue || connection.isClosed()) return
    isDue = true
    systemClock.after(PAUSE, () => {
      isDue = false
      forgetNow('all').catch(forgetLater)
    })
  }

  const hear = (forgotten: Forgotten): void => {
    memory.note(forgotten, nowOrSoon())
  }

  return {
    forgetLater,
    hear,
    async forget(forgotten) {
      hear(forgotten)
      try {
        await forgetNow(forgotten)
      } catch (error) {
        report(error)
        forgetLater()
        throw error
      }
    },
    async forgottenUntil(key) {
      const stored = await readValue(connection, forgottenKey, LONGEST_TIME)
      return Math.max(toForgottenUntil(stored), memory.until(key))
    },
  }
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
