import { systemClock, type Forgotten, type Seconds } from '@bearward/core'

/** What this process knows to be forgotten, whatever stands in Redis. Times are in milliseconds since the epoch. */
export interface ForgottenMemory {
  /** Keeps that verdicts from before a time are forgotten. */
  note(forgotten: Forgotten, time: number): void
  /** From before which time verdicts on a token are forgotten; `-Infinity` where they are not. */
  until(digest: string): number
}

/** Tokens; where there are more, all verdicts from before the oldest of them are forgotten. */
export const MOST_TOKENS = 10_000
/** No verdict is used for longer, in seconds. */
const LIFETIME: Seconds = 3_720

/** Makes an empty one. */
export function createForgottenMemory(): ForgottenMemory {
  const digests = new Map<string, number>() // in order of time
  let all = -Infinity

  function dropOldest(): void {
    const end = (systemClock.now() - LIFETIME) * 1000
    for (const [digest, time] of digests) {
      if (time > end && digests.size <= MOST_TOKENS) return
      digests.delete(digest)
      all = Math.max(all, time)
    }
  }

  return {
    note(forgotten, time) {
      if (forgotten === 'all' || 'criteria' in forgotten) {
        all = Math.max(all, time)
        return
      }
      digests.delete(forgotten.digest)
      digests.set(forgotten.digest, time)
      dropOldest()
    },
    until: (digest) => Math.max(all, digests.get(digest) ?? all),
  }
}
