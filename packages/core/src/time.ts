/** A duration, or an instant since the epoch, in seconds. Fractions are allowed. */
export type Seconds = number

/**
 * The only source of time, and of chance, in Bearward. Replace it in tests alone.
 *
 * `now` follows the wall clock, which may step in either direction: it judges what tokens say. `monotonic` never goes
 * back: it judges how old a key set is.
 */
export interface Clock {
  /** Wall-clock time, in seconds since the epoch. */
  now(): Seconds
  /** Time since an arbitrary start, in seconds; never decreases. */
  monotonic(): Seconds
  /** Calls `run` once after `delay` seconds, without keeping the process alive. Returns a function that cancels it. */
  after(delay: Seconds, run: () => void): () => void
  /** At random, from 0 up to 1: spreads what many processes would do at the same moment. */
  random(): number
}

/** Longest delay a timer can hold: 2³¹ − 1 milliseconds. Beyond it Node.js fires at once. */
const LONGEST_DELAY: Seconds = 2_147_483

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now() / 1000,
  monotonic: () => performance.now() / 1000,
  after(delay, run) {
    const timer = setTimeout(run, Math.min(delay, LONGEST_DELAY) * 1000)
    timer.unref()
    return () => {
      clearTimeout(timer)
    }
  },
  random: () => Math.random(),
}

/**
 * Waits for a promise, but no longer than `limit`, which may be infinite. What it settles with later is dropped.
 *
 * @throws What `late` makes, where the time is over first.
 */
export async function within<T>(
  clock: Clock,
  limit: Seconds,
  promise: Promise<T>,
  late: () => Error,
): Promise<T> {
  if (limit === Infinity) return promise
  let cancel: (() => void) | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(Math.max(0, limit), () => {
      reject(late())
    })
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    cancel?.()
  }
}
