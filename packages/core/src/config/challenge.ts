import { checkScopes } from '../authorization/scope-token.js'
import type { SenderConstraintPolicy } from '../binding/sender-constraint.js'
import type { ChallengePolicy } from '../challenge/challenge.js'
import { ConfigurationError } from '../errors.js'
import { protectedResourceUrl, type ProtectedResource } from '../metadata/protected-resource.js'
import { parseUrl } from '../url.js'
import { parseStrings, type Unchecked } from './check.js'

/**
 * Checks what stands in challenges.
 *
 * @throws {@link ConfigurationError}
 */
export function parseChallenge(
  { realm = 'protected resource', errorUri, challengeScopes }: Unchecked,
  senderConstraint: SenderConstraintPolicy,
  resourceMetadata: ProtectedResource | undefined,
): ChallengePolicy {
  if (typeof realm !== 'string' || !/^[\x20-\x7E]+$/.test(realm)) {
    throw new ConfigurationError('realm', 'must be printable ASCII')
  }
  if (errorUri !== undefined && (typeof errorUri !== 'string' || !isErrorUri(errorUri))) {
    throw new ConfigurationError('errorUri', 'must be an absolute URI of printable ASCII')
  }
  return {
    realm,
    errorUri,
    ...parseSchemes(senderConstraint),
    resourceMetadata: resourceMetadata && protectedResourceUrl(resourceMetadata.resource),
    scope: parseChallengeScopes(challengeScopes),
  }
}

/** RFC 6750, section 3. */
function isErrorUri(uri: string): boolean {
  return /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(uri) && parseUrl(uri) !== undefined
}

function parseChallengeScopes(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return checkScopes(parseStrings(value, 'challengeScopes'), 'challengeScopes').join(' ')
}

/** RFC 9449, section 7.2; RFC 9728, section 2 (`dpop_bound_access_tokens_required`). */
function parseSchemes({
  isRequired,
  dpop,
  certificates,
}: SenderConstraintPolicy): Pick<ChallengePolicy, 'issueNonce' | 'proofAlgorithms' | 'schemes'> {
  const isBearerAccepted = !isRequired || certificates !== undefined
  const schemes = [...(isBearerAccepted ? (['Bearer'] as const) : []), ...(dpop ? (['DPoP'] as const) : [])]
  return { schemes, proofAlgorithms: [...(dpop?.algorithms ?? [])], issueNonce: () => dpop?.nonces?.issue() }
}
