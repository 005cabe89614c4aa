import { setImmediate as nextTurn } from 'node:timers/promises'
import type { JWK } from 'jose'
import type { AuthorizationServer } from './authorization-servers.js'
import { LONGEST_INTERVAL, LONGEST_STALE_WINDOW } from './config/refresh.js'
import { isJsonObject, isStringArray, ownMembers } from './json.js'
import { clampLifetime } from './http/outcome.js'
import { readKeySet, toMembers, type KeySet } from './keys/key-set.js'
import { MOST_OF_A_KIND } from './tenant-table.js'
import type { Clock, Seconds } from './time.js'

/**
 * The key sets of a resource server, as JSON: for a file that the next process starts from.
 *
 * Tokens are believed by these keys: guard the file like your configuration.
 */
export interface Snapshot {
  readonly version: 1
  readonly keySets: readonly KeySetSnapshot[]
}

/** The key set of one authorization server. */
export interface KeySetSnapshot {
  readonly issuer: string
  /** By what it was found: SHA-256 of the options `issuer`, `jwksUri` and `internalOrigin`, base64url. */
  readonly source: string
  /** When it was fetched, in seconds since the epoch. */
  readonly fetchedAt: Seconds
  /** How long the keys were good for from then, in seconds. */
  readonly lifetime: Seconds
  /** Public keys. */
  readonly keys: readonly JWK[]
}

/** How far back the clock may have been set since a snapshot was taken. */
const CLOCK_DIFFERENCE: Seconds = 60
/** Past which no options allow keys. */
const OLDEST: Seconds = LONGEST_INTERVAL + LONGEST_STALE_WINDOW
/** As many as there are looked-up issuers in use, at most. */
const MOST_WAITING = 2 * MOST_OF_A_KIND

/**
 * Takes the key sets that may still be used.
 *
 * @param waiting Restored ones: taken for issuers that are not in use.
 */
export function takeSnapshot(
  servers: readonly AuthorizationServer[],
  waiting: readonly RestoredKeySet[],
  clock: Clock,
): Snapshot {
  const inUse = servers.flatMap(({ issuer, documents: { keySet, source } }) => {
    const copy = keySet.copy()
    if (copy === undefined || keySet.health().timeLeft === 0) return []
    const fetchedAt = clock.now() - (clock.monotonic() - copy.fetchedAt)
    return [{ issuer, source, fetchedAt, lifetime: copy.lifetime, content: copy.content }]
  })
  const issuers = new Set(servers.map(({ issuer }) => issuer))
  const others = waiting.filter(({ issuer }) => !issuers.has(issuer))
  return { version: 1, keySets: [...inUse, ...others].map(toKeySetSnapshot) }
}

function toKeySetSnapshot(keySet: RestoredKeySet): KeySetSnapshot {
  const { issuer, source, fetchedAt, lifetime, content } = keySet
  return { issuer, source, fetchedAt, lifetime, keys: toMembers(content) }
}

/** A key set of a snapshot, checked. */
export interface RestoredKeySet extends Omit<KeySetSnapshot, 'keys'> {
  readonly content: KeySet
}

/**
 * Reads a snapshot, strictly. Key sets without a usable key are left out, and members that are none of a key set.
 *
 * @throws {TypeError} where it is none, or of another version
 */
export async function readSnapshot(value: unknown): Promise<readonly RestoredKeySet[]> {
  const { version, keySets } = isJsonObject(value) ? ownMembers(value) : {}
  if (version !== 1 || !Array.isArray(keySets) || !keySets.every(isKeySetSnapshot)) {
    throw new TypeError('restore: needs what snapshot() gave, parsed from JSON')
  }
  const restored: RestoredKeySet[] = []
  for (const { issuer, source, fetchedAt, lifetime, keys } of keySets) {
    const content = await readKeySet({ keys }).catch(() => undefined)
    if (content !== undefined) restored.push({ issuer, source, fetchedAt, lifetime, content })
    await nextTurn() // importing keys costs time
  }
  return restored
}

function isKeySetSnapshot(value: unknown): value is KeySetSnapshot {
  if (!isJsonObject(value)) return false
  const { issuer, source, fetchedAt, lifetime, keys } = ownMembers(value)
  return (
    isStringArray([issuer, source]) && [fetchedAt, lifetime].every(Number.isFinite) && Array.isArray(keys)
  )
}

/** Key sets of a snapshot, which wait for their authorization server to be put to use, and for newer keys. */
export interface RestoredKeySets {
  /** Leaves out those that no options allow any more. */
  add(keySets: readonly RestoredKeySet[]): void
  /** Gives an authorization server its own. It may come anew before newer keys do. */
  readonly giveTo: (server: AuthorizationServer) => boolean
  /** Newer keys have come: these are not to be believed again. */
  drop(issuer: string): void
  clear(): void
  /** Those that some options still allow, the youngest first: 2,000 at most. */
  list(): readonly RestoredKeySet[]
}

/** Begins with none. */
export function createRestoredKeySets(clock: Clock): RestoredKeySets {
  const restored = new Map<string, RestoredKeySet>()
  const isAllowed = (keySet: RestoredKeySet) => isUsable(keySet, OLDEST, clock)
  return {
    add(keySets) {
      for (const keySet of keySets.filter(isAllowed)) restored.set(keySet.issuer, keySet)
    },
    giveTo(server) {
      const keySet = restored.get(server.issuer)
      const isTaken = keySet !== undefined && restoreKeySet(server, keySet, clock)
      if (!isTaken) restored.delete(server.issuer)
      return isTaken
    },
    drop: (issuer) => void restored.delete(issuer),
    clear: () => {
      restored.clear()
    },
    list: () =>
      [...restored.values()]
        .filter(isAllowed)
        .sort((one, other) => other.fetchedAt - one.fetchedAt)
        .slice(0, MOST_WAITING),
  }
}

/** Whether a key set is younger than `oldest`, and not from the future either. */
function isUsable({ fetchedAt }: RestoredKeySet, oldest: Seconds, clock: Clock): boolean {
  const age = clock.now() - fetchedAt
  return age >= -CLOCK_DIFFERENCE && age < oldest
}

/**
 * Gives an authorization server the keys of a snapshot, unless they are from elsewhere, too old, or it has others, and has
 * newer ones fetched.
 *
 * @returns Whether it took them.
 */
function restoreKeySet(
  { documents: { keySet, source }, refresh }: AuthorizationServer,
  restored: RestoredKeySet,
  clock: Clock,
): boolean {
  const lifetime = clampLifetime(restored.lifetime, refresh)
  if (!isUsable(restored, lifetime + refresh.staleWindow, clock)) return false
  if (source !== restored.source || keySet.copy() !== undefined) return false
  keySet.restore({
    content: restored.content,
    validator: undefined,
    lifetime,
    fetchedAt: clock.monotonic() - Math.max(0, clock.now() - restored.fetchedAt),
    confirmations: 0,
  })
  return true
}
