import type { Rules } from './rules.js'

type Members = Readonly<Record<string, unknown>>

/** 9999-12-31T23:59:59Z. */
const LAST_SECOND = 253402300799
/** FAPI 2.0 Security Profile, section 5.3.2.1, refuses an `iat` past 60 seconds ahead. */
const AHEAD = 60

/** What a resource server learns from a token that it accepts. */
export interface Learned {
  readonly clientId: string | undefined
  readonly scopes: readonly string[]
}

/** What is learned from the claims of an access token, or why they are refused. */
export function referenceClaims(claims: Members, rules: Rules, now: number): Learned | string {
  return (
    refuseBound(claims) ??
    refuseKind(claims, rules) ??
    refuseAbsent(claims, rules) ??
    refuseTypes(claims) ??
    refuseAudience(claims, rules) ??
    refuseTimes(claims, rules, now) ??
    learn(claims, rules)
  )
}

/** What is learned, once everything has been checked. */
export function learn(claims: Members, rules: Rules): Learned | string {
  const clientIdClaim = rules.clientIdClaims.find((name) => Object.hasOwn(claims, name))
  const clientId = clientIdClaim === undefined ? undefined : claims[clientIdClaim]
  if (clientIdClaim !== undefined && !isText(clientId)) return 'RFC 8693, section 4.3: client_id is a text'
  const scopes = findScopes(claims, rules.scopeClaims)
  if (scopes === undefined) return 'RFC 8693, section 4.2: scope is a text of words'
  return {
    clientId: clientId as string | undefined,
    scopes: [...new Set(scopes)].filter((scope) => scope !== ''),
  }
}

/** RFC 7800, section 3.1: whatever is in it. */
export function refuseBound(claims: Members): string | undefined {
  return Object.hasOwn(claims, 'cnf') ? 'RFC 9449, section 7.2: a bound token needs a proof' : undefined
}

/** Strict on purpose: `claims that other kinds of tokens have` (RFC 8725, section 3.12). */
export function refuseKind(claims: Members, { foreignClaims, requiredClaims }: Rules): string | undefined {
  if (foreignClaims.some((name) => Object.hasOwn(claims, name)))
    return 'claims that other kinds of tokens have'
  const isAsRequired = Object.entries(requiredClaims).every(
    ([name, value]) => Object.hasOwn(claims, name) && claims[name] === value,
  )
  return isAsRequired ? undefined : 'the profile: requiredClaims'
}

/** RFC 9068, section 2.2. */
export function refuseAbsent(claims: Members, rules: Rules): string | undefined {
  const hasClient =
    rules.isClientIdOptional || rules.clientIdClaims.some((name) => Object.hasOwn(claims, name))
  return hasClient && rules.presentClaims.every((name) => Object.hasOwn(claims, name))
    ? undefined
    : 'RFC 9068, section 2.2: a required claim'
}

/** Strict on purpose: `names are not empty`, `times are of four-digit years`. `null` is a value of the wrong type. */
export function refuseTypes(claims: Members): string | undefined {
  for (const name of ['iss', 'sub', 'client_id', 'jti'])
    if (Object.hasOwn(claims, name) && !isText(claims[name])) return 'RFC 7519, section 4.1: a StringOrURI'
  for (const name of ['exp', 'nbf', 'iat']) {
    const time = claims[name]
    if (!Object.hasOwn(claims, name)) continue
    if (typeof time !== 'number' || !(time >= 0 && time <= LAST_SECOND))
      return 'RFC 7519, section 2: a NumericDate'
  }
  const { aud } = claims
  if (!Object.hasOwn(claims, 'aud') || typeof aud === 'string') return undefined
  const isList = Array.isArray(aud) && aud.length > 0 && aud.every((member) => typeof member === 'string')
  return isList ? undefined : 'RFC 7519, section 4.1.3: a text, or a list of them'
}

/** RFC 9068, section 4. */
export function refuseAudience(claims: Members, { audiences, audienceClaims }: Rules): string | undefined {
  const name = audienceClaims.find((candidate) => Object.hasOwn(claims, candidate))
  const value = name === undefined ? undefined : claims[name]
  const named: readonly unknown[] = Array.isArray(value) ? value : [value]
  return audiences.some((audience) => named.includes(audience)) ? undefined : 'RFC 9068, section 4: aud'
}

/** RFC 7519, sections 4.1.4 to 4.1.6. */
export function refuseTimes(
  { exp, nbf, iat }: Members,
  { clockTolerance, maxTokenAge }: Rules,
  now: number,
): string | undefined {
  if (typeof exp === 'number' && now - clockTolerance >= exp) return 'RFC 7519, section 4.1.4: exp'
  if (typeof nbf === 'number' && now + clockTolerance < nbf) return 'RFC 7519, section 4.1.5: nbf'
  if (typeof iat === 'number' && now + Math.max(AHEAD, clockTolerance) < iat) return 'issued ahead'
  if (maxTokenAge === undefined) return undefined
  return typeof iat === 'number' && now - clockTolerance <= iat + maxTokenAge ? undefined : 'maxTokenAge'
}

/** RFC 9068, section 2.2.3, and RFC 7643, section 2.4, where the profile lets it be a list. */
function findScopes(claims: Members, names: readonly string[] | undefined): readonly string[] | undefined {
  const name = (names ?? ['scope']).find((candidate) => Object.hasOwn(claims, candidate))
  if (name === undefined) return []
  const value = claims[name]
  if (typeof value === 'string') return value.split(' ')
  if (names === undefined || !Array.isArray(value)) return undefined
  const scopes: string[] = []
  for (const member of value as readonly unknown[]) {
    const isAttribute = typeof member === 'object' && member !== null && !Array.isArray(member)
    const scope: unknown = isAttribute ? (member as { readonly value?: unknown }).value : member
    if (typeof scope !== 'string') return undefined
    scopes.push(scope)
  }
  return scopes
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
