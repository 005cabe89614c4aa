import { systemClock, type Forgotten, type Seconds, type VerdictStore } from '@bearward/core'
import type { Broadcast } from './broadcast.js'
import type { Connection } from './connection.js'
import type { RedisConfig } from './options.js'
import { createScript } from './script.js'

/** Forgets verdicts in Redis, and has all processes forget them. */
export interface Forgetting {
  readonly forget: VerdictStore['forget']
  /** Where somebody could not be told, everything is forgotten as soon as Redis is back. */
  readonly forgetLater: () => void
  /** Until when all verdicts are forgotten, in milliseconds since the epoch. */
  readonly forgottenUntil: () => Promise<number>
}

/** Puts a later time under a key, which no verdict from before replaces. KEYS, ARGV: as above, without a value. */
const FORGET = createScript(`
local known = redis.call('GET', KEYS[1])
local earlier = known and tonumber(string.match(known, '^%d+')) or 0
local time = string.format('%.0f', math.max(earlier, tonumber(ARGV[1])))
return redis.call('SET', KEYS[1], time .. ' ', 'PX', ARGV[2])
`)

/** For how long an answer may be under way, or be kept, in seconds: what is forgotten stays so. */
const FORGOTTEN_FOR = { one: 120, all: 3_720 } as const
/** What the clocks of two processes may differ by, in seconds. */
const CLOCK_DIFFERENCE: Seconds = 1
/** Between two attempts, in seconds. */
const PAUSE: Seconds = 1

/** @param toKey Makes the key in Redis of a key of a verdict. */
export function createForgetting(
  connection: Connection,
  publish: Broadcast<Forgotten>['publish'],
  toKey: (key: string) => string,
  { prefix, report }: RedisConfig,
): Forgetting {
  const forgottenKey = `${prefix}:forgotten`
  let isDue = false

  async function forgetNow(forgotten: Forgotten): Promise<void> {
    const isOne = forgotten !== 'all' && 'key' in forgotten
    const key = isOne ? toKey(forgotten.key) : forgottenKey
    const lifetime = isOne ? FORGOTTEN_FOR.one : FORGOTTEN_FOR.all
    const time = toMilliseconds(systemClock.now() + CLOCK_DIFFERENCE)
    await connection.run(FORGET, [key], [time, lifetime * 1000])
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

  return {
    forgetLater,
    async forget(forgotten) {
      try {
        await forgetNow(forgotten)
      } catch (error) {
        report(error)
        forgetLater()
        throw error
      }
    },
    forgottenUntil: async () => readTime(await connection.get(forgottenKey)),
  }
}

/** A verdict does not become younger by rounding. */
export function toMilliseconds(time: Seconds): number {
  return Math.floor(time * 1000)
}

/** The time that a value begins with; 0 where there is none. */
export function readTime(stored: string | null): number {
  return Number.parseInt(stored ?? '0', 10)
}
