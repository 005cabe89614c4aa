import type { Clock, Seconds } from '@bearward/core'
import { createVirtualClock, type VirtualClock } from '@bearward/testing'

/** A virtual clock of a machine that can be suspended. */
export interface MachineClock extends VirtualClock {
  /** Time goes on, and no timer fires: those that fall due meanwhile do so afterwards, with the next advance. */
  sleep(seconds: Seconds): void
  /** How far the wall clock has been set in all, by `step`. */
  readonly stepped: Seconds
  /** For how long the machine has slept in all. */
  readonly slept: Seconds
}

interface Timer {
  readonly due: Seconds
  readonly run: () => void
  cancel: () => void
}

/** 2026-01-01: a run must not depend on the day on which it is made. */
const START: Seconds = 1_767_225_600

/** Makes one, whose randomness is a function of the seed. */
export function createMachineClock(seed: number): MachineClock {
  const clock = createVirtualClock({ seed, start: START })
  const timers = new Set<Timer>()
  let slept = 0
  let stepped = 0
  const monotonic = () => clock.monotonic() + slept

  function arm(timer: Timer): void {
    timer.cancel = clock.after(Math.max(0, timer.due - monotonic()), () => {
      timers.delete(timer)
      timer.run()
    })
  }

  return {
    seed: clock.seed,
    get timers() {
      return timers.size
    },
    get stepped() {
      return stepped
    },
    get slept() {
      return slept
    },
    now: () => clock.now() + slept,
    monotonic,
    random: clock.random,
    settle: clock.settle,
    advance: clock.advance,
    after(delay, run) {
      const timer: Timer = { due: monotonic() + delay, run, cancel: () => {} }
      timers.add(timer)
      arm(timer)
      return () => {
        timer.cancel()
        timers.delete(timer)
      }
    },
    step(seconds) {
      stepped += seconds
      clock.step(seconds)
    },
    sleep(seconds) {
      slept += seconds
      for (const timer of [...timers].sort((one, other) => one.due - other.due)) {
        timer.cancel()
        arm(timer)
      }
    },
  }
}

/** The same clock for one of those who use it, and how many timers that one has waiting. */
export function countTimers(clock: Clock): { readonly clock: Clock; readonly waiting: () => number } {
  const timers = new Set<() => void>()
  return {
    waiting: () => timers.size,
    clock: {
      ...pick(clock),
      after(delay, run) {
        const timer = () => {
          timers.delete(timer)
          run()
        }
        timers.add(timer)
        const cancel = clock.after(delay, timer)
        return () => {
          timers.delete(timer)
          cancel()
        }
      },
    },
  }
}

function pick({ now, monotonic, random }: Clock): Omit<Clock, 'after'> {
  return { now, monotonic, random }
}
