import { LRUCache } from 'lru-cache'
import type { Clock, Seconds } from '../time.js'

/** What becomes of a token: look for its key; refuse it; or say in how many seconds one may look. */
export type Decision = 'search' | 'refuse' | Seconds

/** One is anybody's, the other is kept for what looks like a rotation. */
export type Slot = 'first' | 'second'

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
  /** The slot that was given last. */
  slot(): Slot
  /**
   * Notes when the slot that was given last is free again.
   *
   * @param wait In how many seconds, where another process has it; 0 where it was given this moment.
   */
  postpone(wait: Seconds): void
}

/** In this time, each of the two slots is given once. */
export const SEARCH_INTERVAL: Seconds = 30
/** After a search, how soon the second slot may be given to a key that was not seen before. */
const QUIET_TIME: Seconds = 5
/** How many unknown keys in that time are no flood yet. */
const FEW = 4
/** Unknown keys that are remembered. */
const MOST_SEEN = 1_000
/** In characters. */
const LONGEST_KID = 256

/** One that is too long is never looked for. */
export function isTooLong(kid: string | undefined): boolean {
  return kid !== undefined && kid.length > LONGEST_KID
}

/**
 * Makes the budget of one key set: two searches in 30 seconds, whatever comes.
 *
 * The first slot is anybody's. The second is kept for what a rotation looks like, and a flood of ever new `kid`s does
 * not: the token is newer than the last look, and its key is asked for again, or hardly any other is. Without a slot, a token
 * that the last look should have known is refused; of a newer one nobody can tell, for whatever others have sent before.
 */
export function createSearchBudget(clock: Clock): SearchBudget {
  const seen = new LRUCache<string, { readonly missedAt: Seconds | undefined }>({ max: MOST_SEEN })
  const { give, since, slot, postpone } = createSlots(clock)
  let strangers = 0

  return {
    decide(kid, isNewer, hasKeys) {
      if (isTooLong(kid)) return 'refuse'
      const known = kid === undefined ? undefined : seen.get(kid)
      const isMissed = known?.missedAt !== undefined && clock.monotonic() - known.missedAt < SEARCH_INTERVAL
      if (isMissed && !isNewer) return 'refuse'
      if (since('first') >= SEARCH_INTERVAL) {
        strangers = 0
        return give('first')
      }
      if (!isNewer) return 'refuse'
      const untilFirst = SEARCH_INTERVAL - since('first')
      if (kid === undefined || hasKeys) return untilFirst
      if (known === undefined) strangers += 1
      const isAskedAgain = known !== undefined && !isMissed
      const isLikely = isAskedAgain || (since('first') >= QUIET_TIME && strangers <= FEW)
      const untilSecond = SEARCH_INTERVAL - since('second')
      if (untilSecond <= 0 && isLikely) return give('second')
      if (isMissed) return Math.min(untilFirst, Math.max(untilSecond, QUIET_TIME))
      seen.set(kid, { missedAt: undefined })
      return untilSecond <= 0 ? 1 : Math.min(untilFirst, untilSecond)
    },
    miss(kid) {
      if (kid !== undefined && !isTooLong(kid)) seen.set(kid, { missedAt: clock.monotonic() })
    },
    slot,
    postpone,
  }
}

function createSlots(clock: Clock) {
  const givenAt = { first: -Infinity, second: -Infinity }
  let last: Slot = 'first'
  return {
    since: (slot: Slot): Seconds => clock.monotonic() - givenAt[slot],
    give(slot: Slot): 'search' {
      last = slot
      givenAt[slot] = clock.monotonic()
      return 'search'
    },
    slot: () => last,
    postpone(wait: Seconds): void {
      givenAt[last] = clock.monotonic() - (wait === 0 ? 0 : SEARCH_INTERVAL - wait)
    },
  }
}
