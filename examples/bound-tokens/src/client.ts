import {
  allowInsecureRequests,
  clientCredentialsGrantRequest,
  ClientSecretBasic,
  discoveryRequest,
  DPoP,
  generateKeyPair,
  processClientCredentialsResponse,
  processDiscoveryResponse,
  protectedResourceRequest,
  WWWAuthenticateChallengeError,
  type Client as OauthClient,
  type CryptoKeyPair,
  type ProtectedResourceRequestOptions,
} from 'oauth4webapi'

/** A client of the authorization server that calls the API. */
export interface Client {
  readonly token: string
  /** As the authorization server says it, in lower case: `dpop`, or `bearer`. */
  readonly tokenType: string
  /** Asks for a URL, with the token, and with a proof of its own if the client has a key. */
  get(url: string): Promise<Response>
}

/** Who asks for a token, and for which API. */
export interface ClientOptions {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly resource: string
  /** The private one never leaves this process. Default: no key, and a Bearer token. */
  readonly keys?: CryptoKeyPair
}

const INSECURE = { [allowInsecureRequests]: true } // plain HTTP on this machine; leave it out in earnest

/** Gets a token. With a key, the request for it has a proof already, and the token is bound to the key. */
export async function openClient(options: ClientOptions): Promise<Client> {
  const { issuer, clientId, clientSecret, resource, keys } = options
  const url = new URL(issuer)
  const server = await processDiscoveryResponse(url, await discoveryRequest(url, INSECURE))
  const client: OauthClient = { client_id: clientId }
  const proving = keys === undefined ? INSECURE : { ...INSECURE, DPoP: DPoP(client, keys) }
  const response = await clientCredentialsGrantRequest(
    server,
    client,
    ClientSecretBasic(clientSecret),
    { resource, scope: 'stats:read' },
    proving,
  )
  const answer = await processClientCredentialsResponse(server, client, response)
  return {
    token: answer.access_token,
    tokenType: answer.token_type,
    get: (url) => get(url, answer.access_token, proving),
  }
}

/** Asks for a URL with a token of somebody else, and a proof of one's own. */
export async function getWithOwnKey(url: string, token: string): Promise<Response> {
  const keys = await generateKeyPair('ES256')
  return get(url, token, { ...INSECURE, DPoP: DPoP({}, keys) })
}

async function get(url: string, token: string, options: ProtectedResourceRequestOptions): Promise<Response> {
  try {
    return await protectedResourceRequest(token, 'GET', new URL(url), undefined, undefined, options)
  } catch (error) {
    if (error instanceof WWWAuthenticateChallengeError) return error.response
    throw error
  }
}
