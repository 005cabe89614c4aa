import { toJsonResponse, type PlainResponse, type ReceivedRequest } from '../http/message.js'
import type { RegisteredClient, Settings } from '../options.js'
import { joinScope, splitScope } from '../scope.js'
import { readClientRequest } from './client-request.js'
import type { Form } from './form.js'
import { isOAuthError, NO_STORE, toErrorResponse, type OAuthError } from './oauth-error.js'

/** Makes the access token of a client. */
export type IssueToken = (client: RegisteredClient, scope: string | undefined) => Promise<string>

/**
 * Answers a token request: the client-credentials grant, without refresh tokens.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.4 RFC 6749, section 4.4}
 */
export async function answerTokenRequest(
  request: ReceivedRequest,
  { clients, lifetime }: Settings,
  issue: IssueToken,
): Promise<PlainResponse> {
  const clientRequest = readClientRequest(request, clients)
  if (isOAuthError(clientRequest)) return toErrorResponse(clientRequest)
  const { client, form } = clientRequest
  const grantError = checkGrantType(form)
  if (grantError) return toErrorResponse(grantError)
  const scopes = chooseScopes(form, client)
  if (isOAuthError(scopes)) return toErrorResponse(scopes)

  const scope = joinScope(scopes)
  const content = {
    access_token: await issue(client, scope),
    token_type: 'Bearer',
    expires_in: Math.ceil(lifetime),
    scope,
  }
  return toJsonResponse(200, content, NO_STORE)
}

function checkGrantType(form: Form): OAuthError | undefined {
  const grantType = form.get('grant_type')
  if (grantType === undefined) return { error: 'invalid_request', description: 'grant_type is missing' }
  if (grantType === 'client_credentials') return undefined
  return { error: 'unsupported_grant_type', description: 'Only client_credentials is supported' }
}

/** RFC 6749, section 3.3: all of the client's scopes, or those that it asks for. */
function chooseScopes(form: Form, client: RegisteredClient): readonly string[] | OAuthError {
  const allowed = splitScope(client.scope)
  const asked = form.get('scope')?.split(' ') ?? allowed
  if (asked.every((scope) => allowed.includes(scope))) return [...new Set(asked)]
  return { error: 'invalid_scope', description: 'The scope is not within that of the client' }
}
