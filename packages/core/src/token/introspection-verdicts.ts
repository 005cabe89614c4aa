import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { estimateSize } from '../json.js'
import type { Clock, Seconds } from '../time.js'
import type { VerifiedClaims } from './verified.js'

/** How long verdicts are used. */
export interface VerdictPolicy {
  /** Of active tokens. */
  readonly maxAge: Seconds
  /** Of tokens that are not. */
  readonly inactiveMaxAge: Seconds
  /** In bytes, for those of active tokens. */
  readonly maxSize: number
}

/** What the authorization server said of a token. */
export interface Verdict {
  /** `undefined`: the token is not active. */
  readonly claims: VerifiedClaims | undefined
  /** When it was asked, on the monotonic clock. */
  readonly askedAt: Seconds
}

/** The verdicts of one introspection endpoint, for one configuration. A token is known by its SHA-256 alone. */
export interface Verdicts {
  /** One that may be used, and is younger than `maxAge`. */
  find(key: string, maxAge: Seconds): Verdict | undefined
  /** The latest one that is kept, whatever its age. It may be too old to be used. */
  latest(key: string): Verdict | undefined
  store(key: string, verdict: Verdict): void
  /** Drops those from before an answer that refuses the token, and does not say that it is not active. */
  refuse(key: string, askedAt: Seconds): void
  /**
   * Gets what other processes know, if it is younger than `maxAge`, for `find` to find. Does not throw. `undefined`: there are
   * no others.
   */
  load?(key: string, maxAge: Seconds): Promise<void>
  forget(key: string): void
  /** Forgets those of active tokens for which `fits` is true. */
  forgetWhere(fits: (claims: VerifiedClaims) => boolean): void
}

/** Anybody can make up tokens that are not active: they have a table of their own, and cannot push out others. */
const MOST_INACTIVE = 10_000
/** What a verdict takes besides its claims, in bytes. */
const SIZE = 512

/** The whole text counts, and none of it is kept. */
export function toDigest(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

/** Makes an empty store. */
export function createVerdicts(policy: VerdictPolicy, clock: Clock): Verdicts {
  const active = createActiveTable(policy)
  const inactive = new Map<string, Verdict>() // in order of age: they live too short for more

  function isYoung({ askedAt }: Verdict, maxAge: Seconds): boolean {
    return clock.monotonic() - askedAt < maxAge
  }

  /** Past `exp`, the authorization server is asked again: it may be gone, or renewed. */
  function isBeforeExpiry({ claims }: Verdict): boolean {
    const exp = claims && Object.hasOwn(claims, 'exp') ? claims['exp'] : undefined
    return typeof exp !== 'number' || clock.now() < exp
  }

  function forget(key: string): void {
    active?.delete(key)
    inactive.delete(key)
  }

  return {
    find(key, maxAge) {
      const found = active?.get(key)
      if (found && isYoung(found, Math.min(maxAge, policy.maxAge)) && isBeforeExpiry(found)) return found
      const refused = inactive.get(key)
      return refused && isYoung(refused, Math.min(maxAge, policy.inactiveMaxAge)) ? refused : undefined
    },
    latest: (key) => active?.peek(key) ?? inactive.get(key),
    store(key, verdict) {
      forget(key)
      const table = verdict.claims === undefined ? inactive : active
      table?.set(key, verdict)
      if (inactive.size > MOST_INACTIVE) inactive.delete(oldest(inactive))
    },
    refuse: forget,
    forget,
    forgetWhere(fits) {
      for (const [key, { claims }] of active ?? []) {
        if (claims !== undefined && fits(claims)) active?.delete(key)
      }
    },
  }
}

function oldest(table: ReadonlyMap<string, Verdict>): string {
  const [[key] = ['']] = table
  return key
}

/** None where nothing is to be kept. */
function createActiveTable({ maxAge, maxSize }: VerdictPolicy): LRUCache<string, Verdict> | undefined {
  if (maxAge === 0 || maxSize === 0) return undefined
  return new LRUCache({
    maxSize,
    maxEntrySize: maxSize,
    sizeCalculation: ({ claims }) => SIZE + estimateSize(claims),
  })
}
