import type { LiveDocument } from '../http/live-document.js'
import type { Copy } from '../http/outcome.js'
import type { Clock, Seconds } from '../time.js'
import type { KeySetSighting } from './key-search-store.js'
import { toFingerprint, type KeySet } from './key-set.js'
import { SEARCH_INTERVAL } from './search-budget.js'

/** What is known of the looks of other processes at one key set. */
export interface Sightings {
  /** Notes that one of them has a slot, which will be free in so many seconds: it looks, or has looked. */
  expect(wait: Seconds): void
  /** Notes what one of them saw. A process that has no keys in hand has no use for that. */
  note(sighting: KeySetSighting): void
  /** A copy, as young as the last look of anybody that saw the same. */
  asSeen(copy: Copy<KeySet>): Copy<KeySet>
  /**
   * In how many seconds it may be known what the others saw; `undefined` where nothing is unknown.
   *
   * @param isOwnOlder Whether a token is newer than the last look of this process. What others saw may spare it a look, and
   *   refuses no token: their way to the key set may be a worse one. Default: `false`.
   */
  doubt(isOwnOlder?: boolean): Seconds | undefined
  /** Whether nothing has been heard of what they saw for a whole interval. */
  isCutOff(): boolean
  /** Whether they saw other keys than this process has in hand, and it should look as well: once for each news. */
  mayFollow(): boolean
  /** Notes that it does. */
  follow(): void
  /** Whether the keys in hand are those that they saw last. */
  agree(): boolean
}

/** What the clocks of two processes may differ by: what another saw counts as so much older. */
const CLOCK_DIFFERENCE: Seconds = 1
/** Between two looks because of what others saw. */
const PAUSE: Seconds = 5

/** What the others saw, where that is not what is in hand. */
interface News {
  readonly fingerprint: string
  readonly heardAt: Seconds
}

/** Knows nothing at first. Instants are on the monotonic clock of this process. */
export function createSightings(keySet: Pick<LiveDocument<KeySet>, 'copy'>, clock: Clock): Sightings {
  let [takenAt, unheardSince, followedAt] = [-Infinity, -Infinity, -Infinity]
  let seen: { readonly content: KeySet; readonly at: Seconds } | undefined
  let [news, followed]: [News?, News?] = []

  const seenAt = (content: KeySet): Seconds => (seen?.content === content ? seen.at : -Infinity)
  const agree = (): boolean => news === undefined || news.fingerprint === fingerprintOf(keySet.copy())
  const isBehind = (): boolean =>
    news !== undefined && (keySet.copy()?.fetchedAt ?? Infinity) < news.heardAt && !agree()
  /** Clocks differ in both directions. */
  const isOutcomeKnown = (copy = keySet.copy()): boolean =>
    copy === undefined || Math.max(copy.fetchedAt, seenAt(copy.content) + 2 * CLOCK_DIFFERENCE) >= takenAt

  return {
    expect(wait) {
      const at = clock.monotonic() + wait - SEARCH_INTERVAL
      if (isOutcomeKnown()) unheardSince = at
      takenAt = Math.max(takenAt, at)
    },
    note({ fingerprint, lookedAt }) {
      const content = keySet.copy()?.content
      if (content === undefined) return
      const isSame = fingerprint === toFingerprint(content)
      news = isSame ? undefined : { fingerprint, heardAt: clock.monotonic() }
      const age = Math.max(0, clock.now() - lookedAt) + CLOCK_DIFFERENCE
      if (isSame) seen = { content, at: Math.max(seenAt(content), clock.monotonic() - age) }
    },
    asSeen: (copy) => ({ ...copy, fetchedAt: Math.max(copy.fetchedAt, seenAt(copy.content)) }),
    doubt(isOwnOlder = false) {
      if (!isOutcomeKnown()) return Math.max(1, takenAt + SEARCH_INTERVAL - clock.monotonic())
      return isBehind() || isOwnOlder ? PAUSE : undefined
    },
    isCutOff: () => !isOutcomeKnown() && clock.monotonic() - unheardSince >= SEARCH_INTERVAL,
    mayFollow: () => isBehind() && news !== followed && clock.monotonic() - followedAt >= PAUSE,
    follow() {
      followedAt = clock.monotonic()
      followed = news
    },
    agree,
  }
}

function fingerprintOf(copy: Copy<KeySet> | undefined): string | undefined {
  return copy && toFingerprint(copy.content)
}
