import { systemClock, type Forgotten, type Seconds } from '@bearward/core'

/** What this process knows to be forgotten, whatever stands in Redis. Times are in milliseconds since the epoch. */
export interface ForgottenMemory {
  /** Keeps that verdicts from before a time are forgotten. */
  note(forgotten: Forgotten, time: number): void
  /** From before which time the verdict under a key is forgotten; `-Infinity` where it is not. */
  until(key: string): number
}

/** Keys; where there are more, all verdicts from before the oldest of them are forgotten. */
export const MOST_KEYS = 10_000
/** No verdict is used for longer, in seconds. */
const LIFETIME: Seconds = 3_720

/** Makes an empty one. */
export function createForgottenMemory(): ForgottenMemory {
  const keys = new Map<string, number>() // in order of time
  let all = -Infinity

  function dropOldest(): void {
    const end = (systemClock.now() - LIFETIME) * 1000
    for (const [key, time] of keys) {
      if (time > end && keys.size <= MOST_KEYS) return
      keys.delete(key)
      all = Math.max(all, time)
    }
  }

  return {
    note(forgotten, time) {
      if (forgotten === 'all' || 'criteria' in forgotten) {
        all = Math.max(all, time)
        return
      }
      keys.delete(forgotten.key)
      keys.set(forgotten.key, time)
      dropOldest()
    },
    until: (key) => Math.max(all, keys.get(key) ?? all),
  }
}
