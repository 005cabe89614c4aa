import { decodeBase64url } from '../base64url.js'
import { RefusedError } from '../errors.js'
import { isJsonObject, ownMembers, parseJsonObject, type JsonObject } from '../json.js'
import { readPublicKey, toVerificationKey } from '../keys/jwk.js'
import { toThumbprint } from '../keys/thumbprint.js'

/** A DPoP proof whose spelling has been checked, and the types of its claims; whoever sent it may have written all of it. */
export interface UnverifiedProof {
  /** The compact serialization, as received. */
  readonly compact: string
  /** The first two parts. */
  readonly signingInput: string
  /** The first part, as received. */
  readonly header: string
  readonly signature: Uint8Array
  readonly claims: ProofClaims
}

/** The claims that are used (RFC 9449, section 4.2). */
export interface ProofClaims {
  readonly jti: string
  readonly htm: string
  readonly htu: string
  /** In seconds since the epoch. */
  readonly iat: number
  readonly ath: string
  readonly nonce: unknown
}

/** The key of a proof, and what it signs with. */
export interface ProofKey {
  readonly alg: string
  /** Public members only. */
  readonly jwk: NonNullable<Awaited<ReturnType<typeof toVerificationKey>>>['jwk']
}

/** In characters. An RSA key of 8192 bits, which is the largest, needs 2,000. */
const LONGEST_PROOF = 8_192
/** Members of private and of symmetric keys (RFC 7518, sections 6.2.2, 6.3.2 and 6.4; RFC 8037, section 2). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/**
 * Parses a DPoP proof, strictly: a JWT in JWS compact serialization with all claims that a resource server needs.
 *
 * @throws {@link RefusedError} `ERR_PROOF_MALFORMED`
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-4.3 RFC 9449, section 4.3}, steps 2 and 3
 */
export function parseProof(compact: string): UnverifiedProof {
  const [header, payload, signature, ...others] = compact.length > LONGEST_PROOF ? [] : compact.split('.', 4)
  if (header === undefined || payload === undefined || signature === undefined || others.length > 0) {
    throw new RefusedError('ERR_PROOF_MALFORMED')
  }
  const bytes = decodeBase64url(signature)
  const claims = parsePart(payload)
  if (bytes === undefined || claims === undefined) throw new RefusedError('ERR_PROOF_MALFORMED')
  const signingInput = compact.slice(0, compact.lastIndexOf('.'))
  return { compact, signingInput, header, signature: bytes, claims: checkClaims(claims) }
}

/**
 * Finds the key of a proof in its header.
 *
 * @param thumbprint Of the key that the token is bound to: another one is not worth the work of importing it, and anybody can
 *   send one.
 *
 * @throws {@link RefusedError} `ERR_PROOF_MALFORMED`, `ERR_PROOF_HEADER`, `ERR_PROOF_ALGORITHM`, `ERR_TOKEN_KEY_BINDING`
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-4.3 RFC 9449, section 4.3}, steps 4, 5 and 7
 */
export async function readProofKey(
  { header }: UnverifiedProof,
  algorithms: ReadonlySet<string>,
  thumbprint: string,
): Promise<ProofKey> {
  const parameters = parsePart(header)
  if (parameters === undefined) throw new RefusedError('ERR_PROOF_MALFORMED')
  const { typ, alg, jwk, crit, b64 } = ownMembers(parameters)
  if (crit !== undefined || b64 !== undefined) throw refuseHeader('crit') // RFC 7515, section 4.1.11: none is understood
  if (typeof typ !== 'string' || !/^(?:application\/)?dpop\+jwt$/i.test(typ)) throw refuseHeader('typ')
  if (typeof alg !== 'string' || !algorithms.has(alg)) throw new RefusedError('ERR_PROOF_ALGORITHM')
  if (!isJsonObject(jwk) || PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name)))
    throw refuseHeader('jwk')
  const named = isCanonical(jwk) ? readPublicKey(jwk) : undefined
  if (named?.algorithms.includes(alg) !== true) throw refuseHeader('jwk')
  if (toThumbprint(named.jwk) !== thumbprint) throw new RefusedError('ERR_TOKEN_KEY_BINDING') // step 12
  const key = await toVerificationKey(jwk)
  if (key?.algorithms.has(alg) !== true) throw refuseHeader('jwk')
  return { alg, jwk: key.jwk }
}

function checkClaims(claims: JsonObject): ProofClaims {
  const { jti, htm, htu, iat, ath, nonce } = ownMembers(claims)
  if (!isText(jti)) throw malformed('jti')
  if (!isText(htm)) throw malformed('htm')
  if (!isText(htu)) throw malformed('htu')
  if (typeof iat !== 'number') throw malformed('iat')
  if (!isText(ath)) throw malformed('ath')
  return { jti, htm, htu, iat, ath, nonce }
}

/** An integer with a zero in front would have another thumbprint than without (RFC 7638, section 7; RFC 7518, section 2). */
function isCanonical({ kty, n, e }: JsonObject): boolean {
  return kty !== 'RSA' || [n, e].every((value) => isText(value) && decodeBase64url(value)?.[0] !== 0)
}

function parsePart(part: string): JsonObject | undefined {
  const bytes = decodeBase64url(part)
  return bytes && parseJsonObject(bytes)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** The causes name the claim or parameter, and never its value. */
function malformed(cause: string): RefusedError {
  return new RefusedError('ERR_PROOF_MALFORMED', { cause })
}

function refuseHeader(cause: string): RefusedError {
  return new RefusedError('ERR_PROOF_HEADER', { cause })
}
