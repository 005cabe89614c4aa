import { verifySignature as verify } from '#verify'
import { toLowerCase } from '../ascii.js'
import { RefusedError } from '../errors.js'
import { ownMember } from '../json.js'
import type { KeySource } from '../keys/key-source.js'
import type { UnverifiedJwt } from './compact.js'
import { asVerified, type VerifiedClaims } from './verified.js'

/** What the header of an access token may say. */
export interface HeaderPolicy {
  /** Algorithms of this issuer; no other is ever used. */
  readonly algorithms: ReadonlySet<string>
  /** Accepted types in lower case, without `application/`; `null` stands for a header without `typ`. */
  readonly types: ReadonlySet<string | null>
}

/** The header parameters that are used. */
export interface JwsHeader {
  readonly alg: string
  readonly kid: string | undefined
}

/**
 * Checks the header of an access token. Parameters that carry or locate keys (`jwk`, `jku`, `x5c`, `x5u`) are not
 * looked at: keys come from the configured issuer alone.
 *
 * @throws {@link RefusedError} `ERR_TOKEN_HEADER`, `ERR_TOKEN_TYPE`, `ERR_TOKEN_ALGORITHM`
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 RFC 9068, section 4} and
 *   {@link https://www.rfc-editor.org/rfc/rfc8725#section-3 RFC 8725, section 3}
 */
export function checkHeader({ header }: UnverifiedJwt, policy: HeaderPolicy): JwsHeader {
  const own = (name: string): unknown => ownMember(header, name)
  const [alg, cty, kid, typ] = [own('alg'), own('cty'), own('kid'), own('typ')]
  if (own('crit') !== undefined) throw refuseHeader('crit') // RFC 7515, section 4.1.11: none is understood
  if (own('b64') !== undefined) throw refuseHeader('b64') // RFC 7797, section 7
  if (cty !== undefined && isNested(cty)) throw refuseHeader('cty') // RFC 7519, section 5.2
  if (kid !== undefined && (typeof kid !== 'string' || kid === '')) throw refuseHeader('kid')
  if (!isAmong(policy.types, typ)) {
    throw new RefusedError('ERR_TOKEN_TYPE', { cause: 'typ: see the option profile' })
  }
  if (typeof alg !== 'string' || !policy.algorithms.has(alg)) {
    throw new RefusedError('ERR_TOKEN_ALGORITHM', { cause: 'alg: see the option algorithms' })
  }
  return { alg, kid }
}

/**
 * Verifies the signature, with keys of the authorization server that the token names as its issuer and no others.
 *
 * @throws {@link RefusedError} `ERR_TOKEN_SIGNATURE`, `ERR_TOKEN_KEY`
 * @throws {@link UnavailableError} where the keys cannot be had
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-5.2 RFC 7515, section 5.2}
 */
export async function verifySignature(
  jwt: UnverifiedJwt,
  { alg, kid }: JwsHeader,
  keySource: KeySource,
): Promise<VerifiedClaims> {
  if (jwt.signature.length === 0) throw new RefusedError('ERR_TOKEN_SIGNATURE')
  const iat = ownMember(jwt.unverifiedClaims, 'iat')
  const hint = { alg, kid, issuedAt: typeof iat === 'number' ? iat : undefined }
  let cause: unknown
  const key = await keySource.find(hint, ({ jwk }) =>
    verify(jwk, alg, jwt).catch((error: unknown) => {
      cause = error
      return false
    }),
  )
  if (key === undefined) throw new RefusedError('ERR_TOKEN_SIGNATURE', { cause })
  return asVerified(jwt.unverifiedClaims)
}

/** As a rule, it is spelt as the policy spells it. */
function isAmong(types: HeaderPolicy['types'], typ: unknown): boolean {
  if (typeof typ === 'string' && types.has(typ)) return true
  return types.has(typ === undefined ? null : toMediaType(typ))
}

/** The cause names the parameter, and never its value. */
function refuseHeader(cause: string): RefusedError {
  return new RefusedError('ERR_TOKEN_HEADER', { cause })
}

function isNested(contentType: unknown): boolean {
  return typeof contentType !== 'string' || toMediaType(contentType) === 'jwt'
}

/** RFC 7515, section 4.1.9: compared without regard to case, and to `application/` where nothing else has a slash. */
function toMediaType(value: unknown): string {
  return typeof value === 'string' ? toLowerCase(value).replace(/^application\/(?=[^/]+$)/, '') : ''
}
