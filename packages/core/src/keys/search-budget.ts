import { LRUCache } from 'lru-cache'
import type { Clock, Seconds } from '../time.js'

/** A token whose key is not in hand. All of it hints: anybody may have written it. */
export interface UnknownKey {
  readonly kid: string | undefined
  /** Whether the token says that it was issued after the last look at the key set. */
  readonly isNewer: boolean
}

/** What becomes of it: look for its key; refuse the token; or say in how many seconds one may look. */
export type Decision = 'search' | 'refuse' | Seconds

/** Decides when a key set is fetched because a token names a key that is not in it. */
export interface SearchBudget {
  decide(key: UnknownKey): Decision
  /** Notes that a look did not find it. */
  miss(kid: string | undefined): void
}

/** In this time, each of the two slots is given once. */
const INTERVAL: Seconds = 30
/** After a search, how soon the second slot may be given to a key that was not seen before. */
const QUIET_TIME: Seconds = 5
/** How many unknown keys in that time are no flood yet. */
const FEW = 4
/** What is remembered of unknown keys: entries, and characters of `kid`. */
const MEMORY = { max: 1_000, maxSize: 65_536 }

/**
 * Makes the budget of one key set: two searches in 30 seconds, whatever comes.
 *
 * The first slot is anybody's. The second is kept for what a rotation looks like, and a flood of made-up `kid`s does not:
 * the token is newer than the last look, and its key is asked for again, or hardly any other is. Without a slot, a token
 * that the last look should have known is refused; of a newer one nobody can tell, for whatever others have sent before.
 */
export function createSearchBudget(clock: Clock): SearchBudget {
  const seen = new LRUCache<string, { readonly missedAt: Seconds | undefined }>({
    ...MEMORY,
    sizeCalculation: (_, kid) => kid.length + 1,
  })
  const slots = { first: -Infinity, second: -Infinity }
  let strangers = 0
  const since = (instant: Seconds) => clock.monotonic() - instant

  return {
    decide({ kid, isNewer }) {
      const known = kid === undefined ? undefined : seen.get(kid)
      const isMissed = known?.missedAt !== undefined && since(known.missedAt) < INTERVAL
      if (isMissed && !isNewer) return 'refuse'
      if (since(slots.first) >= INTERVAL) {
        slots.first = clock.monotonic()
        strangers = 0
        return 'search'
      }
      strangers += 1
      if (!isNewer) return 'refuse'
      const untilFirst = INTERVAL - since(slots.first)
      if (kid === undefined || isMissed) return untilFirst
      const isLikely = known !== undefined || (since(slots.first) >= QUIET_TIME && strangers <= FEW)
      const untilSecond = INTERVAL - since(slots.second)
      if (untilSecond <= 0 && isLikely) {
        slots.second = clock.monotonic()
        return 'search'
      }
      seen.set(kid, { missedAt: undefined })
      return untilSecond <= 0 ? 1 : Math.min(untilFirst, untilSecond)
    },
    miss(kid) {
      if (kid !== undefined) seen.set(kid, { missedAt: clock.monotonic() })
    },
  }
}
