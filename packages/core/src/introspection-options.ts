import type { CryptoKey } from 'oauth4webapi'
import type { Seconds } from './time.js'

/** A client that shares a secret with the server. */
export interface SecretOptions {
  readonly clientSecret: string
  /** Default: `client_secret_basic`; `client_secret_post` where the metadata name that and not the former. */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post'
  /** `raw` for servers that do not form-decode what Basic carries, against RFC 6749. Default: `form`. */
  readonly basicEncoding?: 'form' | 'raw'
}

/** A client that signs assertions. */
export interface PrivateKeyOptions {
  /** A private key that may `sign`, and its `kid` in the key set of the client. */
  readonly privateKey: CryptoKey | { readonly key: CryptoKey; readonly kid: string }
  readonly clientAuthentication?: 'private_key_jwt'
  /** The one audience of the assertions. For servers older than RFC 10070. Default: the issuer. */
  readonly assertionAudience?: string
}

/** A client that is known by its TLS certificate, which the option `fetch` presents. */
export interface CertificateOptions {
  readonly clientAuthentication: 'tls_client_auth'
}

/** How this resource server authenticates at the introspection endpoint (RFC 7662, section 2.1). */
export type IntrospectionCredentials =
  | {
      /**
       * Gives an access token for the introspection endpoint, at each request to it.
       *
       * @param refused The one that the endpoint refused last: then it needs another.
       *
       * @example
       *   accessToken: async (refused) => (await tokenSource.getToken({ refused })).accessToken
       */
      readonly accessToken: (refused?: string) => string | Promise<string>
    }
  | ((CertificateOptions | PrivateKeyOptions | SecretOptions) & { readonly clientId: string })

/** How access tokens are introspected. */
export type IntrospectionOptions = IntrospectionCredentials & {
  /** Address of the introspection endpoint. Default: as the authorization server metadata says. */
  readonly endpoint?: string
  /**
   * What the endpoint answers with: `json` (RFC 7662), or `jwt` (RFC 9701), signed for this resource server; then a plain
   * answer is not believed. Default: `'json'`.
   */
  readonly responseFormat?: 'json' | 'jwt'
  /** Sends `token_type_hint=access_token` (RFC 7662, section 2.1). Default: `true`. */
  readonly tokenTypeHint?: boolean
  /** Requests to the endpoint at once, 1 to 1000. 1,000 more may wait, no longer than `waitLimit`. Default: 50. */
  readonly concurrency?: number
  /** Accepts answers that do not say for which API the token is. One that names another API never is. Default: `false`. */
  readonly dangerouslyAcceptMissingAudience?: boolean
  /** How long answers are used. */
  readonly cache?: IntrospectionCacheOptions
}

/** How long answers of the introspection endpoint are used. Their age counts from the question. */
export interface IntrospectionCacheOptions {
  /** For an active token, in seconds, 0 to 3600, and never past its `exp`; 0 asks for each request. Default: 60. */
  readonly maxAge?: Seconds
  /** For a token that is not active, in seconds, 0 to 3600. Default: 5. */
  readonly inactiveMaxAge?: Seconds
  /** For answers about active tokens, in bytes, 0 to 1073741824. Default: 16777216. */
  readonly maxSize?: number
}

/** Which verdicts to forget. What the authorization server did not say of a token may fit: it is forgotten as well. */
export interface ForgetCriteria {
  /** `sub`. */
  readonly subject?: string
  /** `client_id`. */
  readonly clientId?: string
  /** `sid`. */
  readonly sessionId?: string
  /** `iat` is before this instant, in seconds since the epoch. */
  readonly issuedBefore?: Seconds
}

/** How old a verdict may be. */
export interface FreshnessOptions {
  /** In seconds since the authorization server was asked, 0 to 3600; 0 asks now. */
  readonly maxAge: Seconds
}
