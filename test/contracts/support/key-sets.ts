import type { Seconds } from '@bearward/core'
import type { Call } from './calls.js'

const DAY: Seconds = 86_400
const MINUTE: Seconds = 60
const DEFAULT: Seconds = 600

/** How long a key set that came so is fresh; reads `Cache-Control` as schedules write it, and no more of it. */
export function lifetimeOf({ freshness: { cacheControl, age } }: Call): Seconds {
  if (cacheControl === null) return DEFAULT
  const said = cacheControl === 'no-store' ? 0 : Number(cacheControl.slice('max-age='.length))
  return Math.min(Math.max(MINUTE, said - Number(age)), DAY)
}

/** Of key sets in the order in which they came, those that may have been in use at some time in a span. */
export function latestAtHand(keySets: readonly Call[], from: Seconds, to: Seconds): readonly Call[] {
  const before = keySets.filter(({ endedAt = Infinity }) => endedAt < from).slice(-1)
  return [...before, ...keySets.filter(({ endedAt = Infinity }) => endedAt >= from && endedAt <= to)]
}
