import { UnavailableError } from '../errors.js'
import type { Clock, Seconds } from '../time.js'

/** Refuses to judge proofs that may have been used, and forgotten too early, since the wall clock went back. */
export interface ClockSteps {
  /**
   * @param time When a proof was made.
   * @param now Wall-clock time, just read.
   *
   * @throws {@link UnavailableError} `ERR_REPLAY_STORE`
   */
  checkTime(time: Seconds, now: Seconds): void
}

/**
 * Watches the wall clock. A used proof is noted for as long as it would be good, by the monotonic clock: where the wall clock
 * goes back further than proofs are noted beyond that, it would be good again. Proofs from the time that comes twice are
 * accepted no more; it ends when the wall clock is where it was. Each process sees what happens to its own clock alone.
 *
 * @param forgiven How far it may go back, in seconds.
 * @param ahead How far ahead of the wall clock a proof may be made, in seconds.
 */
export function createClockSteps(clock: Clock, forgiven: Seconds, ahead: Seconds): ClockSteps {
  let latest = clock.now()
  let difference = latest - clock.monotonic()
  let twiceUntil: Seconds = -Infinity
  return {
    checkTime(time, now) {
      const current = now - clock.monotonic()
      if (current < difference - forgiven) {
        twiceUntil = Math.max(twiceUntil, latest + ahead)
        difference = current
      }
      difference = Math.max(difference, current)
      latest = Math.max(latest, now)
      if (time > twiceUntil) return
      throw new UnavailableError('ERR_REPLAY_STORE', 'the clock of this machine was set back', {
        retryAfter: twiceUntil - now,
      })
    },
  }
}
