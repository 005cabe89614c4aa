import { randomBytes } from 'node:crypto'

/** What the API calls itself: the `audience` of its options, and the `resource` that a client asks a token for. */
export const STATS_API = 'https://stats.example.com'
/** Another API of the same authorization server, with scopes of the same names. */
export const STAGING_API = 'https://stats.staging.example.com'

/** An API that is given opaque tokens: nobody but the authorization server can read them. */
export const OPAQUE_API = 'https://opaque.stats.example.com'
/** And another one. */
export const OPAQUE_STAGING_API = 'https://opaque.stats.staging.example.com'

/** What all APIs have. */
export const SCOPE = 'stats:read stats:write'

/** The APIs, as a client that asks what opaque tokens mean. */
export const API_CLIENT_ID = 'stats-api'

/** A client as the authorization server knows it. */
export interface ClientRegistration {
  readonly clientId: string
  readonly clientSecret: string
  /** How it sends id and secret: in the `Authorization` header, or in the body (RFC 6749, section 2.3.1). */
  readonly authMethod: 'client_secret_basic' | 'client_secret_post'
  /** How long ago its tokens are said to be issued, in seconds: a token that somebody kept for too long. */
  readonly backdatedBy: number
}

/** The clients of this story. Their secrets are new in each run. */
export interface Registrations {
  readonly reporter: ClientRegistration
  readonly importer: ClientRegistration
  readonly latecomer: ClientRegistration
  /** No client of an API, but an API itself: it asks what opaque tokens mean. */
  readonly api: ClientRegistration
}

/** Registers one that uses Basic, one that uses the body, one whose tokens are a day old, and the APIs. */
export function createRegistrations(): Registrations {
  return {
    reporter: register('stats-reporter', 'client_secret_basic'),
    importer: register('stats-importer', 'client_secret_post'),
    latecomer: register('stats-latecomer', 'client_secret_basic', 86_400),
    api: register(API_CLIENT_ID, 'client_secret_basic'),
  }
}

function register(
  clientId: string,
  authMethod: ClientRegistration['authMethod'],
  backdatedBy = 0,
): ClientRegistration {
  return { clientId, clientSecret: randomBytes(18).toString('base64url'), authMethod, backdatedBy }
}
