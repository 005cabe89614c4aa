/**
 * What an API tells clients of itself.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-2 RFC 9728, section 2}
 */
export interface ResourceMetadataOptions {
  /**
   * Resource identifier: the `https` URL that clients call, without fragment; `http` is accepted on loopback. Clients compare
   * it character by character, and ask the authorization server for tokens for it (RFC 8707): `audience` should hold it.
   */
  readonly resource: string
  /** Scopes that clients may ask for. Default: those that the guards of the application ask for. */
  readonly scopesSupported?: readonly string[]
  /** Types of authorization details (RFC 9396) that clients may ask for. Default: as the guards say. */
  readonly authorizationDetailsTypesSupported?: readonly string[]
  /** Issuers to name, where they are looked up: required there, and known everywhere else. */
  readonly authorizationServers?: readonly string[]
  /** Name of the API, to show to users. Default: none. */
  readonly resourceName?: string
  /** URL of a page for developers. Default: none. */
  readonly resourceDocumentation?: string
  /**
   * Serves the document at the well-known URL of the origin as well, for clients that look there alone. Where several APIs
   * share an origin, for one of them. Default: `false`.
   */
  readonly atRoot?: boolean
}
