import type { ReceivedRequest } from '../http/message.js'
import type { RegisteredClient } from '../options.js'
import { authenticateClient } from './client-authentication.js'
import { readForm, type Form } from './form.js'
import { isOAuthError, type OAuthError } from './oauth-error.js'

/** A form, and the client that proved that it sent it. */
export interface ClientRequest {
  readonly client: RegisteredClient
  readonly form: Form
}

/** Reads a request for which a client has to authenticate. */
export function readClientRequest(
  request: ReceivedRequest,
  clients: readonly RegisteredClient[],
): ClientRequest | OAuthError {
  const form = readForm(request)
  if (isOAuthError(form)) return form
  const client = authenticateClient(request.headers.authorization, form, clients)
  return isOAuthError(client) ? client : { client, form }
}

/** A request about a token; `token` is a parameter that RFC 7662 and RFC 7009 both require, in their sections 2.1. */
export interface TokenQuestion {
  readonly client: RegisteredClient
  readonly token: string
}

/** Reads a request about a token. */
export function readTokenQuestion(
  request: ReceivedRequest,
  clients: readonly RegisteredClient[],
): TokenQuestion | OAuthError {
  const clientRequest = readClientRequest(request, clients)
  if (isOAuthError(clientRequest)) return clientRequest
  const { client, form } = clientRequest
  const token = form.get('token')
  return token === undefined
    ? { error: 'invalid_request', description: 'token is missing' }
    : { client, token }
}
