import type { PlainResponse, ReceivedRequest } from '../http/message.js'
import type { Settings } from '../options.js'
import { readTokenQuestion } from '../token-endpoint/client-request.js'
import { isOAuthError, NO_STORE, toErrorResponse } from '../token-endpoint/oauth-error.js'

/**
 * Answers a revocation request of any client that authenticates, whichever client has the token; the answer is the same
 * where there is no such token.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009#section-2.2 RFC 7009, section 2.2}
 */
export function answerRevocationRequest(
  request: ReceivedRequest,
  { clients }: Settings,
  revoke: (token: string) => void,
): PlainResponse {
  const question = readTokenQuestion(request, clients)
  if (isOAuthError(question)) return toErrorResponse(question)
  revoke(question.token)
  return { status: 200, headers: NO_STORE }
}
