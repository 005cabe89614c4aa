import {
  allowInsecureRequests,
  clientCredentialsGrantRequest,
  customFetch,
  discoveryRequest,
  isDPoPNonceError,
  processClientCredentialsResponse,
  processDiscoveryResponse,
  protectedResourceRequest,
  WWWAuthenticateChallengeError,
  type Client,
  type ClientAuth,
  type DPoPHandle,
  type TokenEndpointResponse,
} from 'oauth4webapi'
import { STATS_API } from './authorization-server.js'

/** As `oauth4webapi` takes it. */
export type Fetch = (url: string, request: FetchRequest) => Promise<Response>

export interface FetchRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** Of requests for tokens: a form. */
  readonly body?: unknown
}

/** How a client proves who it is, beside what it says. */
export interface Proving {
  /** Makes a proof for each request, with the latest nonce. */
  readonly DPoP?: DPoPHandle
  /** Has the certificate of the client. Default: that of Node.js, without one. */
  readonly fetch?: Fetch
}

/** A call of an API. */
export interface Call extends Proving {
  readonly url: string
  readonly token: string
  /** A proof that was made before. */
  readonly proof?: string
  readonly fields?: Readonly<Record<string, string>>
}

/** What the client library makes of the answer of an API. */
export interface Outcome {
  readonly status: number
  /** Parsed JSON, if the call was accepted. */
  readonly body?: unknown
  /** Otherwise, of each challenge that names an error: scheme, `error` and `error_description`. */
  readonly problems?: readonly (readonly unknown[])[]
}

/** Gets an access token for the statistics API with `stats:read`, as a client that the authorization server knows. */
export async function requestToken(
  issuer: string,
  client: Client,
  authentication: ClientAuth,
  { DPoP, fetch }: Proving = {},
): Promise<TokenEndpointResponse> {
  const insecure = { [allowInsecureRequests]: true } // plain HTTP, on this machine
  const url = new URL(issuer)
  const server = await processDiscoveryResponse(url, await discoveryRequest(url, insecure))
  const response = await clientCredentialsGrantRequest(
    server,
    client,
    authentication,
    { scope: 'stats:read', resource: STATS_API },
    { ...insecure, ...(DPoP && { DPoP }), ...(fetch && { [customFetch]: fetch }) },
  )
  return processClientCredentialsResponse(server, client, response)
}

/** Calls an API once. */
export async function call(request: Call): Promise<Outcome> {
  try {
    return await send(request)
  } catch (error) {
    if (!(error instanceof WWWAuthenticateChallengeError)) throw error
    await error.response.arrayBuffer()
    const problems = error.cause.flatMap(({ scheme, parameters }) =>
      parameters.error === undefined ? [] : [[scheme, parameters.error, parameters.error_description]],
    )
    return { status: error.status, problems }
  }
}

/** Calls an API, and once more where the library says that its proof lacked a nonce. */
export async function callPersistently(request: Call): Promise<Outcome> {
  try {
    return await send(request)
  } catch (error) {
    if (!isDPoPNonceError(error)) throw error
    return send(request)
  }
}

/** @throws WWWAuthenticateChallengeError */
async function send({ url, token, proof, fields, DPoP, fetch }: Call): Promise<Outcome> {
  const response = await protectedResourceRequest(
    token,
    'GET',
    new URL(url),
    new Headers({ ...fields, ...(proof !== undefined && { DPoP: proof }) }),
    undefined,
    {
      [allowInsecureRequests]: true,
      ...(DPoP && { DPoP }),
      ...(fetch && { [customFetch]: fetch }),
    },
  )
  return { status: response.status, body: await response.json() }
}
