import { untilQuiet, watch } from './quiet.js'
import type { Timers } from './timers.js'

/** Time that passes when it is told to. In microseconds. */
export interface Time {
  wall(): number
  elapsed(): number
  /** Lets everything run that needs no more time, timers that are due included. */
  settle(): Promise<void>
  /**
   * Lets time pass.
   *
   * @throws {Error} When it is passing already, or what a timer runs throws.
   */
  advance(distance: number): Promise<void>
  /** Sets the wall clock forward or back. */
  step(distance: number): void
}

/**
 * Begins with no time elapsed.
 *
 * @param start What the wall clock says then.
 */
export function createTime(timers: Timers, start: number): Time {
  let zero = start // what the wall clock would have said when no time had elapsed
  let elapsed = 0
  let isPassing = false

  /** Goes to the timer that falls due first, up to `latest`, and runs it. */
  function runNext(latest: number): boolean {
    const timer = timers.take(latest)
    if (timer === undefined) return false
    elapsed = timer.at
    watch()
    timer.run()
    return true
  }

  async function settle(): Promise<void> {
    do await untilQuiet()
    while (runNext(elapsed))
  }

  return {
    wall: () => zero + elapsed,
    elapsed: () => elapsed,
    settle,
    async advance(distance) {
      if (isPassing) throw new Error('advance: the clock is moving already; await the call before')
      isPassing = true
      try {
        const end = elapsed + distance
        do await settle()
        while (runNext(end))
        elapsed = end
      } finally {
        isPassing = false
      }
    },
    step(distance) {
      zero += distance
    },
  }
}
