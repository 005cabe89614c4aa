import { ConfigurationError } from '../errors.js'
import { isStringArray, ownMembers, type JsonObject } from '../json.js'
import type { Seconds } from '../time.js'
import type { AccessTokenClaims } from '../token/claims.js'
import type { Requirement, Unmet } from './requirement.js'
import { checkScopes, isToken } from './scope-token.js'

/** How the user has to be authenticated. */
export interface NeededAuthentication {
  /** Authentication context classes (`acr`), the most wanted first: one of them is enough. */
  readonly acrValues?: readonly string[]
  /** How long ago the user may have authenticated (`auth_time`), in whole seconds. */
  readonly maxAge?: Seconds
}

/** What {@link stepUp} requires: `acrValues`, `maxAge` or both, and perhaps scopes. */
export interface StepUpOptions extends NeededAuthentication {
  /** Scopes that the route needs as well: what is lacking is told to the client at once. Default: none. */
  readonly scopes?: readonly string[]
}

const OPTIONS: readonly string[] = ['acrValues', 'maxAge', 'scopes']
/** A year. */
const LONGEST_AGE: Seconds = 31_536_000
/** Difference between the clocks to forgive, and the way from the log-in to the request. */
const TOLERANCE: Seconds = 5
/** How far ahead of ours the clock of an authorization server may be. */
const AHEAD: Seconds = 60

/**
 * Requires that the user was authenticated in a certain way, or recently. A claim that is absent, or of another type, does
 * not meet it; no level is taken to imply another.
 *
 * @param options `maxAge` is from 0 to 31536000; 5 seconds more are forgiven.
 *
 * @throws {@link ConfigurationError} where `options` names neither `acrValues` nor `maxAge`, or one cannot be used
 *
 * @example
 *   resourceServer.authorize(auth, stepUp({ acrValues: ['mfa'], maxAge: 300 }))
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9470#section-3 RFC 9470, section 3}
 */
export function stepUp(options: StepUpOptions): Requirement {
  const { scopes, authentication } = parseStepUp(options)
  const scope = scopes.join(' ')
  const isLacking: Unmet = { code: 'ERR_AUTHENTICATION_INSUFFICIENT', authentication }
  return Object.assign<Requirement, Pick<Requirement, 'scopes'>>(
    (authorization, clock) => {
      const hasScopes = scopes.every((member) => authorization.scopes.has(member))
      if (!isAuthenticated(authorization.claims, authentication, clock.now()))
        return hasScopes ? isLacking : { ...isLacking, scope }
      return hasScopes ? undefined : { code: 'ERR_SCOPE_INSUFFICIENT', scope }
    },
    { scopes },
  )
}

/** Tells what can stand in a challenge. */
export function isNeededAuthentication(value: NeededAuthentication): boolean {
  const { acrValues, maxAge } = value
  if (acrValues === undefined && maxAge === undefined) return false
  if (acrValues !== undefined && !isTokens(acrValues)) return false
  return maxAge === undefined || isAge(maxAge)
}

function isAge(value: unknown): value is Seconds {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LONGEST_AGE
}

function isTokens(values: unknown): values is readonly string[] {
  return Array.isArray(values) && values.length > 0 && values.every(isToken)
}

/** RFC 9470, section 6: `acr` is compared as it stands, the age counts from `auth_time`. */
function isAuthenticated(
  claims: AccessTokenClaims,
  { acrValues, maxAge }: NeededAuthentication,
  now: Seconds,
): boolean {
  const acr = Object.hasOwn(claims, 'acr') ? claims.acr : undefined
  if (acrValues !== undefined && !(typeof acr === 'string' && acrValues.includes(acr))) return false
  if (maxAge === undefined) return true
  const time = Object.hasOwn(claims, 'auth_time') ? claims.auth_time : undefined
  return typeof time === 'number' && time >= 0 && now - time < maxAge + TOLERANCE && time - now <= AHEAD
}

function parseStepUp(options: StepUpOptions): {
  readonly scopes: readonly string[]
  readonly authentication: NeededAuthentication
} {
  const { acrValues, maxAge, scopes = [], ...others }: JsonObject = ownMembers({ ...options })
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new ConfigurationError(unknown, `is not one of ${OPTIONS.join(', ')}`)
  if (!isStringArray(scopes)) throw new ConfigurationError('scopes', 'must be a list of scopes')
  if (scopes.length > 0) checkScopes(scopes)
  if (acrValues !== undefined && !isTokens(acrValues))
    throw new ConfigurationError('acrValues', 'must be a list of values, each printable ASCII without space')
  if (maxAge !== undefined && !isAge(maxAge))
    throw new ConfigurationError('maxAge', `must be a whole number of seconds from 0 to ${LONGEST_AGE}`)
  if (acrValues === undefined && maxAge === undefined)
    throw new ConfigurationError('acrValues', 'or maxAge is required')
  return {
    scopes: [...scopes],
    authentication: Object.freeze({
      ...(acrValues && { acrValues: Object.freeze([...acrValues]) }),
      ...(maxAge !== undefined && { maxAge }),
    }),
  }
}
