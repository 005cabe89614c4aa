import { RefusedError } from '../../src/errors.js'
import type { JsonObject } from '../../src/json.js'
import { checkClaims, type ClaimsPolicy } from '../../src/token/claims.js'
import { asVerified, type VerifiedClaims } from '../../src/token/verified.js'

/** Wall-clock time in these tests. */
export const NOW = 1_000_000

/** What RFC 9068 demands, with 5 seconds of tolerance. */
export const POLICY: ClaimsPolicy = {
  audiences: new Set(['https://api.example.com', 'urn:api']),
  audienceClaims: ['aud'],
  presentClaims: ['iss', 'exp', 'sub', 'iat', 'jti'],
  clientIdClaims: ['client_id'],
  isClientIdOptional: false,
  requiredClaims: new Map(),
  foreignClaims: [],
  clockTolerance: 5,
  maxTokenAge: undefined,
}

/** Demands nothing that is not always demanded. */
export const LAX: ClaimsPolicy = {
  ...POLICY,
  audiences: undefined,
  presentClaims: [],
  isClientIdOptional: true,
}

const GOOD: JsonObject = {
  iss: 'https://as.example.com',
  exp: NOW + 300,
  aud: 'https://api.example.com',
  sub: 'alice',
  client_id: 'reporter',
  iat: NOW - 10,
  jti: '1',
}

/** Claims that {@link POLICY} accepts, but for these; `undefined` leaves one out. */
export function claimsWith(changes: JsonObject = {}): VerifiedClaims {
  const entries = Object.entries({ ...GOOD, ...changes })
  return asVerified(Object.fromEntries(entries.filter(([, value]) => value !== undefined)))
}

/** What comes of a check: `accepted`, or the code of the refusal with its cause, as `ERR_TOKEN_TYPE: typ`. */
export function judge(check: () => unknown): string {
  try {
    check()
    return 'accepted'
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    return typeof error.cause === 'string' ? `${error.code}: ${error.cause}` : error.code
  }
}

/** What `checkClaims` says of good claims with these changes. */
export function judgeClaims(changes: JsonObject, policy: Partial<ClaimsPolicy> = {}, now = NOW): string {
  return judge(() => checkClaims(claimsWith(changes), { ...POLICY, ...policy }, now))
}
