import type { Seconds } from '@bearward/core'
import type { Call } from './calls.js'
import { AUDIENCE } from './tokens.js'
import type { Exchange, Forgetting, World } from './world.js'

/** How long verdicts are used, as it is configured. */
export interface Ages {
  readonly maxAge: Seconds
  readonly inactiveMaxAge: Seconds
}

/** Clock difference that is forgiven. */
const TOLERANCE: Seconds = 5
/** How far ahead of ours the clock of the server may be. */
const ISSUED_AHEAD: Seconds = 60

/**
 * Whether somebody who knows everything that the server said, and when, could have come to the verdict: of an answer that
 * was young enough, that nothing newer has overtaken, and that was not to be forgotten.
 */
export function isExplained(world: World, exchange: Exchange, ages: Ages): boolean {
  const { verdict, code, kind } = exchange
  if (verdict === 'cannot tell') return (exchange.retryAfter ?? 0) >= 1
  if (verdict === 'refuse' && kind === 'malformed') return true
  if (verdict !== 'accept' && verdict !== 'refuse') return false
  return world.calls
    .filter(({ token, said }) => token === exchange.text && said !== undefined)
    .filter((call) => (verdict === 'accept' ? allows(call, exchange) : findFlaw(call, exchange) === code))
    .some((call) => mayServe(world, call, exchange, longestUse(call, exchange, ages)))
}

/** How long an answer is used; one that is still to come is shared, whatever it will say. */
function longestUse({ said, endOrder = Infinity }: Call, { order }: Exchange, ages: Ages): Seconds {
  if (endOrder > order || said?.['active'] === true) return ages.maxAge
  return said?.['active'] === false ? ages.inactiveMaxAge : 0
}

/** Whether what was said allows the request, with these scopes. */
function allows(call: Call, exchange: Exchange): boolean {
  const { said } = call
  const { sentWall, auth } = exchange
  const isAtHand = (call.endOrder ?? Infinity) < exchange.order
  const exp = said?.['exp']
  if (isAtHand && typeof exp === 'number' && sentWall >= exp) return false
  const scopes = [...(auth?.scopes ?? [])].join(' ')
  return findFlaw(call, exchange) === undefined && said?.['scope'] === scopes
}

/** What is wrong with an active token, by what was said of it. */
function findFlaw({ said = {} }: Call, { answeredWall }: Exchange): string | undefined {
  const { active, aud, exp, iat } = said
  if (active !== true) return 'ERR_TOKEN_INACTIVE'
  if (aud !== AUDIENCE) return 'ERR_TOKEN_AUDIENCE'
  if (typeof exp === 'number' && answeredWall >= exp + TOLERANCE) return 'ERR_TOKEN_EXPIRED'
  return typeof iat === 'number' && answeredWall < iat - ISSUED_AHEAD ? 'ERR_TOKEN_NOT_YET_VALID' : undefined
}

/** Whether a request may get the verdict of a call: one that was asked for it, or an earlier one that it may share. */
function mayServe(world: World, call: Call, exchange: Exchange, longest: Seconds): boolean {
  const { order, sentAt, answeredAt = Infinity, maxAge } = exchange
  if ((call.endedAt ?? Infinity) > answeredAt) return false
  if (call.order > order) return true
  if (sentAt - call.at >= Math.min(maxAge, longest)) return false
  const isBetween = (other: number | undefined) => other !== undefined && other > call.order && other < order
  const isForgotten = world.forgettings.some(
    (forgetting) => isBetween(forgetting.order) && concerns(world, forgetting, call),
  )
  const isOvertaken = world.calls.some(
    (other) =>
      other.token === call.token &&
      typeof other.said?.['active'] === 'boolean' &&
      other.order > call.order &&
      isBetween(other.endOrder),
  )
  return !isForgotten && !isOvertaken
}

/** Whether an answer is to be forgotten. One that says no more than that a token is not active says not whose it is. */
function concerns({ tokens }: World, { text, criteria }: Forgetting, { token, said }: Call): boolean {
  if (criteria === undefined) return text === token
  return said?.['active'] === true && tokens.fits(token, criteria)
}

/** Whether a token that was accepted had not been revoked for longer than a verdict may be used. */
export function isTimely({ tokens }: World, exchange: Exchange, { maxAge }: Ages): boolean {
  const { verdict, text, sentAt, answeredAt = Infinity } = exchange
  if (verdict !== 'accept') return true
  return tokens.wasActive(text, sentAt - Math.min(maxAge, exchange.maxAge), answeredAt)
}
