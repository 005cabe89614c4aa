import { LRUCache } from 'lru-cache'

/** Verdicts on tokens that were accepted. */
export interface VerdictCache<Verdict> {
  /** The verdict on exactly this token. */
  find(token: string): Verdict | undefined
  /** Keeps a verdict; of a token that comes for the first time, only that it came. */
  store(token: string, verdict: Verdict): void
  drop(token: string): void
}

interface Entry<Verdict> {
  readonly token: string
  readonly verdict: Verdict
}

/**
 * Characters at the end of a token by which it is looked up: 256 bits of its signature. Hashing the whole of a string that
 * has just come from the network takes longer than all that is left to do.
 */
const TAIL = 43
/** What an entry takes besides its token and its verdict, in bytes. */
const SIZE = 700
/** Slots that remember which tokens came once: a power of two. */
const SLOTS = 65_536

/**
 * Makes an empty cache. The whole token is compared: another one with the same tail finds nothing, and puts nothing out.
 *
 * @param maxSize In bytes.
 * @param sizeOf Of a verdict, in bytes.
 */
export function createVerdictCache<Verdict>(
  maxSize: number,
  sizeOf: (verdict: Verdict) => number,
): VerdictCache<Verdict> {
  const entries = new LRUCache<string, Entry<Verdict>>({
    maxSize,
    sizeCalculation: ({ token, verdict }) => SIZE + token.length + sizeOf(verdict),
  })
  const cameBefore = createMemory()
  return {
    find(token) {
      const entry = entries.get(token.slice(-TAIL))
      return entry?.token === token ? entry.verdict : undefined
    },
    store(token, verdict) {
      const tail = token.slice(-TAIL)
      const isTaken = entries.has(tail) && entries.peek(tail)?.token !== token
      if (!cameBefore(tail) || isTaken) return
      entries.delete(tail) // whose name is a part of another copy of the token
      entries.set(tail, { token, verdict })
    },
    drop(token) {
      const tail = token.slice(-TAIL)
      if (entries.peek(tail)?.token === token) entries.delete(tail)
    },
  }
}

/**
 * Remembers, roughly, what came once: an entry for a token that nobody sends again costs more than it could ever save. Of
 * three tails that fall on a pair of slots, the oldest is forgotten.
 */
function createMemory(): (tail: string) => boolean {
  let slots: Int32Array | undefined
  return (tail) => {
    slots ??= new Int32Array(SLOTS)
    let hash = 0
    for (let index = 0; index < tail.length; index += 1)
      hash = (Math.imul(hash, 31) + tail.charCodeAt(index)) | 0
    const newer = hash & (SLOTS - 2)
    const cameBefore = slots[newer] === hash || slots[newer + 1] === hash
    slots[newer + 1] = slots[newer] ?? 0
    slots[newer] = hash
    return cameBefore
  }
}
