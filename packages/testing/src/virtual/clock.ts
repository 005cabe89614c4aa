import type { Clock, Seconds } from '@bearward/core'
import { watch } from './quiet.js'
import { createRandom } from './random.js'
import { createTime } from './time.js'
import { createTimers } from './timers.js'

/** A clock that stands still until it is told to move, and whose chance is a function of a seed. */
export interface VirtualClock extends Clock {
  /** What the numbers of `random` follow from. */
  readonly seed: number
  /** How many timers wait. */
  readonly timers: number
  /** Lets everything run that needs no more time: promises, signatures on the thread pool, timers that are due now. */
  settle(): Promise<void>
  /**
   * Moves both clocks forward, timer by timer in the order in which they fall due; settles before, between and after.
   *
   * @throws {TypeError} When `seconds` is negative or no finite number.
   * @throws {Error} When the clock is moving already, or what a timer runs throws.
   */
  advance(seconds: Seconds): Promise<void>
  /** Steps the wall clock alone, in either direction. Runs no timer: they are on the monotonic clock. */
  step(seconds: Seconds): void
}

/** Where a virtual clock begins. */
export interface VirtualClockOptions {
  /** An integer; the same one gives the same run. Default: 1. */
  readonly seed?: number
  /** Wall-clock time at the beginning, in seconds since the epoch. Default: 2026-01-01T00:00:00Z. */
  readonly start?: Seconds
}

/**
 * Makes a virtual clock, to be given to a resource server and to what it talks to: an outage of a day is over in a moment.
 *
 * @throws {TypeError} When an option cannot be used.
 *
 * @example
 *   const clock = createVirtualClock()
 *   const resourceServer = createResourceServer({ issuer, audience, fetch: authorizationServer.fetch, clock })
 *   await clock.advance(3600) // an hour later
 */
export function createVirtualClock({
  seed = 1,
  start = 1_767_225_600,
}: VirtualClockOptions = {}): VirtualClock {
  if (!Number.isSafeInteger(seed)) throw new TypeError('seed: must be an integer')
  const random = createRandom(seed)
  const timers = createTimers()
  const time = createTime(timers, toMicroseconds('start', start))
  return {
    seed,
    get timers() {
      return timers.size
    },
    now: () => observe(time.wall()),
    monotonic: () => observe(time.elapsed()),
    after(delay, run) {
      watch()
      return timers.add({ at: time.elapsed() + toDelay(delay), run })
    },
    random() {
      watch()
      return random()
    },
    settle: time.settle,
    async advance(seconds) {
      if (seconds < 0) throw new TypeError('seconds: must not be negative')
      await time.advance(toMicroseconds('seconds', seconds))
    },
    step(seconds) {
      time.step(toMicroseconds('seconds', seconds))
    },
  }
}

/** Whoever looks at the clock may be about to verify a signature. */
function observe(instant: number): Seconds {
  watch()
  return instant / 1e6
}

/** Whole numbers, so that 0.1 and 0.2 seconds are 0.3, and what falls due after them does so in time. */
function toMicroseconds(name: string, seconds: Seconds): number {
  if (!Number.isFinite(seconds)) throw new TypeError(`${name}: must be a finite number`)
  return Math.round(seconds * 1e6)
}

/** A timer of infinite delay waits for ever. */
function toDelay(delay: Seconds): number {
  return delay === Infinity ? Infinity : Math.max(0, toMicroseconds('delay', delay))
}
