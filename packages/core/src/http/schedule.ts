import type { Clock, Seconds } from '../time.js'

/** When something is done next: never, before {@link Schedule.plan}. */
export interface Schedule {
  /** Plans it, unless it is planned already, or nothing is to be. */
  next(): void
  cancel(): void
  /** In how many seconds it is done. */
  due(): Seconds | undefined
  /** Plans it, from now on. */
  plan(): void
  /** Plans nothing any more, until {@link Schedule.plan}. */
  stop(): void
}

/**
 * Makes a schedule that plans one thing at a time.
 *
 * @param findDelay `undefined`: there is nothing to plan.
 */
export function createSchedule(
  clock: Clock,
  findDelay: () => Seconds | undefined,
  run: () => unknown,
): Schedule {
  let timer: { readonly at: Seconds; readonly cancel: () => void } | undefined
  let isPlanned = false
  function cancel(): void {
    timer?.cancel()
    timer = undefined
  }
  function next(): void {
    const delay = isPlanned && timer === undefined ? findDelay() : undefined
    if (delay === undefined) return
    const pause = Math.max(0, delay)
    timer = { at: clock.monotonic() + pause, cancel: clock.after(pause, () => void run()) }
  }

  return {
    next,
    cancel,
    due: () => timer && timer.at - clock.monotonic(),
    plan() {
      isPlanned = true
      next()
    },
    stop() {
      isPlanned = false
      cancel()
    },
  }
}
