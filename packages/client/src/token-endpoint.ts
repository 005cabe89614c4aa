import { processDiscoveryResponse } from 'oauth4webapi'
import { isAddress, isLoopback } from './address.js'
import { TokenEndpointUnavailableError } from './errors.js'
import { unusable, type Answer, type Exchange } from './http.js'
import type { Settings } from './settings.js'

/** Where tokens are asked for, and how clients authenticate there. */
export interface TokenEndpoint {
  readonly url: string
  /** `undefined` where the server does not say. */
  readonly authenticationMethods: readonly string[] | undefined
}

/** Knows the token endpoint, or finds it. */
export interface TokenEndpointSource {
  /** @throws {@link TokenEndpointUnavailableError} where it is not known, and cannot be found */
  find(signal: AbortSignal): Promise<TokenEndpoint>
  /** Something is wrong with it: the metadata are asked again before it is used again. */
  doubt(): void
}

/** How long the place of the token endpoint is believed without asking, in seconds. */
const LIFETIME = 3600

/** Makes the source of the token endpoint: configured, or discovered. */
export function createTokenEndpointSource(settings: Settings, exchange: Exchange): TokenEndpointSource {
  const { issuer, tokenEndpoint, clock } = settings
  if (tokenEndpoint !== undefined || issuer === undefined) {
    const configured = { url: tokenEndpoint ?? '', authenticationMethods: undefined }
    return { find: () => Promise.resolve(configured), doubt: () => undefined }
  }
  let found: { readonly endpoint: TokenEndpoint; readonly at: number } | undefined
  let isDoubted = false
  return {
    async find(signal) {
      if (found !== undefined && !isDoubted && clock.monotonic() - found.at < LIFETIME) return found.endpoint
      try {
        const endpoint = await discover(settings, issuer, exchange, signal)
        found = { endpoint, at: clock.monotonic() }
        isDoubted = false
      } catch (error) {
        if (found === undefined) throw error // else the one that is known may still be good
      }
      return found.endpoint
    },
    doubt() {
      isDoubted = true
    },
  }
}

/** Asks the well-known URLs: the next one wherever one answers, and not with the metadata of this issuer. */
async function discover(
  settings: Settings,
  issuer: string,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<TokenEndpoint> {
  let failure: unknown
  for (const url of wellKnownUrls(issuer)) {
    try {
      const answer = await exchange(url, { method: 'GET', headers: { accept: 'application/json' } }, signal)
      return await parseMetadata(answer, issuer, url, settings)
    } catch (error) {
      if (!(error instanceof TokenEndpointUnavailableError)) throw error
      if (error.code === 'ERR_AUTHORIZATION_SERVER_UNREACHABLE') throw error
      failure = isMetadataFault(failure) ? failure : error
    }
  }
  throw failure
}

/** RFC 8414, section 3 and section 5: inserted for OAuth, inserted for OpenID, appended for OpenID. */
function wellKnownUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    ...(path === '' ? [] : [`${origin}/.well-known/openid-configuration${path}`]),
    `${origin}${path}/.well-known/openid-configuration`,
  ]
}

/** RFC 8414, section 3.3. oauth4webapi compares issuers as URLs: here they are compared as they are written. */
async function parseMetadata(
  { status, content }: Answer,
  issuer: string,
  url: string,
  { credentials }: Settings,
): Promise<TokenEndpoint> {
  if (status !== 200) throw unusable(url, `answered with status ${status}`)
  const invalid = (problem: string) =>
    new TokenEndpointUnavailableError('ERR_METADATA_INVALID', `metadata for ${issuer}: ${problem}`)
  const metadata = await processDiscoveryResponse(new URL(issuer), Response.json(content)).catch(() => {
    throw invalid('they name another issuer')
  })
  if (metadata.issuer !== issuer)
    throw invalid('their issuer is not, character by character, the configured one')
  const isCertificate = credentials.method === 'certificate'
  const alias = isCertificate ? metadata.mtls_endpoint_aliases?.token_endpoint : undefined // RFC 8705, section 5
  const endpoint: unknown = alias ?? metadata.token_endpoint
  if (typeof endpoint !== 'string' || !isAddress(endpoint) || isDowngrade(endpoint, issuer))
    throw invalid('they have no https token_endpoint')
  const methods: unknown = metadata.token_endpoint_auth_methods_supported
  return { url: endpoint, authenticationMethods: Array.isArray(methods) ? methods.map(String) : undefined }
}

/** A server elsewhere has no business in naming an address of this machine that is reached in the clear. */
function isDowngrade(endpoint: string, issuer: string): boolean {
  return isLoopback(new URL(endpoint).origin) && !isLoopback(new URL(issuer).origin)
}

/** A document that is wrong tells more than a URL without a document. */
function isMetadataFault(failure: unknown): boolean {
  return failure instanceof TokenEndpointUnavailableError && failure.code === 'ERR_METADATA_INVALID'
}
