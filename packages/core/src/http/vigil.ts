import type { Clock, Seconds } from '../time.js'

/** Notices when the process slept: was frozen between requests, stopped, or kept from running in another way. */
export interface Vigil {
  /**
   * Since when the process has been awake, on the monotonic clock: since the vigil began, where it did not sleep. After the end, what
   * it was then.
   */
  awakeSince(): Seconds
  end(): void
}

/** Between two looks. */
const INTERVAL: Seconds = 0.2
/** How late a look may be in a process that is awake. */
const LATENESS: Seconds = 0.2

/** Begins one. */
export function keepVigil(clock: Clock): Vigil {
  const watch = watches.get(clock) ?? createWatch(clock)
  watches.set(clock, watch)
  watch.join()
  const begin = clock.monotonic()
  let last: Seconds | undefined
  const awakeSince = () => last ?? Math.max(begin, watch.wokeAt())
  return {
    awakeSince,
    end() {
      if (last !== undefined) return
      last = awakeSince()
      watch.leave()
    },
  }
}

/** What all vigils by one clock share: one timer, and none while there is no vigil. */
interface Watch {
  join(): void
  leave(): void
  /** When a sleep ended that was noticed last. */
  wokeAt(): Seconds
}

const watches = new WeakMap<Clock, Watch>()

function createWatch(clock: Clock): Watch {
  let vigils = 0
  let [lookedAt, wokeAt] = [-Infinity, -Infinity]
  let cancel: () => void

  function look(): void {
    const now = clock.monotonic()
    if (now - lookedAt > INTERVAL + LATENESS) wokeAt = now
    lookedAt = now
  }

  function lookAgain(): void {
    look()
    cancel = clock.after(INTERVAL, lookAgain)
  }

  return {
    join() {
      if (vigils === 0) lookAgain()
      else look()
      vigils += 1
    },
    leave() {
      vigils -= 1
      if (vigils === 0) cancel()
    },
    wokeAt() {
      look()
      return wokeAt
    },
  }
}
