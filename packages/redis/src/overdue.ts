import { systemClock, type Seconds } from '@bearward/core'

/** What could not be forgotten, and is forgotten as soon as Redis is back. */
export interface Overdue {
  /** One verdict, by its key. */
  add(key: string): void
  /** All of them. */
  addAll(): void
}

/** How to forget, and until when. */
export interface OverdueOptions {
  forgetOne(key: string): Promise<void>
  forgetAll(): Promise<void>
  isClosed(): boolean
}

/** Between two attempts, in seconds. */
const PAUSE: Seconds = 1
/** Anybody can make up tokens that are not active. Where more than so many wait, all verdicts are forgotten. */
const MOST_KEYS = 5_000

/** Makes an empty one. */
export function createOverdue({ forgetOne, forgetAll, isClosed }: OverdueOptions): Overdue {
  const keys = new Set<string>()
  let isAllDue = false
  let isScheduled = false

  function schedule(): void {
    if (isScheduled || isClosed()) return
    isScheduled = true
    systemClock.after(PAUSE, () => {
      isScheduled = false
      catchUp().catch(schedule)
    })
  }

  async function catchUp(): Promise<void> {
    if (isAllDue) {
      isAllDue = false
      keys.clear()
      await forgetAll().catch((error: unknown) => {
        isAllDue = true
        throw error
      })
    }
    for (const key of keys) {
      await forgetOne(key)
      keys.delete(key)
    }
  }

  return {
    add(key) {
      if (keys.size < MOST_KEYS) keys.add(key)
      else isAllDue = true
      schedule()
    },
    addAll() {
      isAllDue = true
      schedule()
    },
  }
}
