import { toJsonResponse, type PlainResponse } from '../http/message.js'

/** A refusal of the token endpoint, or of another that clients authenticate at. */
export interface OAuthError {
  readonly error: 'invalid_request' | 'invalid_client' | 'unsupported_grant_type' | 'invalid_scope'
  /** For the developer of the client. Holds nothing of the request. */
  readonly description: string
}

/** Nothing that is said of or with a token may be stored: RFC 6749, section 5.1. */
export const NO_STORE: Readonly<Record<string, string>> = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

/** @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 RFC 6749, section 5.2} */
export function toErrorResponse({ error, description }: OAuthError): PlainResponse {
  const content = { error, error_description: description }
  if (error !== 'invalid_client') return toJsonResponse(400, content, NO_STORE)
  return toJsonResponse(401, content, {
    ...NO_STORE,
    'WWW-Authenticate': 'Basic realm="authorization server"',
  })
}

/** Whether a result is a refusal. */
export function isOAuthError(result: object): result is OAuthError {
  return 'error' in result
}
