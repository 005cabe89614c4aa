import { setImmediate as nextTurn } from 'node:timers/promises'
import type { JWK } from 'jose'
import type { AuthorizationServer } from './authorization-servers.js'
import { isJsonObject, isStringArray, ownMembers } from './json.js'
import { clampLifetime } from './http/outcome.js'
import { readKeySet, toMembers, type KeySet } from './keys/key-set.js'
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

/**
 * Takes the key sets that may still be used.
 *
 * @param waiting Restored ones, of issuers of which no other has come since.
 */
export function takeSnapshot(
  servers: readonly AuthorizationServer[],
  waiting: readonly RestoredKeySet[],
  clock: Clock,
): Snapshot {
  const keySets = servers.flatMap(({ issuer, documents: { keySet, source } }) => {
    const copy = keySet.copy()
    if (copy === undefined || keySet.health().timeLeft === 0) return []
    const fetchedAt = clock.now() - (clock.monotonic() - copy.fetchedAt)
    return [{ issuer, source, fetchedAt, lifetime: copy.lifetime, keys: toMembers(copy.content) }]
  })
  const taken = new Set(keySets.map(({ issuer }) => issuer))
  const others = waiting
    .filter(({ issuer }) => !taken.has(issuer))
    .map(({ content, ...rest }) => ({ ...rest, keys: toMembers(content) }))
  return { version: 1, keySets: [...keySets, ...others] }
}

/** A key set of a snapshot, checked. */
export interface RestoredKeySet extends Omit<KeySetSnapshot, 'keys'> {
  readonly content: KeySet
}

/**
 * Reads a snapshot, strictly. Key sets without a usable key are left out.
 *
 * @throws {TypeError} where it is none, or of another version
 */
export async function readSnapshot(value: unknown): Promise<readonly RestoredKeySet[]> {
  const { version, keySets } = isJsonObject(value) ? ownMembers(value) : {}
  if (version !== 1 || !Array.isArray(keySets) || !keySets.every(isKeySetSnapshot)) {
    throw new TypeError('restore: needs what snapshot() gave, parsed from JSON')
  }
  const restored: RestoredKeySet[] = []
  for (const { keys, ...rest } of keySets) {
    const content = await readKeySet({ keys }).catch(() => undefined)
    if (content !== undefined) restored.push({ ...rest, content })
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
  add(keySets: readonly RestoredKeySet[]): void
  /** Gives an authorization server its own. It may come anew before newer keys do. */
  readonly giveTo: (server: AuthorizationServer) => boolean
  /** Newer keys have come: these are not to be believed again. */
  drop(issuer: string): void
  clear(): void
  list(): readonly RestoredKeySet[]
}

/** Begins with none. */
export function createRestoredKeySets(clock: Clock): RestoredKeySets {
  const restored = new Map<string, RestoredKeySet>()
  return {
    add(keySets) {
      for (const keySet of keySets) restored.set(keySet.issuer, keySet)
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
    list: () => [...restored.values()],
  }
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
  const age = clock.now() - restored.fetchedAt
  const lifetime = clampLifetime(restored.lifetime, refresh)
  if (age < -CLOCK_DIFFERENCE || age >= lifetime + refresh.staleWindow) return false
  if (source !== restored.source || keySet.copy() !== undefined) return false
  keySet.restore({
    content: restored.content,
    validator: undefined,
    lifetime,
    fetchedAt: clock.monotonic() - Math.max(0, age),
    confirmations: 0,
  })
  return true
}
