import { equalsIgnoringCase } from './header.js'
import {
  learn,
  refuseAbsent,
  refuseAudience,
  refuseBound,
  refuseKind,
  refuseTimes,
  refuseTypes,
  type Learned,
} from './claims.js'
import type { Rules } from './rules.js'
import { referenceSigned, type PublishedKey } from './signature.js'

type Members = Readonly<Record<string, unknown>>

/** Members that say what kind of token it is, and what an access token may say there. */
const KINDS: readonly (readonly [string, readonly string[]])[] = [
  ['token_type', ['bearer', 'access_token']],
  ['token_use', ['access_token', 'access']],
  ['typ', ['bearer', 'at+jwt', 'application/at+jwt', 'jwt']],
]

/** What is asked of an answer: nearly all is left to the server (RFC 7662, section 2.2). */
export function toAnswerRules(rules: Rules): Rules {
  return {
    ...rules,
    presentClaims: [],
    clientIdClaims: [...new Set([...rules.clientIdClaims, 'client_id'])],
    isClientIdOptional: true,
    foreignClaims: [],
    scopeClaims: rules.scopeClaims && [...rules.scopeClaims, 'scope'],
  }
}

/** What is learned from an answer of the introspection endpoint (RFC 7662, section 2.2), or why the token is refused. */
export function referenceIntrospected(response: Members, rules: Rules, now: number): Learned | string {
  if (!Object.hasOwn(response, 'active') || response['active'] !== true)
    return 'RFC 7662, section 2.2: active'
  return (
    refuseBound(response) ??
    refuseOthers(response, rules) ??
    refuseKind(response, rules) ??
    refuseAbsent(response, rules) ??
    refuseTypes(response) ??
    refuseAudience(response, rules) ??
    refuseTimes(response, rules, now) ??
    learn(response, rules)
  )
}

function refuseOthers(response: Members, { issuer }: Rules): string | undefined {
  if (Object.hasOwn(response, 'iss') && response['iss'] !== issuer) return 'RFC 7662, section 2.2: iss'
  for (const [name, known] of KINDS) {
    const kind = response[name]
    if (!Object.hasOwn(response, name)) continue
    if (typeof kind !== 'string' || !known.some((text) => equalsIgnoringCase(kind, text)))
      return 'another kind of token'
  }
  return undefined
}

/**
 * What a signed answer says of a token (RFC 9701, section 5), or why it is not believed.
 *
 * Strict on purpose: `of now`.
 */
export async function referenceSignedAnswer(
  text: string,
  { issuer, algorithms, audiences }: Rules,
  keys: readonly PublishedKey[],
  now: number,
): Promise<Members | string> {
  const jws = await referenceSigned(text, Infinity, { types: ['token-introspection+jwt'], algorithms }, keys)
  if (typeof jws === 'string') return jws
  const { iss, aud, iat, exp = Infinity, nbf = -Infinity, token_introspection: response } = jws.claims
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  if (iss !== issuer) return 'RFC 9701, section 5: iss'
  if (!named.every((name) => typeof name === 'string')) return 'RFC 7519, section 4.1.3: aud'
  if (!audiences.some((audience) => named.includes(audience))) return 'RFC 9701, section 5: aud'
  if (typeof iat !== 'number') return 'RFC 9701, section 5: iat'
  if (typeof exp !== 'number' || now - 60 >= exp) return 'RFC 7519, section 4.1.4: exp'
  if (typeof nbf !== 'number' || now + 60 < nbf) return 'RFC 7519, section 4.1.5: nbf'
  if (now + 60 < iat || now - 300 >= iat) return 'strict on purpose: of now'
  const isObject = typeof response === 'object' && response !== null && !Array.isArray(response)
  return isObject ? (response as Members) : 'RFC 9701, section 5: token_introspection'
}

/** RFC 9110, section 8.3.1: without its parameters, in lower case. */
export function readMediaType(field: string | null): string {
  const [type = ''] = (field ?? '').split(';')
  return type.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
