import { within, type Clock, type Seconds } from '../time.js'

/** Tells the time in which the process is awake from that in which it sleeps: frozen between requests, stopped, or blocked. */
export interface Vigil {
  /** For how long the process has been awake since the vigil began. */
  awakeFor(): Seconds
  /** For how long it has slept. Less than a moment at a time is not noticed. */
  sleptFor(): Seconds
  beginAgain(): void
  /** To be called once. */
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
  const now = () => ({ time: clock.monotonic(), slept: watch.slept() })
  let begin = now()
  const sleptFor = () => watch.slept() - begin.slept
  return {
    sleptFor,
    awakeFor: () => clock.monotonic() - begin.time - sleptFor(),
    beginAgain() {
      begin = now()
    },
    end: watch.leave,
  }
}

/**
 * Waits for a promise, but no longer than so much time in which the process is awake.
 *
 * @throws What `late` makes, where that is over first.
 */
export async function withinAwake<T>(
  clock: Clock,
  limit: Seconds,
  promise: Promise<T>,
  late: () => Error,
): Promise<T> {
  const vigil = keepVigil(clock)
  try {
    return await within(clock, limit, promise, late)
  } catch (error) {
    if (vigil.sleptFor() === 0 || vigil.awakeFor() >= limit) throw error
    return await withinAwake(clock, limit - vigil.awakeFor(), promise, late)
  } finally {
    vigil.end()
  }
}

/** What all vigils by one clock share: one timer, and none while there is no vigil. */
interface Watch {
  join(): void
  leave(): void
  /** For how long the process has slept while somebody kept vigil. */
  slept(): Seconds
}

const watches = new WeakMap<Clock, Watch>()

function createWatch(clock: Clock): Watch {
  let vigils = 0
  let slept: Seconds = 0
  let lookedAt: Seconds
  let cancel: () => void

  function look(): void {
    const now = clock.monotonic()
    const late = now - lookedAt - INTERVAL
    if (late > LATENESS) slept += late
    lookedAt = now
  }

  function plan(): void {
    cancel = clock.after(INTERVAL, () => {
      look()
      plan()
    })
  }

  return {
    join() {
      if (vigils === 0) {
        lookedAt = clock.monotonic()
        plan()
      }
      vigils += 1
    },
    leave() {
      vigils -= 1
      if (vigils === 0) cancel()
    },
    slept() {
      look()
      return slept
    },
  }
}
