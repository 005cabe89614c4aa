import { systemClock, type Seconds } from '@bearward/core'
import type { RedisConfig } from './options.js'

/** Asks Redis, or fails at once where that failed a moment ago. */
export type Attempt = <T>(ask: () => Promise<T>) => Promise<T>

/** After a failure, nothing is sent for so long, in seconds. */
const PAUSE: Seconds = 1

/** A Redis that is slow must not make every request slow. */
export function createAttempt({ report }: Pick<RedisConfig, 'report'>): Attempt {
  let resumesAt: Seconds = -Infinity
  return async (ask) => {
    if (systemClock.monotonic() < resumesAt) throw new Error('Redis has failed a moment ago')
    try {
      return await ask()
    } catch (error) {
      resumesAt = systemClock.monotonic() + PAUSE
      report(error)
      throw error
    }
  }
}
