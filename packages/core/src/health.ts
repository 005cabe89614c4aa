import type { AuthorizationServer, AuthorizationServers } from './authorization-servers.js'
import type { OutageCode } from './refusals.js'
import type { Seconds } from './time.js'

/** How things stand with the authorization servers; ready to be sent as JSON, and without secrets. */
export interface Health {
  /** Whether there are keys for each authorization server that the configuration names. */
  readonly ready: boolean
  /** Those of the configuration, and those that were looked up and are in use. */
  readonly authorizationServers: readonly AuthorizationServerHealth[]
}

/** How things stand with one authorization server. Durations in seconds, instants in seconds since the epoch. */
export interface AuthorizationServerHealth {
  readonly issuer: string
  /** `fresh`; `stale`, where the keys are past their lifetime and still used; `unavailable`, where none may be used. */
  readonly status: 'fresh' | 'stale' | 'unavailable'
  /** The keys in hand, by their `kid`; `null` stands for a key without one. */
  readonly keys: readonly (string | null)[]
  /** Since the keys were fetched; absent before. */
  readonly age?: Seconds
  /** Until they are fetched again; absent where that is not planned, or under way. */
  readonly nextRefresh?: Seconds
  /** Since when they are past their lifetime; absent where they are not. */
  readonly staleSince?: Seconds
  /** How long they may still be used, where no others can be had. */
  readonly timeLeft: Seconds
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

function describe({ issuer, documents }: AuthorizationServer): AuthorizationServerHealth {
  const { age, nextRefresh, staleSince, timeLeft, failure } = documents.keySet.health()
  const lastFailure = failure ?? documents.metadata.health().failure
  return {
    issuer,
    status: timeLeft === 0 ? 'unavailable' : staleSince === undefined ? 'fresh' : 'stale',
    keys: (documents.keySet.copy()?.content ?? []).map(({ kid }) => kid ?? null),
    ...(age !== undefined && { age }),
    ...(nextRefresh !== undefined && { nextRefresh }),
    ...(staleSince !== undefined && { staleSince }),
    timeLeft,
    ...(lastFailure && { lastError: { code: lastFailure.error.code, at: lastFailure.at } }),
  }
}
