/** What a protected resource says of itself. */
export interface ProtectedResource {
  /** Its identifier, as clients compare it. */
  readonly resource: string
  /** Issuers. */
  readonly authorizationServers: readonly string[]
  /** `undefined`: not said by the developer. */
  readonly scopesSupported: readonly string[] | undefined
  /** `undefined`: not said by the developer. */
  readonly authorizationDetailsTypesSupported: readonly string[] | undefined
  /** None where the access token is read from elsewhere. */
  readonly bearerMethodsSupported: readonly string[]
  /** Of DPoP proofs; none where those are not accepted. */
  readonly proofAlgorithms: readonly string[]
  /** Whether every access token needs a DPoP proof. */
  readonly needsProof: boolean
  /** Whether access tokens may be bound to client certificates. */
  readonly acceptsCertificates: boolean
  readonly resourceName: string | undefined
  readonly resourceDocumentation: string | undefined
}

/** What the guards of the application ask for. */
export interface DeclaredDemands {
  readonly scopes: readonly string[]
  readonly authorizationDetailsTypes: readonly string[]
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

/**
 * Where the metadata of a protected resource is: the well-known path is inserted between host and path; a query stays.
 *
 * @example
 *   protectedResourceUrl('https://h/api') // 'https://h/.well-known/oauth-protected-resource/api'
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-3.1 RFC 9728, section 3.1}
 */
export function protectedResourceUrl(resource: string): string {
  const { origin, pathname, search } = new URL(resource)
  return `${origin}${WELL_KNOWN}${pathname === '/' ? '' : pathname}${search}`
}

/**
 * The metadata document. What the developer said goes before what guards declare; a list without members is left out, but
 * for the methods, where it says that there is none.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-2 RFC 9728, section 2}
 */
export function protectedResourceDocument(
  of: ProtectedResource,
  declared: DeclaredDemands,
): Readonly<Record<string, unknown>> {
  const { scopesSupported = declared.scopes } = of
  const { authorizationDetailsTypesSupported: types = declared.authorizationDetailsTypes } = of
  const members = {
    resource: of.resource,
    authorization_servers: orAbsent(of.authorizationServers),
    scopes_supported: orAbsent(scopesSupported),
    bearer_methods_supported: of.bearerMethodsSupported,
    resource_name: of.resourceName,
    resource_documentation: of.resourceDocumentation,
    authorization_details_types_supported: orAbsent(types),
    dpop_signing_alg_values_supported: orAbsent(of.proofAlgorithms),
    dpop_bound_access_tokens_required: of.needsProof || undefined,
    tls_client_certificate_bound_access_tokens: of.acceptsCertificates || undefined,
  }
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** RFC 9728, section 3.2. */
function orAbsent(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : list
}
