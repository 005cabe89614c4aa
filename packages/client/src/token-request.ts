import { createClientAuthentication } from '@bearward/core'
import {
  allowInsecureRequests,
  clientCredentialsGrantRequest,
  customFetch,
  processClientCredentialsResponse,
  ResponseBodyError,
  type AuthorizationServer,
} from 'oauth4webapi'
import type { Grant } from './access-token.js'
import { toName } from './address.js'
import { TokenEndpointUnavailableError, TokenRequestError, type TokenFailure } from './errors.js'
import { createExchange, unreachable, unusable, withTimeLimit, type Answer, type Exchange } from './http.js'
import type { Settings } from './settings.js'
import { createTokenEndpointSource, type TokenEndpoint } from './token-endpoint.js'

/**
 * Makes what gets an access token by the client-credentials grant: one attempt, within the time limit.
 *
 * It throws a {@link TokenRequestError} where the server refuses, and a {@link TokenEndpointUnavailableError} for everything
 * else that can go wrong.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.4 RFC 6749, section 4.4}
 */
export function createTokenRequest(settings: Settings): () => Promise<Grant> {
  const { clock, timeLimit, issuer, tokenEndpoint } = settings
  const exchange = createExchange(settings.fetch, clock)
  const source = createTokenEndpointSource(settings, exchange)
  const name = toName(new URL(tokenEndpoint ?? issuer ?? ''))
  return async () => {
    try {
      return await withTimeLimit(clock, timeLimit, name, async (signal) =>
        requestToken(settings, await source.find(signal), exchange, signal),
      )
    } catch (error) {
      const failure = toFailure(error, name)
      if (failure instanceof TokenEndpointUnavailableError) source.doubt()
      throw failure
    }
  }
}

async function requestToken(
  settings: Settings,
  endpoint: TokenEndpoint,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<Grant> {
  const server: AuthorizationServer = {
    issuer: settings.issuer ?? endpoint.url,
    token_endpoint: endpoint.url,
  }
  const client = { client_id: settings.clientId }
  const authenticate = createClientAuthentication(
    settings.credentials,
    endpoint.authenticationMethods,
    settings.clock,
  )
  const name = toName(new URL(endpoint.url))
  const response = await clientCredentialsGrantRequest(server, client, authenticate, parameters(settings), {
    // What may be asked has been decided by isAddress(): plain HTTP only on this machine.
    [allowInsecureRequests]: true,
    [customFetch]: async (url, { method, headers, body }) =>
      toResponse(await exchange(url, { method, headers, body: body.toString() }, signal), name),
  })
  return toGrant(await processClientCredentialsResponse(server, client, response), name)
}

/** RFC 6749, section 4.4.2, and RFC 8707, section 2. The type of the grant comes first, by custom. */
function parameters({ scopes, resources }: Settings): string[][] {
  return [
    ['grant_type', 'client_credentials'],
    ...(scopes.length > 0 ? [['scope', scopes.join(' ')]] : []),
    ...resources.map((resource) => ['resource', resource]),
  ]
}

/**
 * Leaves what has a meaning here (RFC 6749, section 5.1 and section 5.2). oauth4webapi would read no error beside a challenge
 * of the server, would want refresh tokens and ID tokens to be good, and would read "1 hour" as one second.
 */
function toResponse({ status, content }: Answer, name: string): Response {
  const { access_token, token_type, scope, expires_in, error, error_description, error_uri } = content
  if (status !== 200) return Response.json({ error, error_description, error_uri }, { status })
  const seconds = typeof expires_in === 'string' && /^\d+$/.test(expires_in) ? Number(expires_in) : expires_in
  if (seconds !== undefined && seconds !== null && typeof seconds !== 'number')
    throw unusable(name, 'answered with an expires_in that is not a number')
  return Response.json({
    access_token,
    token_type,
    scope: scope ?? undefined,
    expires_in: seconds ?? undefined,
  })
}

function toGrant(answer: Awaited<ReturnType<typeof processClientCredentialsResponse>>, name: string): Grant {
  // Proof-of-possession tokens are of no use as bearer tokens.
  if (answer.token_type !== 'bearer') throw unusable(name, 'answered with a token_type other than Bearer')
  // What a header field cannot carry would be quoted in the error of `fetch`.
  if (!/^[\x21-\x7E]+$/.test(answer.access_token))
    throw unusable(name, 'answered with an access_token that no request could carry')
  return { accessToken: answer.access_token, lifetime: answer.expires_in, scope: answer.scope }
}

/** The errors of oauth4webapi hold the answer, and with it perhaps the token: their texts alone are kept. */
function toFailure(error: unknown, name: string): TokenFailure {
  if (error instanceof TokenEndpointUnavailableError) return error
  if (error instanceof ResponseBodyError) return toRefusal(error, name)
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('OAUTH_'))
    return unusable(name, `did not answer as it must: ${error.message}`)
  return unreachable(name, 'the request could not be made', error)
}

/** RFC 6749, appendix A.7 to A.9. */
function toRefusal(error: ResponseBodyError, name: string): TokenFailure {
  const isText = (text: unknown): text is string =>
    typeof text === 'string' && /^[\x20\x21\x23-\x5B\x5D-\x7E]{1,1000}$/.test(text)
  const { error: code, status, error_description: description, cause } = error
  if (!isText(code))
    return unusable(name, `answered with status ${status} and an error code of wrong characters`)
  const uri = cause['error_uri']
  return new TokenRequestError({
    code,
    status,
    description: isText(description) ? description : undefined,
    uri: isText(uri) ? uri : undefined,
    cause: error,
  })
}
