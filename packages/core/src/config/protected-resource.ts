import type { SenderConstraintPolicy } from '../binding/sender-constraint.js'
import type { ProtectedResource } from '../metadata/protected-resource.js'
import { checkScopes } from '../authorization/scope-token.js'
import { ConfigurationError } from '../errors.js'
import { parseUrl } from '../url.js'
import { copyOptions, parseBoolean, parseStrings, parseText, type Unchecked } from './check.js'

/** The checked options of the protected resource metadata. */
export interface ProtectedResourceConfig extends ProtectedResource {
  /** Whether the document is at the well-known URL of the origin as well. */
  readonly isAtRoot: boolean
}

const RESOURCE_METADATA_OPTIONS = [
  'resource',
  'scopesSupported',
  'authorizationDetailsTypesSupported',
  'authorizationServers',
  'resourceName',
  'resourceDocumentation',
  'atRoot',
]
const NAME = 'resourceMetadata'
/** Scheme, host, and perhaps what comes after it. */
const WRITTEN = /^https?:\/\/[^/?#@\\\s]+(?:[/?][\x21-\x7E]*)?$/i
const LOOPBACK = /^http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/

/**
 * Checks the option `resourceMetadata`.
 *
 * @param known Issuers of the configuration; `undefined` where they are looked up.
 * @param bearerMethods Where access tokens may stand.
 * @param senderConstraint Which tokens must be bound, and to what they may be.
 *
 * @throws {@link ConfigurationError}
 */
export function parseProtectedResource(
  value: unknown,
  known: readonly string[] | undefined,
  bearerMethods: readonly string[],
  { isRequired, dpop, certificates }: SenderConstraintPolicy,
): ProtectedResourceConfig | undefined {
  if (value === undefined) return undefined
  const options = copyOptions(value, NAME, RESOURCE_METADATA_OPTIONS)
  const { scopesSupported, authorizationDetailsTypesSupported: types, resourceName } = options
  return {
    resource: parseResource(options['resource']),
    authorizationServers: parseIssuers(options, known),
    scopesSupported:
      scopesSupported === undefined
        ? undefined
        : checkScopes(parseList(scopesSupported, `${NAME}.scopesSupported`), `${NAME}.scopesSupported`),
    authorizationDetailsTypesSupported:
      types === undefined ? undefined : parseList(types, `${NAME}.authorizationDetailsTypesSupported`),
    bearerMethodsSupported: bearerMethods,
    proofAlgorithms: [...(dpop?.algorithms ?? [])],
    needsProof: isRequired && certificates === undefined,
    acceptsCertificates: certificates !== undefined,
    resourceName: resourceName === undefined ? undefined : parseText(resourceName, `${NAME}.resourceName`),
    resourceDocumentation: parsePage(options['resourceDocumentation']),
    isAtRoot: parseBoolean(options['atRoot'], `${NAME}.atRoot`),
  }
}

/**
 * RFC 9728, section 1.2, and RFC 8707, section 2. Scheme and host may be in capitals, and go out in small letters; all else
 * must stand as URLs are written, since clients compare it character by character.
 */
function parseResource(value: unknown): string {
  const url = typeof value === 'string' && WRITTEN.test(value) ? parseUrl(value) : undefined
  if (url === undefined || typeof value !== 'string' || value.includes('#') || url.username !== '')
    throw new ConfigurationError(`${NAME}.resource`, 'must be the https URL of the API, without fragment')
  if (url.protocol !== 'https:' && !LOOPBACK.test(url.origin))
    throw new ConfigurationError(`${NAME}.resource`, 'must be https (http only on loopback)')
  const resource = value.replace(/^[^/]+\/\/[^/?]+/, url.origin)
  if (resource !== url.href && `${resource}/` !== url.href)
    throw new ConfigurationError(
      `${NAME}.resource`,
      'must be written as URLs are: no `..`, nothing to be encoded',
    )
  return resource
}

function parseIssuers(options: Unchecked, known: readonly string[] | undefined): readonly string[] {
  const issuers = options['authorizationServers']
  if (known === undefined) return parseList(issuers, `${NAME}.authorizationServers`)
  if (issuers === undefined) return known
  throw new ConfigurationError(
    `${NAME}.authorizationServers`,
    'belongs to resolveAuthorizationServer alone; else the issuers are known',
  )
}

function parsePage(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && /^https?:\/\/[\x21-\x7E]+$/.test(value) && parseUrl(value)) return value
  throw new ConfigurationError(`${NAME}.resourceDocumentation`, 'must be the URL of a page')
}

function parseList(value: unknown, name: string): readonly string[] {
  return [...new Set(parseStrings(value, name))]
}
