import { createHash, timingSafeEqual } from 'node:crypto'
import type { RegisteredClient } from '../options.js'
import { decodeFormValue, type Form } from './form.js'
import type { OAuthError } from './oauth-error.js'

interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

const REFUSED: OAuthError = { error: 'invalid_client', description: 'The client is not authenticated' }
const BASIC = /^basic +(?<credentials>[a-z0-9+/]+={0,2})$/i

/**
 * Finds the client that a request proves to come from: by HTTP Basic credentials, or by `client_id` and `client_secret`
 * in the form, never by both.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 RFC 6749, section 2.3.1}
 */
export function authenticateClient(
  authorization: string | undefined,
  form: Form,
  clients: readonly RegisteredClient[],
): RegisteredClient | OAuthError {
  if (authorization !== undefined && form.has('client_secret')) {
    return { error: 'invalid_request', description: 'The client authenticates in two ways' }
  }
  const credentials = authorization === undefined ? readPost(form) : readBasic(authorization)
  if (credentials === undefined) return REFUSED
  if ((form.get('client_id') ?? credentials.clientId) !== credentials.clientId) {
    return { error: 'invalid_request', description: 'client_id is not the client that authenticates' }
  }
  return findClient(credentials, clients) ?? REFUSED
}

/** `client_secret_basic`: identifier and secret are form-encoded before they are joined. */
function readBasic(authorization: string): ClientCredentials | undefined {
  const encoded = BASIC.exec(authorization)?.groups?.['credentials']
  if (encoded === undefined) return undefined
  const userPass = Buffer.from(encoded, 'base64').toString()
  const colon = userPass.indexOf(':')
  if (colon === -1) return undefined
  const clientId = decodeFormValue(userPass.slice(0, colon))
  const clientSecret = decodeFormValue(userPass.slice(colon + 1))
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret }
}

/** `client_secret_post`. */
function readPost(form: Form): ClientCredentials | undefined {
  const clientId = form.get('client_id')
  const clientSecret = form.get('client_secret')
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret }
}

/** Compares in the same time whether the client is unknown or the secret wrong. */
function findClient(
  { clientId, clientSecret }: ClientCredentials,
  clients: readonly RegisteredClient[],
): RegisteredClient | undefined {
  const client = clients.find((candidate) => candidate.clientId === clientId)
  const matches = timingSafeEqual(digest(clientSecret), digest(client?.clientSecret ?? ''))
  return matches ? client : undefined
}

/** Digests have one length, which `timingSafeEqual` asks for and which hides that of the secret. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
