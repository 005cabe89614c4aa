/** What a refusal tells the client: all of it fixed text, none of it from the request or the token. */
interface RefusalEntry {
  readonly status: 400 | 401 | 403
  /** `error` code of RFC 6750, section 3.1; absent where the request carried no credentials. */
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope'
  readonly description: string
}

/**
 * Every reason to refuse a request, in the order in which a request meets them.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3.1 RFC 6750, section 3.1}
 */
export const REFUSALS = {
  ERR_TLS_REQUIRED: {
    status: 400,
    error: 'invalid_request',
    description: 'Access tokens are accepted over TLS only',
  },
  ERR_CREDENTIALS_MISSING: {
    status: 401,
    description: 'The request carries no access token',
  },
  ERR_CREDENTIALS_REPEATED: {
    status: 400,
    error: 'invalid_request',
    description: 'The request carries credentials more than once',
  },
  ERR_CREDENTIALS_MALFORMED: {
    status: 400,
    error: 'invalid_request',
    description: 'The credentials are not the scheme Bearer followed by one access token',
  },
  ERR_TOKEN_TOO_LARGE: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is larger than this resource server accepts',
  },
  ERR_TOKEN_ENCRYPTED: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is encrypted, which this resource server does not accept',
  },
  ERR_TOKEN_MALFORMED: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is not a well-formed JWT',
  },
  ERR_TOKEN_HEADER: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token has a header parameter that this resource server does not accept',
  },
  ERR_TOKEN_ISSUER: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is of an issuer that this resource server does not accept',
  },
  ERR_TOKEN_TYPE: {
    status: 401,
    error: 'invalid_token',
    description: 'The token is not an access token',
  },
  ERR_TOKEN_ALGORITHM: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is signed with an algorithm that this resource server does not accept',
  },
  ERR_TOKEN_KEY: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is not signed with a key that its issuer publishes',
  },
  ERR_TOKEN_SIGNATURE: {
    status: 401,
    error: 'invalid_token',
    description: 'The signature of the access token is not valid',
  },
  ERR_TOKEN_CLAIM_MISSING: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token lacks a required claim',
  },
  ERR_TOKEN_CLAIM_INVALID: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token has a claim of the wrong type or value',
  },
  ERR_TOKEN_AUDIENCE: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is meant for another resource server',
  },
  ERR_TOKEN_EXPIRED: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token expired',
  },
  ERR_TOKEN_NOT_YET_VALID: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is not valid yet',
  },
  ERR_TOKEN_TOO_OLD: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token was issued too long ago',
  },
  ERR_TOKEN_SENDER_CONSTRAINED: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is bound to a key and cannot be used as a Bearer token',
  },
  ERR_SCOPE_INSUFFICIENT: {
    status: 403,
    error: 'insufficient_scope',
    description: 'The access token does not carry a required scope',
  },
  ERR_CLAIMS_INSUFFICIENT: {
    status: 403,
    error: 'insufficient_scope',
    description: 'The access token does not allow this request',
  },
} as const

/** Stable code of a refusal, for `switch`, logs and metrics. */
export type RefusalCode = keyof typeof REFUSALS

/** Every reason why a verdict cannot be reached, for the operator alone: none of these texts is sent. */
export const OUTAGES = {
  ERR_AUTHORIZATION_SERVER_UNREACHABLE: 'The authorization server did not answer',
  ERR_AUTHORIZATION_SERVER_RESPONSE: 'The authorization server gave an answer that cannot be used',
  ERR_METADATA_INVALID: 'The authorization server metadata cannot be used',
  ERR_KEY_SET_INVALID: 'The key set of the authorization server cannot be used',
  ERR_TENANT_LOOKUP: 'resolveAuthorizationServer failed',
} as const

/** Stable code of an outage, for `switch`, logs and metrics. */
export type OutageCode = keyof typeof OUTAGES

/** Header fields by name; a list stands for several field lines. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>

interface RefusalDetails {
  /** What went wrong underneath. For telemetry; never sent. */
  readonly cause?: unknown
  /** Scopes that the request needs, separated by spaces (RFC 6750, section 3). */
  readonly scope?: string
  readonly status?: number
  readonly headers?: ResponseHeaders
}

/**
 * The client must act: the request is refused.
 *
 * `status` and `headers` are ready to send. `message`, `description` and `error` are fixed texts; only `cause` may hold
 * details of the request, and is for telemetry alone.
 *
 * @example
 *   try {
 *     await resourceServer.authenticate(request)
 *   } catch (error) {
 *     if (error instanceof RefusedError && error.code === 'ERR_TOKEN_EXPIRED') countExpired()
 *     throw error
 *   }
 */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly code: RefusalCode
  /** HTTP status: 400, 401, 403, or 404 where `hideForbidden` is set. */
  readonly status: number
  /** `error` code of RFC 6750, section 3.1; absent where the request carried no credentials. */
  readonly error: string | undefined
  /** Fixed text for developers, as sent in `error_description`. */
  readonly description: string
  /** Scopes that the request needs, separated by spaces; absent where scopes are not the reason. */
  readonly scope: string | undefined
  /** Header fields of the answer: the challenge, and `Cache-Control: no-store`. */
  readonly headers: ResponseHeaders

  constructor(code: RefusalCode, details: RefusalDetails = {}) {
    const entry: RefusalEntry = REFUSALS[code]
    super(entry.description, 'cause' in details ? { cause: details.cause } : {})
    this.code = code
    this.status = details.status ?? entry.status
    this.error = entry.error
    this.description = entry.description
    this.scope = details.scope
    this.headers = details.headers ?? {}
  }
}

/**
 * The authorization server, or its operator, must act: the token cannot be judged now. Answered with 503 and
 * `Retry-After`, without a challenge, so that no client throws a good token away.
 *
 * `message` and `cause` name addresses from the configuration and are for the operator; neither is sent.
 */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError'
  readonly code: OutageCode
  readonly status = 503
  /** When to try again, in whole seconds, at least 1. */
  readonly retryAfter: number
  readonly headers: ResponseHeaders

  constructor(code: OutageCode, detail: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(`${OUTAGES[code]}: ${detail}`, 'cause' in options ? { cause: options.cause } : {})
    this.code = code
    this.retryAfter = Math.max(1, Math.ceil(options.retryAfter ?? 5))
    this.headers = { 'Cache-Control': 'no-store', 'Retry-After': String(this.retryAfter) }
  }
}

/**
 * The developer must act: an option is missing, unknown or unusable. Thrown at start-up, never at a request; names the
 * option, never its value.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly code = 'ERR_CONFIGURATION'
  /** Name of the option, or of the environment variable, at fault. */
  readonly option: string

  constructor(option: string, problem: string) {
    super(`${option}: ${problem}`)
    this.option = option
  }
}
