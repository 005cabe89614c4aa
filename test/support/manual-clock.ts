import type { Clock, Seconds } from '@bearward/core'

/** A clock that stands still until it is told to move. */
export interface ManualClock extends Clock {
  /** How many timers wait. */
  readonly timers: number
  /** Moves both clocks forward, and runs what falls due. */
  advance(seconds: Seconds): void
  /** Steps the wall clock alone, in either direction. */
  step(seconds: Seconds): void
}

/** Starts at the wall-clock time of the machine, so that freshly minted tokens are valid. */
export function createManualClock(start: Seconds = Date.now() / 1000): ManualClock {
  let wall = start
  let elapsed = 0
  const due = new Map<() => void, Seconds>()

  function moveTo(time: Seconds): void {
    wall += time - elapsed
    elapsed = time
  }

  return {
    get timers() {
      return due.size
    },
    now: () => wall,
    monotonic: () => elapsed,
    after(delay, run) {
      const timer = () => {
        run()
      }
      due.set(timer, elapsed + delay)
      return () => void due.delete(timer)
    },
    random: () => 0.5,
    step(seconds) {
      wall += seconds
    },
    advance(seconds) {
      const [wallEnd, end] = [wall + seconds, elapsed + seconds]
      for (;;) {
        const at = Math.min(...due.values())
        const timer = [...due.keys()].find((each) => due.get(each) === at)
        if (timer === undefined || at > end) break
        moveTo(Math.max(at, elapsed))
        due.delete(timer)
        timer()
      }
      ;[wall, elapsed] = [wallEnd, end]
    },
  }
}
