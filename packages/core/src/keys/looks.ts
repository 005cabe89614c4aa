import { UnavailableError } from '../errors.js'
import type { LiveDocument } from '../http/live-document.js'
import { within, type Clock, type Seconds } from '../time.js'
import type { KeySet } from './key-set.js'
import type { Peers } from './peers.js'
import type { SearchBudget } from './search-budget.js'

/** Looks at a key set on account of keys that are not in hand, one at a time. */
export interface Looks {
  /** Begins one, with the slot that the budget gave. Where the other processes have that slot, it waits for what they see. */
  start(isFound: () => boolean, deadline: Seconds): void
  /** Begins one where the other processes saw what is not in hand. */
  follow(): void
  /** Whether one is under way, or a fetch of another origin. */
  isUnderWay(): boolean
  /**
   * Waits for what is under way.
   *
   * @throws {@link UnavailableError} where it failed, or takes longer
   */
  join(deadline: Seconds): Promise<void>
}

/** @param peers Default: there are no other processes. */
export function createLooks(
  keySet: LiveDocument<KeySet>,
  locateAgain: () => Promise<unknown>,
  budget: SearchBudget,
  clock: Clock,
  peers?: Peers,
): Looks {
  let looking: Promise<void> | undefined

  /** Asks for the key set, and where that does not help, whether it has moved. Runs on, whoever gives up waiting. */
  async function look(isFound: () => boolean): Promise<void> {
    await keySet.reload(Infinity)
    if (isFound()) return
    await locateAgain()
    await keySet.join(Infinity)
  }

  const turns = peers && createTurns(keySet, look, budget, peers)

  function begin(run: () => Promise<void>): Promise<void> {
    looking = run().finally(() => {
      looking = undefined
    })
    return looking
  }

  function follow(): void {
    if (looking !== undefined || turns?.mayFollow() !== true) return
    begin(turns.follow).catch(() => undefined) // it may be that nobody waits
  }

  peers?.onNews(follow)
  return {
    follow,
    start(isFound, deadline) {
      void begin(() => (turns === undefined ? look(isFound) : turns.look(isFound, deadline)))
    },
    isUnderWay: () => looking !== undefined || keySet.isFetching(),
    async join(deadline) {
      if (looking !== undefined)
        await within(clock, deadline - clock.monotonic(), looking, () => toLate(peers?.waitTime()))
      else await keySet.join(deadline)
    },
  }
}

/** Looks of which the other processes know. */
function createTurns(
  keySet: LiveDocument<KeySet>,
  look: (isFound: () => boolean) => Promise<void>,
  budget: SearchBudget,
  peers: Peers,
) {
  /** What they saw may have come in the meantime, and may be where this process has not looked. */
  async function follow(): Promise<void> {
    peers.follow()
    await keySet.join(Infinity)
    if (!peers.agree()) await look(peers.agree)
  }

  async function lookNow(isFound: () => boolean): Promise<void> {
    await keySet.join(Infinity)
    if (!isFound()) await look(isFound)
    peers.announce()
  }

  return {
    mayFollow: peers.mayFollow,
    follow,
    async look(isFound: () => boolean, deadline: Seconds): Promise<void> {
      const isCutOff = peers.isCutOff()
      const wait = await peers.take(budget.slot(), deadline)
      budget.postpone(wait)
      if (wait === 0) return lookNow(isFound)
      if (!peers.mayFollow() && peers.doubt() !== undefined) await peers.untilHeard(deadline)
      if (peers.mayFollow()) return follow()
      // Who never hears what the others see, would never have a slot where they are quicker.
      if (isCutOff && peers.doubt() !== undefined) return lookNow(isFound)
    },
  }
}

/** The answer to a token of which nobody can tell before the next look. */
export function tooMany(retryAfter: Seconds): UnavailableError {
  const detail = 'unknown keys were looked for a moment ago; a flood of made-up key identifiers, perhaps'
  return new UnavailableError('ERR_KEY_SEARCH_LIMIT', detail, { retryAfter })
}

/** @param wait While others look: in how many seconds this process may. */
function toLate(wait: Seconds | undefined): UnavailableError {
  if (wait !== undefined) return tooMany(wait)
  const detail = 'no new keys in time for this request; the search goes on'
  return new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', detail, { retryAfter: 2 })
}
