import { referenceClaims } from './claims.js'
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
  const jws = await referenceSigned(credentials.token, LARGEST_TOKEN, rules, keys)
  if (typeof jws === 'string') return jws
  const { claims } = jws
  if (claims['iss'] !== rules.issuer) return 'RFC 9068, section 4: iss'
  const learned = referenceClaims(claims, rules, now)
  if (typeof learned === 'string') return learned
  const { clientId, scopes } = learned
  return { issuer: rules.issuer, subject: claims['sub'], clientId, scopes, claims, via: 'jwt' }
}
