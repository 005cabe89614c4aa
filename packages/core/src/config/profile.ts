import type { ScopePolicy } from '../authorization/scope.js'
import { ConfigurationError } from '../errors.js'
import { isJsonObject } from '../json.js'
import { FOREIGN_CLAIMS, KIND_CLAIMS, type ClaimsPolicy } from '../token/claims.js'
import type { HeaderPolicy } from '../token/jwt.js'
import { PROFILES, type ScopesFrom } from '../token/profile.js'
import { copyOptions, parseMembers, parseStrings, type Unchecked } from './check.js'

/** The checked profile of an access token, by the stage that uses it. */
export interface ProfileConfig {
  readonly types: HeaderPolicy['types']
  readonly claims: Omit<ClaimsPolicy, 'audiences' | 'clockTolerance' | 'maxTokenAge'>
  readonly scopes: ScopePolicy
}

const PROFILE_OPTIONS = [
  'typ',
  'optionalClaims',
  'clientIdClaim',
  'audienceClaim',
  'scopesFrom',
  'requiredClaims',
]
/** RFC 9068, section 2.2, besides the audience and the client identifier, which may stand under other names. */
const PRESENT_CLAIMS = ['iss', 'exp', 'sub', 'iat', 'jti']
const OPTIONAL_CLAIMS = ['client_id', 'iat', 'jti', 'sub']

/**
 * Checks a profile, given by name or in full.
 *
 * @param scopesFrom The option of that name, which wins over the profile's.
 *
 * @throws {@link ConfigurationError}
 */
export function parseProfile(profile: unknown = 'rfc9068', scopesFrom: unknown): ProfileConfig {
  const options = copyOptions(readProfile(profile), 'profile', PROFILE_OPTIONS)
  const { typ = ['at+jwt'], optionalClaims = [], clientIdClaim = 'client_id' } = options
  const optional =
    Array.isArray(optionalClaims) && optionalClaims.length === 0
      ? []
      : parseMembers([optionalClaims].flat(), 'profile.optionalClaims', OPTIONAL_CLAIMS)
  const types = parseMembers([typ].flat(), 'profile.typ', ['at+jwt', 'JWT', null])
  const requiredClaims = parseRequiredClaims(options)
  const [audienceClaim = 'aud'] = parseMembers([options['audienceClaim'] ?? 'aud'], 'profile.audienceClaim', [
    'aud',
    'client_id',
  ] as const)
  return {
    types: new Set(types.map((type) => type?.toLowerCase() ?? null)),
    claims: {
      audienceClaims: audienceClaim === 'aud' ? ['aud'] : ['aud', audienceClaim],
      presentClaims: PRESENT_CLAIMS.filter((name) => !optional.includes(name)),
      clientIdClaims: parseStrings(clientIdClaim, 'profile.clientIdClaim'),
      isClientIdOptional: optional.includes('client_id'),
      foreignClaims: findForeignClaims(types, requiredClaims),
      requiredClaims,
    },
    scopes:
      parseScopesFrom(scopesFrom, 'scopesFrom') ??
      parseScopesFrom(options['scopesFrom'], 'profile.scopesFrom'),
  }
}

/** A header that names no kind leaves it to the claims; a claim that names one lets access tokens repeat a `nonce`. */
function findForeignClaims(
  types: readonly (string | null)[],
  requiredClaims: ReadonlyMap<string, string>,
): readonly string[] {
  if (types.every((type) => type === 'at+jwt')) return []
  const isKindNamed = KIND_CLAIMS.some((name) => requiredClaims.has(name))
  return isKindNamed ? FOREIGN_CLAIMS.filter((name) => name !== 'nonce') : FOREIGN_CLAIMS
}

function readProfile(profile: unknown): unknown {
  if (typeof profile !== 'string') return profile
  const found = Object.entries(PROFILES).find(([name]) => name === profile)
  if (found === undefined) {
    throw new ConfigurationError(
      'profile',
      `must be an object, or one of ${Object.keys(PROFILES).join(', ')}`,
    )
  }
  return found[1]
}

function parseRequiredClaims({ requiredClaims = {} }: Unchecked): ReadonlyMap<string, string> {
  const entries: readonly (readonly [string, unknown])[] | undefined = isJsonObject(requiredClaims)
    ? Object.entries(requiredClaims)
    : undefined
  if (entries?.every(isClaimValue)) return new Map(entries)
  throw new ConfigurationError(
    'profile.requiredClaims',
    'must be an object of claims and their non-empty strings',
  )
}

function isClaimValue(entry: readonly [string, unknown]): entry is readonly [string, string] {
  return typeof entry[1] === 'string' && entry[1] !== ''
}

function parseScopesFrom(value: unknown, name: string): ScopePolicy {
  if (value === undefined) return undefined
  return typeof value === 'function'
    ? (value as Extract<ScopesFrom, (claims: never) => unknown>)
    : parseStrings(value, name)
}
