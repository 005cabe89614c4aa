import { callApi, requestToken, revokeToken, type TokenRequest } from './client.js'
import { findProblems, type Demand } from './demand.js'
import type { ClientRegistration } from './registrations.js'

/** A request, its answer, and what to think of it. */
export interface Exchange {
  /** Method and path. */
  readonly request: string
  /** What the request carried; no token in it is whole. */
  readonly sent: string
  readonly status: number
  /** What the answer says, as far as it matters here. */
  readonly answer: readonly string[]
  /** Why this is the right answer. */
  readonly why: string
  /** In what the answer is not the right one; empty if all is well. */
  readonly problems: readonly string[]
}

/** A call of the API, and the answer that it must have. */
export interface Call {
  readonly method: 'DELETE' | 'GET' | 'POST'
  readonly token: string | undefined
  /** A word on the token. */
  readonly sent: string
  readonly demand: Demand
  readonly why: string
}

const FIELDS = ['WWW-Authenticate', 'Retry-After']

/** Calls the API at an origin, and judges its answer. */
export async function call(origin: string, { method, token, sent, demand, why }: Call): Promise<Exchange> {
  const response = await callApi(origin, method, token)
  await response.arrayBuffer() // nothing stays open
  return {
    request: `${method} /stats`,
    sent: token === undefined ? sent : `Bearer ${shorten(token)}, ${sent}`,
    status: response.status,
    answer: FIELDS.flatMap((name) => {
      const value = response.headers.get(name)
      return value === null ? [] : [`${name}: ${value}`]
    }),
    why,
    problems: findProblems(response, demand),
  }
}

/** Asks for a token, judges the answer, and returns the token. */
export async function* ask(
  tokenEndpoint: string,
  client: ClientRegistration,
  request: TokenRequest,
  why: string,
): AsyncGenerator<Exchange, string> {
  const { access_token: token, token_type: type, scope } = await requestToken(tokenEndpoint, client, request)
  const place = client.authMethod === 'client_secret_basic' ? 'with Basic' : 'with its secret in the body'
  yield {
    request: 'POST /token',
    sent: `${client.clientId} ${place}, resource=${request.resource} scope="${request.scope}"`,
    status: 200,
    answer: [`access_token: ${shorten(token)}, scope: ${scope}`],
    why,
    problems: [
      ...(type === 'Bearer' ? [] : [`token_type: expected Bearer, got ${type}`]),
      ...(scope === request.scope ? [] : [`scope: expected ${request.scope}, got ${scope}`]),
    ],
  }
  return token
}

/** Revokes a token, and judges the answer. */
export async function revoke(
  revocationEndpoint: string,
  client: ClientRegistration,
  token: string,
  why: string,
): Promise<Exchange> {
  const status = await revokeToken(revocationEndpoint, client, token)
  return {
    request: 'POST /token/revocation',
    sent: `${client.clientId}, token=${shorten(token)}`,
    status,
    answer: [],
    why,
    problems: status === 200 ? [] : [`status: expected 200, got ${status}`],
  }
}

/** Enough to tell tokens apart, too little to use one. */
function shorten(token: string): string {
  return `${token.slice(0, 8)}…${token.slice(-8)}`
}
