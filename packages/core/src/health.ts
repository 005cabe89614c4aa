import type { AuthorizationServer, AuthorizationServers } from './authorization-servers.js'
import { findNeeded, type Documents } from './documents.js'
import type { OutageCode } from './refusals.js'
import type { Seconds } from './time.js'

/** How things stand with the authorization servers; ready to be sent as JSON, and without secrets. */
export interface Health {
  /** Whether there is what it takes to judge tokens of each authorization server that the configuration names. */
  readonly ready: boolean
  /** Those of the configuration, and those that were looked up and are in use. */
  readonly authorizationServers: readonly AuthorizationServerHealth[]
}

/**
 * How things stand with one authorization server. Durations in seconds, instants in seconds since the epoch. `status` and
 * times are those of its keys; where all its tokens are introspected, and the endpoint is looked up, of its metadata.
 */
export interface AuthorizationServerHealth {
  readonly issuer: string
  /** `fresh`; `stale`, where the keys are past their lifetime and still used; `unavailable`, where none may be used. */
  readonly status: 'fresh' | 'stale' | 'unavailable'
  /** Whether its introspection endpoint may be asked, and why not; absent where none is. */
  readonly introspection?: { readonly paused: boolean; readonly code?: OutageCode }
  /** The keys in hand, by their `kid`; `null` stands for a key without one. */
  readonly keys: readonly (string | null)[]
  /** Since the keys were fetched; absent before. */
  readonly age?: Seconds
  /** Until they are fetched again; absent where that is not planned, or under way. */
  readonly nextRefresh?: Seconds
  /** Since when they are past their lifetime; absent where they are not. */
  readonly staleSince?: Seconds
  /** How long they may still be used, where no others can be had; absent where none are needed. */
  readonly timeLeft?: Seconds
  /** Why the last fetch, of keys or metadata, failed, and when; absent where it did not. */
  readonly lastError?: { readonly code: OutageCode; readonly at: Seconds }
}

/** Makes no request. */
export function toHealth({ configured, lookedUp }: AuthorizationServers): Health {
  const named = configured.map(describe)
  return {
    ready: named.every(({ status }) => status !== 'unavailable'),
    authorizationServers: [...named, ...lookedUp().map(describe)],
  }
}

function describe({ issuer, documents, introspection }: AuthorizationServer): AuthorizationServerHealth {
  const pause = introspection?.failure()
  return {
    issuer,
    ...describeDocuments(documents),
    ...(introspection && {
      introspection: { paused: pause !== undefined, ...(pause && { code: pause.code }) },
    }),
  }
}

function describeDocuments(
  documents: Documents,
): Omit<AuthorizationServerHealth, 'introspection' | 'issuer'> {
  const { keySet, metadata } = documents
  const needed = findNeeded(documents)
  if (needed === undefined) return { status: 'fresh', keys: [] }
  const { age, nextRefresh, staleSince, timeLeft, failure } = needed.health()
  const lastFailure = failure ?? metadata.health().failure
  return {
    status: timeLeft === 0 ? 'unavailable' : staleSince === undefined ? 'fresh' : 'stale',
    keys: (keySet.copy()?.content ?? []).map(({ kid }) => kid ?? null),
    ...(age !== undefined && { age }),
    ...(nextRefresh !== undefined && { nextRefresh }),
    ...(staleSince !== undefined && { staleSince }),
    timeLeft,
    ...(lastFailure && { lastError: { code: lastFailure.error.code, at: lastFailure.at } }),
  }
}
