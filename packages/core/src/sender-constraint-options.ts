import type { ReplayStore } from './binding/replay.js'
import type { Seconds } from './time.js'

/** Where the origin in the target URI of a request comes from. One of the two must be said: there is no default. */
type OriginOptions =
  | {
      /**
       * Public origin of this API, as clients write it: `https://api.example.com`. A path prefix that a proxy removes belongs
       * to it: `https://api.example.com/v1`. Several, where the API has several.
       */
      readonly origin: string | readonly string[]
      readonly dangerouslyTrustHost?: false
    }
  | {
      readonly origin?: never
      /** Believes the `Host` field: for an API that no proxy stands before, and no other host answers for. */
      readonly dangerouslyTrustHost: true
    }

/** How DPoP proofs are checked (RFC 9449). */
export type DpopOptions = OriginOptions & {
  /**
   * Accepted signature algorithms of proofs, as they are advertised. Default: ES256, ES384, ES512, Ed25519, EdDSA (with
   * Ed25519 keys), PS256, PS384, PS512, RS256, RS384 and RS512.
   */
  readonly algorithms?: readonly string[]
  /**
   * How old a proof may be, in seconds, 1 to 3600: counted from its `iat`; or from its nonce, where there are `nonceSecrets`.
   * Default: 60, or 300 with nonces.
   */
  readonly proofMaxAge?: Seconds
  /**
   * Demands that every proof carries a nonce of this resource server. One to four secrets of at least 32 characters, the
   * same in all processes: the first makes nonces, all of them are recognised. To change the secret, put the new one in
   * front, and take the old one away when `proofMaxAge` has passed. Default: no nonces.
   */
  readonly nonceSecrets?: readonly string[]
  /**
   * Where it is noted which proofs were used. Processes that serve the same API must share one. Default: in the memory of
   * this process, up to 1,000,000 proofs.
   */
  readonly replayStore?: ReplayStore
}

/** Where the certificate of the client comes from (RFC 8705). */
export type ClientCertificateOptions =
  | {
      /** From the TLS connection, which this process itself ends with `requestCert: true`. Over TLS 1.3 alone. */
      readonly from: 'socket'
      /**
       * Accepts TLS 1.2 as well. Safe only where the server lets no client renegotiate: with `secureOptions:
       * constants.SSL_OP_NO_RENEGOTIATION`. Everywhere else somebody who has a token and knows the certificate, which is no
       * secret, passes for the client. Default: `false`.
       */
      readonly dangerouslyAllowTls12?: boolean
    }
  | {
      /**
       * From a field that the proxy sets which ends TLS, and removes from what clients send:
       *
       * - `client-cert`: a byte sequence (RFC 9440).
       * - `x-ssl-client-cert`: URL-encoded PEM, such as nginx has in `$ssl_client_escaped_cert`.
       * - `x-forwarded-client-cert`: one element with `Hash` or `Cert`, as of Envoy.
       */
      readonly from: 'client-cert' | 'x-forwarded-client-cert' | 'x-ssl-client-cert'
      /** Addresses of the proxies, or ranges such as `10.0.0.0/8`. The field is not looked at in requests of anybody else. */
      readonly trustedProxies: readonly string[]
    }

/** Which access tokens must be bound to who sends them, and how that is proved. */
export interface SenderConstraintOptions {
  /**
   * - `when-bound`: a token that names a key or a certificate needs the proof, every other one is a Bearer token.
   * - `required`: tokens that are not bound are refused. Needs `dpop` or `clientCertificates`.
   *
   * Default: `'when-bound'`. Without `dpop`, tokens that are bound to a key are refused, without `clientCertificates` those
   * that are bound to a certificate.
   */
  readonly senderConstraint?: 'required' | 'when-bound'
  /** Accepts tokens that are bound to a key, with the scheme `DPoP` (RFC 9449). Default: refuses them. */
  readonly dpop?: DpopOptions
  /** Accepts tokens that are bound to a client certificate (RFC 8705). Default: refuses them. */
  readonly clientCertificates?: ClientCertificateOptions
}
