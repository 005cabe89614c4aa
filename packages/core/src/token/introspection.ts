import { RefusedError, UnavailableError, GeneralOutageError } from '../errors.js'
import { checkResponse, type Exchange, type Incoming } from '../http/exchange.js'
import { parseBody } from '../http/fetch-json.js'
import { deepFreeze, ownMembers, type JsonObject } from '../json.js'
import type { Clock } from '../time.js'
import { readIntrospectionJwt, type SignedResponsePolicy } from './introspection-jwt.js'
import { asVerified, type VerifiedClaims } from './verified.js'

/** A question to the introspection endpoint, on its way. */
export interface IntrospectionRequest {
  readonly token: string
  readonly url: string
  readonly headers: Headers
  readonly body: URLSearchParams
}

/** How the introspection endpoint is asked. */
export interface IntrospectionPolicy {
  /** `undefined`: the answer is plain JSON. */
  readonly signed: SignedResponsePolicy | undefined
  readonly tokenTypeHint: boolean
}

/** What the introspection endpoint is asked with. */
export interface IntrospectionMeans {
  readonly exchange: Exchange
  /** Finds the endpoint. */
  locate(): Promise<string>
  /**
   * Adds what authenticates this resource server.
   *
   * @returns To be called where the endpoint refuses it.
   */
  authenticate(request: IntrospectionRequest): Promise<() => unknown>
  readonly clock: Clock
}

/**
 * Asks the introspection endpoint about a token.
 *
 * @param onSent Called when the question leaves.
 *
 * @returns What it says of an active token, frozen; `undefined` for one that is not
 *
 * @throws {@link UnavailableError} where it does not answer the question
 * @throws {@link RefusedError} `ERR_TOKEN_INACTIVE` where it does not say `true` or `false`
 */
export type Introspect = (token: string, onSent: () => void) => Promise<VerifiedClaims | undefined>

const JSON_TYPE = 'application/json'
const JWT_TYPE = 'application/token-introspection+jwt'

/**
 * Makes what asks the introspection endpoint.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2 RFC 7662, section 2}
 */
export function createIntrospect(policy: IntrospectionPolicy, means: IntrospectionMeans): Introspect {
  const { exchange, locate, authenticate, clock } = means
  const mediaType = policy.signed === undefined ? JSON_TYPE : JWT_TYPE
  return async (token, onSent) => {
    const url = await locate()
    const request = toRequest(token, url, mediaType, policy)
    const refuse = await authenticate(request)
    const init = {
      method: 'POST',
      headers: Object.fromEntries(request.headers),
      body: request.body.toString(),
    } as const
    onSent()
    const response = await exchange(url, init, async (incoming) => {
      if (incoming.response.status === 401) refuse()
      checkAccess(incoming)
      checkResponse(incoming, [mediaType], clock.now())
      return readResponse(incoming, policy.signed)
    })
    return readActive(response)
  }
}

/** RFC 7662, section 2.1. */
function toRequest(
  token: string,
  url: string,
  mediaType: string,
  { tokenTypeHint }: IntrospectionPolicy,
): IntrospectionRequest {
  const headers = { accept: mediaType, 'content-type': 'application/x-www-form-urlencoded' }
  const parameters = { token, ...(tokenTypeHint && { token_type_hint: 'access_token' }) }
  return { token, url, headers: new Headers(headers), body: new URLSearchParams(parameters) }
}

/** RFC 7662, section 2.3, and RFC 9701, section 5: a fault of this resource server, and of no client. */
function checkAccess({ response: { status }, name }: Incoming): void {
  const problem = `${name} answered with status ${String(status)}`
  // No question will be answered until the operator has acted. 400 and 403 may be about this token alone.
  if (status === 401) throw new GeneralOutageError('ERR_INTROSPECTION_REFUSED', problem)
  if (status === 400 || status === 403) throw new UnavailableError('ERR_INTROSPECTION_REFUSED', problem)
}

async function readResponse(
  { name, readBody }: Incoming,
  signed: SignedResponsePolicy | undefined,
): Promise<JsonObject> {
  const bytes = await readBody()
  return signed === undefined ? parseBody(bytes, name) : readIntrospectionJwt(bytes, name, signed)
}

/** RFC 7662, section 2.2: a boolean, and of an inactive token nothing else counts. */
function readActive(response: JsonObject): VerifiedClaims | undefined {
  const { active } = ownMembers(response)
  if (active === true) return asVerified(deepFreeze(ownMembers(response)))
  if (active === false) return undefined
  throw new RefusedError('ERR_TOKEN_INACTIVE', { cause: 'active: is neither true nor false' })
}
