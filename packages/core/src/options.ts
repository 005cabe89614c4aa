import type { BearerMethod } from './credentials.js'
import type { RefusedError, UnavailableError } from './errors.js'
import type { Fetch } from './http/fetch.js'
import type { IntrospectionOptions } from './introspection-options.js'
import type { KeySearchStore } from './keys/key-search-store.js'
import type { ProtectedResourceRequest } from './request.js'
import type { ResourceMetadataOptions } from './resource-metadata-options.js'
import type { SenderConstraintOptions } from './sender-constraint-options.js'
import type { Clock, Seconds } from './time.js'
import type { VerdictStore } from './token/verdict-store.js'
import type { AccessTokenProfile, ProfileName, ScopesFrom } from './token/profile.js'

/** Which `aud` values mean this API. One of the two must be said: there is no default. */
export type AudienceOptions =
  | {
      readonly audience?: never
      /** Accepts tokens that the issuer made for any other API as well. */
      readonly dangerouslyAcceptAnyAudience: true
    }
  | {
      /** Identifiers of this API, as the authorization server writes them into `aud`, character by character. */
      readonly audience: string | readonly string[]
      readonly dangerouslyAcceptAnyAudience?: false
    }

/** What is specific to one authorization server, besides its audience. */
export interface IssuerOptions {
  /**
   * Issuer identifier: an `https` URL without query or fragment, equal to the `iss` of the tokens character by
   * character. `http` is accepted on loopback.
   */
  readonly issuer: string
  /**
   * Refuses tokens that are meant for other APIs as well, each of which could use them here. Default: `false`, one match is
   * enough.
   */
  readonly singleAudience?: boolean
  /**
   * How access tokens are validated:
   *
   * - `jwt`: by their signature, without asking.
   * - `opaque`: by introspection, all of them.
   * - `mixed`: JWTs of a configured issuer by their signature, everything else by introspection. A JWT that is refused is
   *   not introspected.
   *
   * Default: `'jwt'`, or `'mixed'` where `introspection` is given. One issuer of a resource server may be `opaque` or
   * `mixed`: an opaque token does not say whose it is.
   */
  readonly accessTokens?: 'jwt' | 'opaque' | 'mixed'
  /** How access tokens are introspected (RFC 7662). With `accessTokens: 'jwt'`, for `requireFresh` alone. */
  readonly introspection?: IntrospectionOptions
  /** Address of the key set. Default: as the authorization server metadata says. */
  readonly jwksUri?: string
  /**
   * Origin that requests to the issuer's origin go to instead, for an authorization server that this process reaches at
   * an internal address, such as `https://keycloak:8443`. Tokens and metadata still carry the public issuer.
   */
  readonly internalOrigin?: string
  /** Lets requests to the authorization server go out over plain HTTP. Default: `false`, loopback excepted. */
  readonly dangerouslyAllowHttp?: boolean
  /**
   * Accepted signature algorithms. Default: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, Ed25519 and
   * EdDSA (with Ed25519 keys). Symmetric algorithms and `none` are never accepted.
   */
  readonly algorithms?: readonly string[]
  /** In what the access tokens differ from RFC 9068. Default: `'rfc9068'`, in nothing. */
  readonly profile?: ProfileName | AccessTokenProfile
  /** Where the scopes are. Default: as the profile says, which for RFC 9068 is the claim `scope`, as a string. */
  readonly scopesFrom?: ScopesFrom
  /** Clock difference to forgive in `exp`, `nbf` and `iat`, in seconds; at most 300. Default: 5. */
  readonly clockTolerance?: Seconds
  /** Age since `iat` past which a token is refused, in seconds, up to ten years. Default: no limit but `exp`. */
  readonly maxTokenAge?: Seconds
  /** Makes the requests to the authorization server: for proxies and private CAs. Default: `globalThis.fetch`. */
  readonly fetch?: Fetch
  /** How long a request to the authorization server may take, in seconds, 0.1 to 60. Default: 5. */
  readonly fetchLimit?: Seconds
  /**
   * How long an API request waits for keys, and for the answer of the introspection endpoint, in seconds, 0.1 to 60; the
   * request to the authorization server runs on for the others. Default: 3.
   */
  readonly waitLimit?: Seconds
  /**
   * How old keys get while the authorization server answers, in seconds, 60 to 86400: a key that it withdraws is refused
   * after that. Default: as `Cache-Control` says, from 60 to 86400, or else 600.
   */
  readonly refreshInterval?: Seconds
  /** How long keys are used after that while no others can be had, in seconds, 0 to 604800. Default: 86400. */
  readonly staleWindow?: Seconds
}

/** One authorization server and its audience. */
export type AuthorizationServerOptions = IssuerOptions & AudienceOptions

/** What is the same for all authorization servers. */
export interface CommonOptions extends SenderConstraintOptions {
  /** `realm` of the challenges, printable ASCII. Default: `'protected resource'`. */
  readonly realm?: string
  /** Absolute URI of a page that explains refusals to developers, sent as `error_uri`. Default: none. */
  readonly errorUri?: string
  /**
   * What this API tells clients of itself (RFC 9728), for those that find out by themselves whom to ask for a token: MCP
   * clients above all. Challenges then say where it is; the adapters serve it. Default: nothing.
   */
  readonly resourceMetadata?: ResourceMetadataOptions
  /** Scopes that challenges name to whoever has no valid token: what to ask for to begin with. Default: none. */
  readonly challengeScopes?: readonly string[]
  /** Answers 404 without a challenge where it would be 403, to hide what exists. Default: `false`. */
  readonly hideForbidden?: boolean
  /** Refuses requests that did not come over TLS, as far as the framework knows. Default: `false`. */
  readonly requireTls?: boolean
  /**
   * Where an access token may stand: in the `Authorization` header, or in a form body that has been parsed before.
   * Default: `['header']`.
   */
  readonly bearerMethods?: readonly BearerMethod[]
  /** Reads the access token from elsewhere, a cookie for example, instead of `bearerMethods`. */
  readonly readAccessToken?: (request: ProtectedResourceRequest) => string | null | undefined
  /**
   * Largest access token that is looked at, in bytes, from 1 to 1048576. Default: 16384. A token of a megabyte costs some
   * hundred milliseconds before anything in it is verified: leave it low.
   */
  readonly maxTokenSize?: number
  /**
   * Keeps verdicts on JWTs that were accepted, from the second time that they come. Each still ends with the token, with the
   * key set that it was verified with, and with the options. `maxSize` is in bytes, 0 to 1073741824. Default: `true`, with
   * 33554432.
   */
  readonly verdictCache?: boolean | { readonly maxSize?: number }
  /**
   * Shares what introspection said between the processes of this API, and what each is told to forget: a second level behind
   * the memory of each. Such as of `@bearward/redis`. Default: each process asks for itself.
   */
  readonly verdictStore?: VerdictStore
  /**
   * Shares between the processes of this API how often a key set is fetched because of tokens with unknown keys, and what that
   * brought: a flood of them costs the authorization server as much as one process does, and a new key reaches all. Such as of
   * `@bearward/redis`. Default: each process decides for itself.
   */
  readonly keySearchStore?: KeySearchStore
  /** Body of a refusal; `undefined` for none. Default: JSON with `error` and `error_description`, where there is an error. */
  readonly refusalBody?: (refusal: RefusedError | UnavailableError) => RefusalBody | undefined
  /**
   * Told of every refusal and outage, with its `code` and `cause`: for logs and metrics. What it throws is dropped.
   * Default: nobody is told.
   */
  readonly onRefusal?: (refusal: RefusedError | UnavailableError) => void
  /**
   * Told when metadata or keys were fetched, or could not be: for logs and metrics. What it throws is dropped. Default:
   * nobody is told.
   */
  readonly onRefresh?: (refresh: Refresh) => void
  /** Source of time, for tests. Default: the clock of this machine. */
  readonly clock?: Clock
}

/** How a fetch of metadata or keys ended. */
export interface Refresh {
  readonly issuer: string
  readonly document: 'authorization server metadata' | 'key set'
  /** Why it failed; `undefined` where it did not. */
  readonly error: UnavailableError | undefined
  /** How long what is in hand may still be used, in seconds, where no other can be had; 0 where nothing is. */
  readonly timeLeft: Seconds
}

/** Body of a refusal, and its media type. */
export interface RefusalBody {
  readonly contentType: string
  readonly content: string
}

/** Options for tokens of one issuer. */
export type SingleIssuerOptions = AuthorizationServerOptions & CommonOptions

/** Options for tokens of several issuers. An entry without `audience` has the one given for all. */
export type SeveralIssuersOptions = CommonOptions & {
  readonly authorizationServers: readonly (AuthorizationServerOptions | IssuerOptions)[]
} & Partial<AudienceOptions>

/**
 * Finds the options of an issuer that is looked up, a tenant for example; `undefined` or
 * `null` for one that is not accepted.
 *
 * `issuer` comes from a token that nobody has verified yet, and may be any string: compare it, look it up, and use it
 * for nothing else. Where the function throws, or takes longer than 5 seconds, the last answer holds on, for 24 hours at
 * most; without one, requests are answered with 503. A request waits 6 seconds at most, counted while the process is
 * awake. Keys are kept from one answer to the next where `jwksUri`, `internalOrigin` and `fetch` are the same: return the same
 * `fetch` each time. The 1,000 most recently used issuers are kept.
 */
export type ResolveAuthorizationServer = (issuer: string) => Resolved | Promise<Resolved>

type Resolved = AuthorizationServerOptions | IssuerOptions | null | undefined

/** Options for tokens of issuers that are looked up. The answer for an accepted issuer is kept for 10 minutes. */
export type ResolvedIssuersOptions = CommonOptions & {
  readonly resolveAuthorizationServer: ResolveAuthorizationServer
} & Partial<AudienceOptions>

/** Options of a resource server: for one issuer, for several, or for issuers that are looked up. */
export type ResourceServerOptions = ResolvedIssuersOptions | SeveralIssuersOptions | SingleIssuerOptions
