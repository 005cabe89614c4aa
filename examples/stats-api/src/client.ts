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
  { clientId, clientSecret, authMethod }: ClientRegistration,
  { resource, scope }: TokenRequest,
): Promise<TokenResponse> {
  const headers = new Headers({ accept: 'application/json' })
  const body = new URLSearchParams({ grant_type: 'client_credentials', resource, scope })
  if (authMethod === 'client_secret_basic') {
    headers.set('authorization', toBasic(clientId, clientSecret))
  } else {
    body.set('client_id', clientId)
    body.set('client_secret', clientSecret)
  }
  const response = await fetch(tokenEndpoint, { method: 'POST', headers, body })
  if (!response.ok)
    throw new Error(`The token endpoint answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as TokenResponse
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
  method: 'GET' | 'POST',
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
