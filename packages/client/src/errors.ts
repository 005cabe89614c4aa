import type { Seconds } from '@bearward/core'

/** `error` of RFC 6749, section 5.2, and of RFC 8707, section 2; servers may have more. */
export type TokenErrorCode = (typeof KNOWN_CODES)[number] | (string & Record<never, never>)

/** Why there was no usable answer. The names are those of the outages of `@bearward/core`. */
export type TokenEndpointOutageCode =
  'ERR_AUTHORIZATION_SERVER_RESPONSE' | 'ERR_AUTHORIZATION_SERVER_UNREACHABLE' | 'ERR_METADATA_INVALID'

const KNOWN_CODES = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
] as const

const OUTAGES: Readonly<Record<TokenEndpointOutageCode, string>> = {
  ERR_AUTHORIZATION_SERVER_RESPONSE: 'The authorization server gave an answer that cannot be used',
  ERR_AUTHORIZATION_SERVER_UNREACHABLE: 'The authorization server cannot be reached',
  ERR_METADATA_INVALID: 'The authorization server metadata cannot be used',
}

interface RefusedRequest {
  readonly code: TokenErrorCode
  readonly status: number
  readonly description: string | undefined
  readonly uri: string | undefined
  readonly cause: unknown
}

/**
 * The authorization server refuses to give a token: registration, secret or scope must be put right. Not retried.
 *
 * `message` is a fixed text with the code, where that is a registered one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 RFC 6749, section 5.2}
 */
export class TokenRequestError extends Error {
  override readonly name = 'TokenRequestError'
  readonly code: TokenErrorCode
  /** HTTP status of the answer. */
  readonly status: number
  /** `error_description`, in the words of the server: for people, and not for end users. */
  readonly description: string | undefined
  /** `error_uri`: a page about the error. */
  readonly uri: string | undefined

  constructor({ code, status, description, uri, cause }: RefusedRequest) {
    const isKnown = (KNOWN_CODES as readonly string[]).includes(code)
    super(`The token request is refused: ${isKnown ? code : 'with a code of its own'}`, { cause })
    this.code = code
    this.status = status
    this.description = description
    this.uri = uri
  }
}

/**
 * There was no usable answer, so nobody knows whether the server would give a token: try again after `retryAfter`.
 *
 * `message` names addresses of the configuration, without their queries.
 */
export class TokenEndpointUnavailableError extends Error {
  override readonly name = 'TokenEndpointUnavailableError'
  readonly code: TokenEndpointOutageCode
  /** When the token endpoint is asked again at the earliest, in whole seconds, at least 1. */
  readonly retryAfter: number

  constructor(
    code: TokenEndpointOutageCode,
    detail: string,
    options: { cause?: unknown; retryAfter?: Seconds | undefined } = {},
  ) {
    super(`${OUTAGES[code]}: ${detail}`, 'cause' in options ? { cause: options.cause } : {})
    this.code = code
    this.retryAfter = Math.max(1, Math.ceil(options.retryAfter ?? 1))
  }
}

/** What a token request can end in, other than a token. */
export type TokenFailure = TokenEndpointUnavailableError | TokenRequestError

/** One for each caller: what one does to its error, such as tagging it, must not show in another's. */
export function copyFailure(failure: TokenFailure, retryAfter: Seconds): TokenFailure {
  if (failure instanceof TokenRequestError) return new TokenRequestError(failure as RefusedRequest)
  const { code, message, cause } = failure
  return new TokenEndpointUnavailableError(code, message.slice(`${OUTAGES[code]}: `.length), {
    cause,
    retryAfter,
  })
}
