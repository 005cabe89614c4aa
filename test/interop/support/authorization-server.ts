import type { IntrospectionCredentials } from '@bearward/core'

/** Identifiers of the two APIs that every authorization server here knows. */
export const STATS_API = 'https://stats.example.com'
export const OTHER_API = 'https://other.example.com'

/** The scopes of the APIs. */
export const SCOPES = ['stats:read', 'stats:write'] as const

/** The client that calls the APIs. Letters and digits alone: Glewlwyd does not form-decode what Basic carries. */
export const REPORTER = { clientId: 'reporter', clientSecret: 'knownToEverybody1' } as const

/** The ways to authenticate at an introspection endpoint that are tried. */
export type IntrospectionMethod =
  'access token' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

/** An authorization server that others wrote, on a free port of this machine. */
export interface ForeignAuthorizationServer {
  readonly issuer: string
  /** What it registered for an API that introspects tokens of the reporter. */
  introspectionCredentials(method: IntrospectionMethod): IntrospectionCredentials
  /** Stops it for good. */
  stop(): Promise<void>
}

export type AccessTokenFormat = 'jwt' | 'opaque'

/** Starts one. Its access tokens are JWTs, or opaque if they can be. */
export type Start = (accessTokens: AccessTokenFormat) => Promise<ForeignAuthorizationServer>
