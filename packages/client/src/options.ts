import type { Clock, PrivateKeyOptions, Seconds, SecretOptions } from '@bearward/core'

/** The part of the Fetch standard that is called: `globalThis.fetch` is one, and so is the `fetch` of undici. */
export type TokenSourceFetch = (url: string, init: RequestInit) => Promise<Response>

/** Which authorization server gives the token. */
export type ServerOptions =
  | {
      /** Issuer identifier, character by character. The token endpoint is discovered, unless `tokenEndpoint` is given. */
      readonly issuer: string
      /** Spares the discovery. */
      readonly tokenEndpoint?: string
    }
  | {
      /** Audience of the assertions of `private_key_jwt`, which need it. */
      readonly issuer?: string
      /** An https URL, or http on loopback, without fragment. A query is kept. */
      readonly tokenEndpoint: string
    }

/** A client that is known by its TLS certificate. */
export interface TlsOptions {
  readonly clientAuthentication: 'tls_client_auth'
  /** One that presents the certificate to the authorization server. */
  readonly fetch: TokenSourceFetch
}

/** How the client authenticates. */
export type CredentialOptions = PrivateKeyOptions | SecretOptions | TlsOptions

/** Which token is asked for, and where it may go. */
interface CommonOptions {
  readonly clientId: string
  /** Scopes: a list, or one string with spaces. Default: none is asked for, the server decides. */
  readonly scope?: string | readonly string[]
  /** Identifiers of the APIs that the token is for (RFC 8707). Default: none. */
  readonly resource?: string | readonly string[]
  /** Where `fetch` may send the token, such as `https://api.example.com`. Default: the origins of `resource`. */
  readonly origins?: string | readonly string[]
  /** How long a token is kept where the server does not say how long it is good for, in seconds. Default: 60. */
  readonly defaultLifetime?: Seconds
  /** For getting a token, discovery included, in seconds. Default: 5. */
  readonly timeLimit?: Seconds
  /** For all requests, to the authorization server and to APIs. Default: `fetch` of the platform. */
  readonly fetch?: TokenSourceFetch
  /** For tests. Default: the clock of the system. */
  readonly clock?: Clock
}

/** Options of `createTokenSource`. */
export type TokenSourceOptions = CommonOptions & CredentialOptions & ServerOptions
