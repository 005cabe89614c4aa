import type { Scheme } from '../binding/confirmation.js'
import type { RefusedError, ResponseHeaders } from '../errors.js'
import { serializeChallenge } from './serialize.js'

/** What every challenge of a resource server says. */
export interface ChallengePolicy {
  readonly realm: string
  /** Absolute URI of a page for developers. */
  readonly errorUri: string | undefined
  /** Where the protected resource metadata is (RFC 9728, section 5.1). */
  readonly resourceMetadata: string | undefined
  /** Scopes that a client asks for to begin with, separated by spaces. */
  readonly scope: string | undefined
  /** Schemes that are accepted: one at least, each with a challenge of its own. */
  readonly schemes: readonly Scheme[]
  /** Signature algorithms of DPoP proofs, in the order of preference. */
  readonly proofAlgorithms: readonly string[]
  /** Makes a nonce for a client whose proof needs one. */
  issueNonce(): string | undefined
}

/**
 * The header fields that go with a refusal: a challenge for each accepted scheme, and no storing.
 *
 * Without credentials in the request there is no `error`, `error_description` or `error_uri` either. With them, the challenge
 * of their scheme alone has it; each one, where that cannot be told, or their scheme is not accepted.
 *
 * @param scheme Of the credentials.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3 RFC 6750, section 3}, and RFC 9449, sections 7.1, 7.2 and 9
 */
export function refusalHeaders(
  refusal: RefusedError,
  policy: ChallengePolicy,
  scheme: Scheme | undefined,
): ResponseHeaders {
  const concerned = policy.schemes.filter((offered) => offered === scheme)
  const withError = concerned.length > 0 ? concerned : policy.schemes
  const offered = refusal.status === 403 ? withError : policy.schemes // another scheme would not allow more
  const [only = '', ...others] = offered.map((name) =>
    serializeChallenge({ scheme: name, parameters: toParameters(name, withError, refusal, policy) }),
  )
  const nonce = refusal.error === 'use_dpop_nonce' ? policy.issueNonce() : undefined
  return {
    'Cache-Control': 'no-store',
    ...(nonce !== undefined && { 'DPoP-Nonce': nonce }), // RFC 9449, section 9
    'WWW-Authenticate': others.length > 0 ? [only, ...others] : only,
  }
}

/** What the challenge of a scheme says that the refusal is not about. */
const UNTOLD: Partial<RefusedError> = {}

function toParameters(
  scheme: Scheme,
  withError: readonly Scheme[],
  refusal: RefusedError,
  { realm, errorUri, proofAlgorithms, resourceMetadata, ...policy }: ChallengePolicy,
): readonly (readonly [name: string, value: string])[] {
  const isConcerned = withError.includes(scheme)
  const { error, description, authentication } = isConcerned ? refusal : UNTOLD
  const parameters = {
    realm,
    algs: scheme === 'DPoP' ? proofAlgorithms.join(' ') : undefined,
    scope: isConcerned ? (refusal.scope ?? firstScope(refusal, policy)) : undefined,
    error,
    error_description: error && description,
    error_uri: error && errorUri,
    acr_values: authentication?.acrValues?.join(' '), // RFC 9470, section 3
    max_age: authentication?.maxAge?.toString(),
    resource_metadata: resourceMetadata,
  }
  return Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
}

/** Who has no good token has to ask for one, and must know what for. */
function firstScope(
  { status, authentication }: RefusedError,
  { scope }: Pick<ChallengePolicy, 'scope'>,
): string | undefined {
  return status === 401 && authentication === undefined ? scope : undefined
}
