import { toJsonResponse, type PlainResponse, type ReceivedRequest } from '../http/message.js'
import type { Settings } from '../options.js'
import { readTokenQuestion } from '../token-endpoint/client-request.js'
import { isOAuthError, NO_STORE, toErrorResponse } from '../token-endpoint/oauth-error.js'

/** What the server says of a token. */
export type Introspection = Readonly<Record<string, unknown>>

/** Where the answers come from. */
export interface IntrospectionSource {
  /** `{ active: false }` for what is no token, or no longer one. */
  introspect(token: string): Introspection
  /** Makes the JWT of RFC 9701, section 5, for the client that asked. */
  signIntrospection(clientId: string, introspection: Introspection): Promise<string>
}

/** RFC 9701, section 10.3. */
const JWT_TYPE = 'application/token-introspection+jwt'

/**
 * Answers an introspection request of any client that authenticates: with JSON, or with a JWT to who accepts one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2 RFC 7662, section 2}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9701#section-4 RFC 9701, section 4}
 */
export async function answerIntrospectionRequest(
  request: ReceivedRequest,
  { clients }: Settings,
  { introspect, signIntrospection }: IntrospectionSource,
): Promise<PlainResponse> {
  const question = readTokenQuestion(request, clients)
  if (isOAuthError(question)) return toErrorResponse(question)
  const { client, token } = question
  const introspection = introspect(token)
  if (!acceptsJwt(request)) return toJsonResponse(200, introspection, NO_STORE)
  const body = await signIntrospection(client.clientId, introspection)
  return { headers: { 'Content-Type': JWT_TYPE, ...NO_STORE }, body }
}

function acceptsJwt({ headers: { accept = '' } }: ReceivedRequest): boolean {
  return accept.split(',').some((range) => range.split(';', 1)[0]?.trim().toLowerCase() === JWT_TYPE)
}
