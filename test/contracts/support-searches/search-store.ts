import type { Clock, KeySearchStore, KeySetSighting, Seconds } from '@bearward/core'

/** What goes wrong between one process and the store. */
export interface StoreFaults {
  /** What becomes of what is asked. Default: nothing is wrong. */
  asking?: 'throws' | 'hangs' | 'talks nonsense' | undefined
  /** It does not hear what is announced. */
  isDeaf?: boolean
  /** How long what is announced is on its way to it. Default: 0. */
  delay?: Seconds
}

/** A store in memory, for processes that are simulated in one. */
export interface SharedStore {
  /** The store as one process has it. */
  connect(faults: StoreFaults): KeySearchStore
  /** What was asked for, in order. */
  readonly taken: readonly string[]
  readonly announced: readonly KeySetSighting[]
  /** How many listen. */
  listeners(): number
  /** Tells all, as another process would. */
  say(sighting: unknown): void
}

/** Makes one in which no slot was given. */
export function createSharedStore(clock: Clock): SharedStore {
  const freeAt = new Map<string, Seconds>()
  const listeners = new Set<(sighting: unknown) => void>()
  const taken: string[] = []
  const announced: KeySetSighting[] = []

  function take(slot: string, interval: Seconds): Seconds {
    const wait = (freeAt.get(slot) ?? -Infinity) - clock.monotonic()
    taken.push(slot)
    if (wait > 0) return wait
    freeAt.set(slot, clock.monotonic() + interval)
    return 0
  }

  function say(sighting: unknown): void {
    for (const listener of listeners) listener(sighting)
  }

  return {
    taken,
    announced,
    say,
    listeners: () => listeners.size,
    connect: (faults) => ({
      take: (slot, interval) => ask(faults, () => take(slot, interval)),
      announce: (sighting) =>
        ask(faults, () => {
          announced.push(sighting)
          say(sighting)
        }),
      subscribe(listener) {
        const hear = (sighting: unknown) => {
          if (faults.isDeaf === true) return
          clock.after(faults.delay ?? 0, () => {
            listener(sighting as KeySetSighting)
          })
        }
        listeners.add(hear)
        return () => void listeners.delete(hear)
      },
    }),
  }
}

async function ask<T>({ asking }: StoreFaults, answer: () => T): Promise<T> {
  if (asking === 'hangs') return new Promise<T>(() => undefined)
  if (asking === 'throws') throw new Error('down')
  if (asking === 'talks nonsense') return Promise.resolve('nonsense' as T)
  return Promise.resolve(answer())
}
