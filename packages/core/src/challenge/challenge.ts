import type { RefusedError, ResponseHeaders } from '../errors.js'
import { serializeChallenge } from './serialize.js'

/** What every challenge of a resource server says. */
export interface ChallengePolicy {
  readonly realm: string
  /** Absolute URI of a page for developers. */
  readonly errorUri: string | undefined
}

/**
 * The header fields that go with a refusal: one challenge, and no storing.
 *
 * Without credentials in the request there is no `error`, `error_description` or `error_uri` either.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3 RFC 6750, section 3}
 */
export function refusalHeaders(refusal: RefusedError, policy: ChallengePolicy): ResponseHeaders {
  const { error, description, scope } = refusal
  const parameters = Object.entries({
    realm: policy.realm,
    scope,
    error,
    error_description: error && description,
    error_uri: error && policy.errorUri,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return {
    'Cache-Control': 'no-store',
    'WWW-Authenticate': serializeChallenge({ scheme: 'Bearer', parameters }),
  }
}
