import { within, type Clock, type Seconds } from '../time.js'

/** Lets so many do something at once; the others wait, first come, first served. */
export interface Turns {
  /**
   * Waits for a turn.
   *
   * @returns Gives the turn back; to be called once.
   *
   * @throws What `busy` makes, where too many are waiting, or there was no turn in time
   */
  take(): Promise<() => void>
}

/** More would not get a turn in time. */
const MOST_WAITING = 1_000

/**
 * Makes turns.
 *
 * @param most At once.
 * @param waitLimit How long each waits.
 */
export function createTurns(most: number, waitLimit: Seconds, clock: Clock, busy: () => Error): Turns {
  let taken = 0
  const waiting = new Set<() => void>()

  function giveBack(): void {
    const [next] = waiting
    if (next === undefined) {
      taken -= 1
      return
    }
    waiting.delete(next)
    next()
  }

  async function wait(): Promise<void> {
    if (waiting.size >= MOST_WAITING) throw busy()
    let admit = (): void => undefined
    const turn = new Promise<void>((resolve) => {
      admit = resolve
    })
    waiting.add(admit)
    try {
      await within(clock, waitLimit, turn, busy)
    } catch (error) {
      if (waiting.delete(admit)) throw error // else it was admitted at the last moment
    }
  }

  return {
    async take() {
      if (taken >= most) await wait()
      else taken += 1
      return giveBack
    },
  }
}
