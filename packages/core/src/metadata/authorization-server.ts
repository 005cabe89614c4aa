import { AskedPauseError, UnavailableError } from '../errors.js'
import type { Fetched, FetchJson, Validator } from '../http/fetch-json.js'
import { isStringArray, type JsonObject } from '../json.js'

/** What an authorization server says of itself, as far as a resource server asks. */
export interface AuthorizationServerMetadata {
  /** Equal to the configured issuer, character by character. */
  readonly issuer: string
  /** Where the key set is. */
  readonly jwksUri: string | undefined
  /** Where tokens are introspected. */
  readonly introspectionEndpoint: string | undefined
  /** Default, where the document has none: `client_secret_basic` (RFC 8414, section 2). */
  readonly tokenEndpointAuthMethods: readonly string[]
  /** Has no default: absent where the document has none (RFC 8414, section 2). */
  readonly introspectionEndpointAuthMethods: readonly string[] | undefined
}

/** An address in the metadata that a resource server may need. */
export type MetadataAddress = 'jwks_uri' | 'introspection_endpoint'

/**
 * Finds and checks the metadata of an issuer: the first of its well-known URLs that answers with a usable document, which
 * is then asked first.
 *
 * A URL that gives another answer (404, a login page) only means that the next one is asked; a server that gives none
 * is not asked again. The function throws an {@link UnavailableError}: of the last attempt, or `ERR_METADATA_INVALID`
 * where a document was found and is not this issuer's.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3 RFC 8414, section 3} and section 5
 */
export function createMetadataSource(
  issuer: string,
  fetchJson: FetchJson,
  mayAsk: (url: string) => boolean,
  needed?: readonly MetadataAddress[],
): (validator: Validator | undefined) => Promise<Fetched<AuthorizationServerMetadata>> {
  let urls = wellKnownUrls(issuer)
  return async (validator) => {
    let failure: unknown
    for (const url of urls) {
      try {
        const fetched = await fetchJson(url, ['application/json'], validator)
        const metadata = fetched.content && parseMetadata(fetched.content, issuer, mayAsk, needed)
        urls = [url, ...urls.filter((other) => other !== url)]
        return { ...fetched, content: metadata }
      } catch (error) {
        if (!isOfThisUrl(error)) throw error
        failure = moreTelling(failure, error)
      }
    }
    throw failure
  }
}

/**
 * Well-known URLs of an issuer, in the order in which they are asked: inserted for OAuth, inserted for OpenID, appended
 * for OpenID.
 *
 * @example
 *   wellKnownUrls('https://as.example.com/t1')[0] // 'https://as.example.com/.well-known/oauth-authorization-server/t1'
 */
export function wellKnownUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    ...(path === '' ? [] : [`${origin}/.well-known/openid-configuration${path}`]),
    `${origin}${path}/.well-known/openid-configuration`,
  ]
}

/**
 * Checks that a metadata document is the issuer's own and can be used.
 *
 * @param mayAsk Whether requests may go to an address.
 * @param needed Addresses without which it is of no use; another one that must not be asked counts as absent.
 *
 * @throws {@link UnavailableError} `ERR_METADATA_INVALID`
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.3 RFC 8414, section 3.3}
 */
export function parseMetadata(
  document: JsonObject,
  issuer: string,
  mayAsk: (url: string) => boolean,
  needed: readonly MetadataAddress[] = ['jwks_uri'],
): AuthorizationServerMetadata {
  const {
    token_endpoint_auth_methods_supported: tokenMethods,
    introspection_endpoint_auth_methods_supported: introspectionMethods,
  } = document
  if (document['issuer'] !== issuer)
    throw invalid('its issuer is not, character by character, the configured one')
  return {
    issuer,
    jwksUri: readAddress('jwks_uri'),
    introspectionEndpoint: readAddress('introspection_endpoint'),
    // Of no use to the key set: a malformed one counts as absent.
    tokenEndpointAuthMethods: isStringArray(tokenMethods) ? tokenMethods : ['client_secret_basic'],
    introspectionEndpointAuthMethods: isStringArray(introspectionMethods) ? introspectionMethods : undefined,
  }

  function readAddress(name: MetadataAddress): string | undefined {
    const url = document[name]
    if (typeof url === 'string' && mayAsk(url)) return url
    if (!needed.includes(name)) return undefined
    throw invalid(typeof url === 'string' ? `its ${name} is not an https address` : `it has no ${name}`)
  }

  function invalid(problem: string): UnavailableError {
    return new UnavailableError('ERR_METADATA_INVALID', `metadata for ${issuer}: ${problem}`)
  }
}

/** Not of a server that is down, or asks to be left alone: another URL of it would be of no use. */
function isOfThisUrl(error: unknown): error is UnavailableError {
  if (!(error instanceof UnavailableError) || error instanceof AskedPauseError) return false
  return error.code !== 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'
}

/** A document that is wrong tells an operator more than a URL without a document. */
function moreTelling(earlier: unknown, later: UnavailableError): unknown {
  return earlier instanceof UnavailableError && earlier.code === 'ERR_METADATA_INVALID' ? earlier : later
}
