import { RefusedError } from '../errors.js'
import type { JsonObject } from '../json.js'
import type { ProtectedResourceRequest } from '../request.js'
import { readConfirmation, type Scheme } from './confirmation.js'
import { createProofCheck, type DpopPolicy } from './dpop.js'
import { checkCertificate, type CertificateSource } from './mutual-tls.js'

/** Which access tokens must be bound to who sends them, and how that is proved. */
export interface SenderConstraintPolicy {
  /** Whether a token that is not bound is refused. */
  readonly isRequired: boolean
  /** `undefined`: tokens that are bound to a key are refused. */
  readonly dpop: DpopPolicy | undefined
  /** `undefined`: tokens that are bound to a certificate are refused. */
  readonly certificates: CertificateSource | undefined
}

/** The credentials of a request, and what an accepted token says. */
export interface PresentedToken {
  readonly scheme: Scheme
  readonly token: string
  readonly claims: JsonObject
}

/**
 * Checks that who sends a request holds what its access token is bound to.
 *
 * @returns `undefined` where nothing has to be waited for
 *
 * @throws {@link RefusedError} `ERR_TOKEN_SENDER_CONSTRAINED`, `ERR_TOKEN_NOT_BOUND`, and the codes of the two checks, at once
 *   or later
 * @throws {@link UnavailableError} `ERR_REPLAY_STORE`
 */
export type CheckSender = (
  request: ProtectedResourceRequest,
  presented: PresentedToken,
) => Promise<void> | undefined

/**
 * Makes the check: of each request, whatever is known of its token. Whenever a token is bound, all that it is bound to is
 * proved, or it is refused.
 */
export function createSenderCheck({ isRequired, dpop, certificates }: SenderConstraintPolicy): CheckSender {
  const checkProof = dpop && createProofCheck(dpop)
  return (request, { scheme, token, claims }) => {
    const confirmation = readConfirmation(claims) // RFC 7800, section 3.1
    if (confirmation === undefined) {
      if (isRequired || scheme === 'DPoP') throw new RefusedError('ERR_TOKEN_NOT_BOUND') // RFC 9449, section 7.1
      return undefined
    }
    const { jkt, certificate } = confirmation
    if (jkt === undefined && scheme === 'DPoP') throw new RefusedError('ERR_TOKEN_NOT_BOUND')
    if (jkt !== undefined && scheme === 'Bearer') throw constrained('cnf: jkt') // RFC 9449, section 7.2
    if (certificate !== undefined) {
      if (certificates === undefined) throw constrained('cnf: x5t#S256: see the option clientCertificates')
      checkCertificate(request, certificate, certificates) // RFC 8705, section 3
    }
    if (jkt === undefined) return undefined
    if (checkProof === undefined) throw constrained('cnf: jkt: see the option dpop')
    return checkProof(request, token, jkt) // RFC 9449, section 4.3; last, since it uses the proof up
  }
}

/** The cause names the member, and never its value. */
function constrained(cause: string): RefusedError {
  return new RefusedError('ERR_TOKEN_SENDER_CONSTRAINED', { cause })
}
