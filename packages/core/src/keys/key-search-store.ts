import type { Seconds } from '../time.js'

/** What a process saw when it looked for a key that it did not know. */
export interface KeySetSighting {
  /** Which key set: 43 characters of base64url, which do not name the issuer. */
  readonly keySet: string
  /** Of the keys in it: 43 characters of base64url, the same where the keys are. */
  readonly fingerprint: string
  /** When it was asked for, in seconds since the epoch. */
  readonly lookedAt: Seconds
}

/**
 * Shares between processes how often a key set is fetched because of tokens with an unknown key, and what that brought. It may
 * fail at any time: then each process decides for itself. What it says makes no token good: who can write to it has key sets
 * fetched more often, or less often, than they should be.
 */
export interface KeySearchStore {
  /**
   * Gives a slot, unless it was given less than `interval` ago, in one step: of any number of calls at once, in all processes,
   * one gets it.
   *
   * @param slot Its name: 43 characters of base64url, a full stop and a word.
   * @param interval In seconds.
   *
   * @returns 0 where it is given; otherwise in how many seconds it will be free
   */
  take(slot: string, interval: Seconds): Promise<Seconds>
  /** Tells all processes what was seen. */
  announce(sighting: KeySetSighting): Promise<void>
  /**
   * Tells what processes see, until the function that it returns is called.
   *
   * @param listener Must not throw.
   */
  subscribe(listener: (sighting: KeySetSighting) => void): () => void
}
