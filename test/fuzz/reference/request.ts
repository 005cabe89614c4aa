import { isActor } from './actors.js'
import { referenceClaims, refuseBound } from './claims.js'
import { referenceCredentials } from './credentials.js'
import type { Rules } from './rules.js'
import { referenceSigned, type PublishedKey } from './signature.js'

/** In characters: the default of `maxTokenSize`. */
const LARGEST_TOKEN = 16_384

/**
 * Who makes a request, by RFC 6750, section 2, and RFC 9068, section 4; or why it is refused.
 *
 * @param fields Values of the field `Authorization`.
 */
export async function referenceRequest(
  fields: readonly string[],
  rules: Rules,
  keys: readonly PublishedKey[],
  now: number,
): Promise<object | string> {
  const submitted = { method: 'GET', secure: undefined, fields, form: undefined }
  const credentials = referenceCredentials(submitted, { requireTls: false, header: true, body: false })
  if (typeof credentials === 'string') return credentials
  const who = await referenceToken(credentials.token, rules, keys, now)
  if (typeof who === 'string') return who
  return refuseBound(who.claims) ?? who
}

/** Who a token speaks of. */
export interface Who {
  readonly issuer: string
  readonly subject: unknown
  readonly clientId: string | undefined
  readonly scopes: readonly string[]
  readonly claims: Readonly<Record<string, unknown>>
  readonly via: 'jwt'
}

/** Of whom a token speaks, whatever it is bound to; or why it is refused. */
export async function referenceToken(
  token: string,
  rules: Rules,
  keys: readonly PublishedKey[],
  now: number,
): Promise<Who | string> {
  const jws = await referenceSigned(token, LARGEST_TOKEN, rules, keys)
  if (typeof jws === 'string') return jws
  const { claims } = jws
  if (claims['iss'] !== rules.issuer) return 'RFC 9068, section 4: iss'
  const unbound = Object.fromEntries(Object.entries(claims).filter(([name]) => name !== 'cnf'))
  const learned = referenceClaims(unbound, rules, now)
  if (typeof learned === 'string') return learned
  if (Object.hasOwn(claims, 'act') && !isActor(claims['act'])) return 'RFC 8693, section 4.1: act'
  const { clientId, scopes } = learned
  return { issuer: rules.issuer, subject: claims['sub'], clientId, scopes, claims, via: 'jwt' }
}
