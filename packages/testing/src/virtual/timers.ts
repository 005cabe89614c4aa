/** A timer that waits. */
export interface Timer {
  /** The instant at which it falls due. */
  readonly at: number
  run(): void
}

/** The timers of one clock. */
export interface Timers {
  /** How many wait. */
  readonly size: number
  /** Returns what cancels it. */
  add(timer: Timer): () => void
  /** Takes out the one that falls due first, up to `latest`; of several, the one that was made first. */
  take(latest: number): Timer | undefined
}

/** Makes an empty set of timers. */
export function createTimers(): Timers {
  const waiting = new Set<Timer>()
  return {
    get size() {
      return waiting.size
    },
    add(timer) {
      waiting.add(timer)
      return () => void waiting.delete(timer)
    },
    take(latest) {
      let first: Timer | undefined
      for (const timer of waiting) {
        if (timer.at <= latest && (first === undefined || timer.at < first.at)) first = timer
      }
      if (first !== undefined) waiting.delete(first)
      return first
    },
  }
}
