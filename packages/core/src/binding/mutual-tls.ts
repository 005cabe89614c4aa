import { timingSafeEqual } from 'node:crypto'
import { RefusedError } from '../errors.js'
import type { ProtectedResourceRequest } from '../request.js'
import { certificateThumbprint, readThumbprint, type CertificateField } from './certificate-field.js'

/** Where the certificate of the client comes from. */
export type CertificateSource =
  | {
      readonly from: 'socket'
      /** Whether a version of TLS counts in which the client may show another certificate under way. */
      readonly allowsTls12: boolean
    }
  | {
      readonly from: CertificateField
      /** Whether a proxy that says what certificate its client has is one of ours. */
      isTrusted(remoteAddress: string): boolean
    }

/**
 * Checks that the client has the certificate that its access token is bound to. Who issued it, and whether it has expired, is
 * of no matter here: who ends TLS may ask for that.
 *
 * @param thumbprint `x5t#S256` of the token.
 *
 * @throws {@link RefusedError} `ERR_CERTIFICATE_MISSING`, `ERR_CERTIFICATE_BINDING`
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8705#section-3 RFC 8705, section 3}
 */
export function checkCertificate(
  request: ProtectedResourceRequest,
  thumbprint: string,
  source: CertificateSource,
): void {
  const presented =
    source.from === 'socket' ? readSocket(request, source.allowsTls12) : readField(request, source)
  if (!isEqual(presented, thumbprint)) throw new RefusedError('ERR_CERTIFICATE_BINDING')
  if (source.from !== 'socket') request.setResponseField?.('Vary', FIELD_NAMES[source.from]) // RFC 9440, section 2.4
}

const FIELD_NAMES: Readonly<Record<CertificateField, string>> = {
  'client-cert': 'Client-Cert',
  'x-ssl-client-cert': 'X-SSL-Client-Cert',
  'x-forwarded-client-cert': 'X-Forwarded-Client-Cert',
}

/**
 * In TLS 1.3 a certificate is there when its key has been proved. Before that, a client may renegotiate, and its certificate is
 * there before the proof (RFC 5246, section 7.4.8), which it can keep back while its request is judged.
 */
function readSocket(request: ProtectedResourceRequest, allowsTls12: boolean): string {
  const { certificate, tlsVersion } = request.connection?.() ?? {}
  if (certificate === undefined || certificate.length === 0) throw missing('The TLS connection has none')
  if (tlsVersion === 'TLSv1.3' || allowsTls12) return certificateThumbprint(certificate)
  throw missing(
    tlsVersion === undefined
      ? 'The connection does not say its tlsVersion'
      : 'The connection is not of TLS 1.3: see the option clientCertificates.dangerouslyAllowTls12',
  )
}

/** RFC 9440, section 4: clients could write the field as well. */
function readField(
  request: ProtectedResourceRequest,
  { from, isTrusted }: Exclude<CertificateSource, { readonly from: 'socket' }>,
): string {
  const remoteAddress = request.connection?.().remoteAddress
  if (remoteAddress === undefined || !isTrusted(remoteAddress)) {
    throw missing('The request is not of a proxy: see the option clientCertificates.trustedProxies')
  }
  const [value, ...others] = request.fieldValues(from)
  if (value === undefined) throw missing(`The proxy sent no ${from}`)
  const thumbprint = others.length === 0 ? readThumbprint(from, value) : undefined
  if (thumbprint === undefined) throw missing(`The proxy did not send one certificate as ${from}`)
  return thumbprint
}

function missing(cause: string): RefusedError {
  return new RefusedError('ERR_CERTIFICATE_MISSING', { cause })
}

/** In the same time, wherever they differ. */
function isEqual(presented: string, thumbprint: string): boolean {
  const [one, other] = [Buffer.from(presented), Buffer.from(thumbprint)]
  return one.length === other.length && timingSafeEqual(one, other)
}
