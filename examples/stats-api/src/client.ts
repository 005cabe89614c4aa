import type { ClientRegistration } from './registrations.js'

/** What a client asks for. */
export interface TokenRequest {
  /** The API that the token is for (RFC 8707). */
  readonly resource: string
  /** What the token shall allow, separated by spaces: all that the client may have, or less. */
  readonly scope: string
}

/** What it gets (RFC 6749, section 5.1). */
export interface TokenResponse {
  readonly access_token: string
  readonly token_type: string
  readonly expires_in: number
  readonly scope: string
}

/**
 * Asks for an access token with id and secret.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.4 RFC 6749, section 4.4}
 */
export async function requestToken(
  tokenEndpoint: string,
  client: ClientRegistration,
  { resource, scope }: TokenRequest,
): Promise<TokenResponse> {
  const response = await post(tokenEndpoint, client, { grant_type: 'client_credentials', resource, scope })
  if (!response.ok)
    throw new Error(`The token endpoint answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as TokenResponse
}

/**
 * Says that a token is needed no more. Nobody may use it from then on, whoever has a copy.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009#section-2.1 RFC 7009, section 2.1}
 */
export async function revokeToken(
  revocationEndpoint: string,
  client: ClientRegistration,
  token: string,
): Promise<number> {
  const response = await post(revocationEndpoint, client, { token, token_type_hint: 'access_token' })
  await response.arrayBuffer() // nothing stays open
  return response.status
}

/** A request with id and secret, where this client puts them (RFC 6749, section 2.3.1). */
function post(
  endpoint: string,
  { clientId, clientSecret, authMethod }: ClientRegistration,
  parameters: Record<string, string>,
): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' })
  const body = new URLSearchParams(parameters)
  if (authMethod === 'client_secret_basic') {
    headers.set('authorization', toBasic(clientId, clientSecret))
  } else {
    body.set('client_id', clientId)
    body.set('client_secret', clientSecret)
  }
  return fetch(endpoint, { method: 'POST', headers, body })
}

/**
 * Id and secret, each form-encoded before they are joined: either may hold a colon, a space, or an umlaut.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 RFC 6749, section 2.3.1}
 */
export function toBasic(clientId: string, clientSecret: string): string {
  const credentials = `${formEncode(clientId)}:${formEncode(clientSecret)}`
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}

/** Calls the API, with a token or without. */
export function callApi(
  origin: string,
  method: 'DELETE' | 'GET' | 'POST',
  token: string | undefined,
): Promise<Response> {
  return fetch(`${origin}/stats`, {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })
}

/** `application/x-www-form-urlencoded`, as `URLSearchParams` writes a value. */
function formEncode(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice('='.length)
}
