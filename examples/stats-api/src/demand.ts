import { RefusedError } from '@bearward/express'
import { parseChallenges } from '@bearward/testing'

/** What an answer must be. */
export interface Demand {
  readonly status: number
  /** All parameters of its one Bearer challenge, or no challenge. */
  readonly challenge?: Readonly<Record<string, string>>
  /** Whether it says when to try again. */
  readonly retryAfter?: true
}

/** A response, as far as demands go. */
export type Answer = Pick<Response, 'headers' | 'status'>

type RefusalCode = RefusedError['code']

/** The realm that an API has unless it is configured. */
const REALM = { realm: 'protected resource' }

/** The token is good, and allows it. */
export function accepted(status: 200 | 201): Demand {
  return { status }
}

/** No token: only how to authenticate, and no error (RFC 6750, section 3.1). */
export const UNAUTHENTICATED: Demand = { status: 401, challenge: REALM }

/** The token is not good, for this reason and for no other. */
export function refused(reason: RefusalCode): Demand {
  return { status: 401, challenge: { ...REALM, error: 'invalid_token', ...describe(reason) } }
}

/** The token is good, but does not allow it; this scope would. */
export function insufficient(scope: string): Demand {
  const error = 'insufficient_scope'
  return { status: 403, challenge: { ...REALM, scope, error, ...describe('ERR_SCOPE_INSUFFICIENT') } }
}

/** Nobody can tell now whether the token is good. Not the fault of the client: no challenge. */
export const UNAVAILABLE: Demand = { status: 503, retryAfter: true }

/** In what an answer differs from what is demanded: nothing, if all is well. */
export function findProblems({ status, headers }: Answer, demand: Demand): readonly string[] {
  const [challenge, ...others] = parseChallenges(headers.get('www-authenticate'))
  const expected = new Map(Object.entries(demand.challenge ?? {}))
  const received = challenge?.parameters ?? new Map<string, string>()
  const names = new Set([...expected.keys(), ...received.keys()])
  const retryAfter = headers.get('retry-after')?.replace(/^[1-9]\d*$/, 'seconds')
  return [
    compare('status', String(demand.status), String(status)),
    compare('challenge', demand.challenge && 'Bearer', challenge?.scheme),
    ...others.map(({ scheme }) => compare('second challenge', undefined, scheme)),
    ...[...names].map((name) => compare(name, expected.get(name), received.get(name))),
    compare('Retry-After', demand.retryAfter && 'seconds', retryAfter),
  ].flat()
}

function compare(what: string, expected = 'none', got = 'none'): readonly string[] {
  return expected === got ? [] : [`${what}: expected ${expected}, got ${got}`]
}

function describe(reason: RefusalCode) {
  return { error_description: new RefusedError(reason).description }
}
