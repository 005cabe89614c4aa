import type { Seconds } from '@bearward/core'
import { latestAtHand, lifetimeOf } from '../support/key-sets.js'
import { ATTACKER_KEY } from '../support/tokens.js'
import type { Exchange, World } from '../support/world.js'

/** Clock difference that is forgiven. */
const TOLERANCE: Seconds = 5

/** What a request may be accepted by, apart from its token. */
export interface Limits {
  readonly staleWindow: Seconds
  /** How far the wall clock is ahead of the monotonic one. */
  readonly offset: Seconds
}

/**
 * Whether somebody who knows everything would have accepted a request: its token is the issuer's, for this API and not
 * expired, and its key stood in the last key set that came, which was not too old.
 */
export function mayAccept(world: World, exchange: Exchange, { staleWindow, offset }: Limits): boolean {
  const { token, sentAt, answeredAt = Infinity } = exchange
  if (token.key === undefined || token.key === ATTACKER_KEY || token.kind === 'other-issuer') return false
  if (token.expiresAt + TOLERANCE <= answeredAt + offset) return false
  const { kid } = token.key
  const keySets = latestAtHand(world.truth.goodKeySets(world.calls), sentAt, answeredAt)
  return keySets.some((call) => {
    const age = Math.max(sentAt, call.at) - call.at
    return call.kids?.includes(kid) === true && age < lifetimeOf(call) + staleWindow
  })
}
