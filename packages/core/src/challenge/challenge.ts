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
}

/**
 * The header fields that go with a refusal: one challenge, and no storing.
 *
 * Without credentials in the request there is no `error`, `error_description` or `error_uri` either.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3 RFC 6750, section 3}
 */
export function refusalHeaders(refusal: RefusedError, policy: ChallengePolicy): ResponseHeaders {
  const { error, description, authentication } = refusal
  const parameters = Object.entries({
    realm: policy.realm,
    scope: refusal.scope ?? firstScope(refusal, policy),
    error,
    error_description: error && description,
    error_uri: error && policy.errorUri,
    acr_values: authentication?.acrValues?.join(' '), // RFC 9470, section 3
    max_age: authentication?.maxAge?.toString(),
    resource_metadata: policy.resourceMetadata,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return {
    'Cache-Control': 'no-store',
    'WWW-Authenticate': serializeChallenge({ scheme: 'Bearer', parameters }),
  }
}

/** Who has no good token has to ask for one, and must know what for. */
function firstScope(
  { status, authentication }: RefusedError,
  { scope }: ChallengePolicy,
): string | undefined {
  return status === 401 && authentication === undefined ? scope : undefined
}
