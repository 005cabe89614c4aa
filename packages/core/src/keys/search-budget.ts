import { LRUCache } from 'lru-cache'
import type { Clock, Seconds } from '../time.js'

/** What becomes of a token: look for its key; refuse it; or say in how many seconds one may look. */
export type Decision = 'search' | 'refuse' | Seconds

/** Decides when a key set is fetched because none of the keys in hand signed a token. */
export interface SearchBudget {
  /**
   * All of this is hints: anybody may have written the token.
   *
   * @param isNewer Whether the token says that it was issued after the last look at the key set.
   * @param hasKeys Whether keys that fit are in hand, and none of them signed it: one may have been replaced.
   */
  decide(kid: string | undefined, isNewer: boolean, hasKeys: boolean): Decision
  /** Notes that a look did not find a key. */
  miss(kid: string | undefined): void
}

/** In this time, each of the two slots is given once. */
const INTERVAL: Seconds = 30
/** After a search, how soon the second slot may be given to a key that was not seen before. */
const QUIET_TIME: Seconds = 5
/** How many unknown keys in that time are no flood yet. */
const FEW = 4
/** Unknown keys that are remembered. */
const MOST_SEEN = 1_000
/** In characters: a longer one is never looked for. */
const LONGEST_KID = 256

/**
 * Makes the budget of one key set: two searches in 30 seconds, whatever comes.
 *
 * The first slot is anybody's. The second is kept for what a rotation looks like, and a flood of ever new `kid`s does
 * not: the token is newer than the last look, and its key is asked for again, or hardly any other is. Without a slot, a token
 * that the last look should have known is refused; of a newer one nobody can tell, for whatever others have sent before.
 */
export function createSearchBudget(clock: Clock): SearchBudget {
  const seen = new LRUCache<string, { readonly missedAt: Seconds | undefined }>({ max: MOST_SEEN })
  const slots = { first: -Infinity, second: -Infinity }
  let strangers = 0
  const since = (instant: Seconds) => clock.monotonic() - instant

  return {
    decide(kid, isNewer, hasKeys) {
      if (kid !== undefined && kid.length > LONGEST_KID) return 'refuse'
      const known = kid === undefined ? undefined : seen.get(kid)
      const isMissed = known?.missedAt !== undefined && since(known.missedAt) < INTERVAL
      if (isMissed && !isNewer) return 'refuse'
      if (since(slots.first) >= INTERVAL) {
        slots.first = clock.monotonic()
        strangers = 0
        return 'search'
      }
      if (!isNewer) return 'refuse'
      const untilFirst = INTERVAL - since(slots.first)
      if (kid === undefined || hasKeys) return untilFirst
      if (known === undefined) strangers += 1
      const isAskedAgain = known !== undefined && !isMissed
      const isLikely = isAskedAgain || (since(slots.first) >= QUIET_TIME && strangers <= FEW)
      const untilSecond = INTERVAL - since(slots.second)
      if (untilSecond <= 0 && isLikely) {
        slots.second = clock.monotonic()
        return 'search'
      }
      if (isMissed) return Math.min(untilFirst, Math.max(untilSecond, QUIET_TIME))
      seen.set(kid, { missedAt: undefined })
      return untilSecond <= 0 ? 1 : Math.min(untilFirst, untilSecond)
    },
    miss(kid) {
      if (kid !== undefined && kid.length <= LONGEST_KID) seen.set(kid, { missedAt: clock.monotonic() })
    },
  }
}
