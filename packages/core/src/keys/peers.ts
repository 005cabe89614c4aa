import type { LiveDocument } from '../http/live-document.js'
import type { Copy } from '../http/outcome.js'
import { within, type Clock, type Seconds } from '../time.js'
import type { KeySearchStore, KeySetSighting } from './key-search-store.js'
import { toFingerprint, type KeySet } from './key-set.js'
import { SEARCH_INTERVAL, type Slot } from './search-budget.js'
import { createSightings, type Sightings } from './sightings.js'

/** The other processes that look for keys in one key set. */
export interface Peers extends Omit<Sightings, 'expect' | 'note'> {
  /**
   * Asks for a slot, and gives up in time for a request.
   *
   * @returns In how many seconds it is free; 0 where this process may look now, because it has it, or nobody can tell
   */
  take(slot: Slot, deadline: Seconds): Promise<Seconds>
  /** Tells them what this process has in hand. */
  announce(): void
  /** Notes what one of them saw, of whatever key set. */
  hear(sighting: KeySetSighting): void
  /** Tells when something is heard, and nobody waits for it. */
  onNews(listener: () => void): void
  /** Waits until something is heard. */
  untilHeard(deadline: Seconds): Promise<void>
  /** While somebody waits for that: in how many seconds one may look again, whatever is heard. */
  waitTime(): Seconds | undefined
}

/** For how long a request waits for the store, and half of its time at most. */
const STORE_LIMIT: Seconds = 1
/** However little time is left, and however soon the store says that a slot is free; and what it may be wrong by. */
const SHORTEST_WAIT: Seconds = 0.1

/** @param name Of the key set, in all processes the same. */
export function createPeers(
  store: KeySearchStore,
  name: string,
  keySet: Pick<LiveDocument<KeySet>, 'copy'>,
  clock: Clock,
): Peers {
  const { expect, note, ...sightings } = createSightings(keySet, clock)
  const bell = createBell(clock)
  return {
    ...sightings,
    async take(slot, deadline) {
      const left = (deadline - clock.monotonic()) / 2
      const limit = Math.min(STORE_LIMIT, Math.max(SHORTEST_WAIT, left)) // the look outlives the request
      const wait = await askFor(`${name}.${slot}`, store, limit, clock)
      if (wait > 0) expect(wait)
      return wait
    },
    announce() {
      const copy = keySet.copy()
      if (copy !== undefined) tell(store, toSighting(name, copy, clock))
    },
    hear(sighting) {
      if (!isSighting(sighting) || sighting.keySet !== name) return
      note(sighting)
      bell.ring()
    },
    onNews: bell.onRing,
    untilHeard: bell.wait,
    waitTime: () => (bell.isAwaited() ? sightings.doubt() : undefined),
  }
}

/** What it throws, or answers beside a time within the interval, is taken for an outage. */
async function askFor(slot: string, store: KeySearchStore, limit: Seconds, clock: Clock): Promise<Seconds> {
  const answer = Promise.resolve().then((): Promise<unknown> => store.take(slot, SEARCH_INTERVAL))
  const wait = await within(clock, limit, answer, late).catch(() => undefined)
  const isWait = typeof wait === 'number' && wait > 0 && wait <= SEARCH_INTERVAL + SHORTEST_WAIT
  return isWait ? Math.min(Math.max(wait, SHORTEST_WAIT), SEARCH_INTERVAL) : 0
}

function tell(store: KeySearchStore, sighting: KeySetSighting): void {
  Promise.resolve()
    .then(() => store.announce(sighting))
    .catch(() => undefined) // they look for themselves, when they may
}

function toSighting(name: string, { content, fetchedAt }: Copy<KeySet>, clock: Clock): KeySetSighting {
  const lookedAt = clock.now() - (clock.monotonic() - fetchedAt)
  return { keySet: name, fingerprint: toFingerprint(content), lookedAt }
}

/** It comes from outside. */
function isSighting(value: Partial<KeySetSighting> | null | undefined): value is KeySetSighting {
  return typeof value?.fingerprint === 'string' && Number.isFinite(value.lookedAt)
}

/** Rings for who waits, or else for the listener. */
function createBell(clock: Clock) {
  let wake: (() => void) | undefined
  let listener = (): void => undefined
  return {
    ring() {
      if (wake === undefined) listener()
      else wake()
    },
    onRing(other: () => void) {
      listener = other
    },
    isAwaited: () => wake !== undefined,
    async wait(deadline: Seconds): Promise<void> {
      const rung = new Promise<void>((resolve) => {
        wake = resolve
      })
      await within(clock, deadline - clock.monotonic(), rung, late).catch(() => undefined)
      wake = undefined
    },
  }
}

function late(): Error {
  return new Error('late')
}
