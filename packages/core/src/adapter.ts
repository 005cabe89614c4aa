import type { Answer } from './answer.js'
import { createAuth, type Auth } from './auth.js'
import { copyOptions, copyPlain, parseBoolean } from './config/check.js'
import { ConfigurationError } from './errors.js'
import type { ResourceServerOptions } from './options.js'
import { createResourceServer, type ResourceServer } from './resource-server.js'

/** Whether a request without any credentials may pass. */
export interface RequireTokenOptions {
  /** Lets requests without credentials pass, without `auth`. Bad credentials are refused all the same. Default: `false`. */
  readonly optional?: boolean
}

const REPRESENTATION_FIELDS = new Set([
  'akamai-cache-control',
  'content-digest',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-md5',
  'content-range',
  'content-type',
  'digest',
  'edge-control',
  'etag',
  'expires',
  'last-modified',
  'repr-digest',
  'surrogate-control',
  'trailer',
  'transfer-encoding',
])
/** What tells caches of one kind how long to store, and proxies which file to send instead. */
const PROXY_FIELD = /^x-(?:accel|lighttpd|litespeed|reproxy|sendfile)|(?:^|-)cdn-cache-control$/

/**
 * Tells the header fields that belong to what an earlier middleware meant to send, for adapters: a refusal has content of its
 * own, and must not be kept by a cache.
 *
 * @example
 *   for (const name of response.getHeaderNames().filter(isRepresentationField)) response.removeHeader(name)
 *
 * @param name In lower case.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-8 RFC 9110, section 8}, and
 *   {@link https://www.rfc-editor.org/rfc/rfc9213 RFC 9213} for `CDN-Cache-Control` and its like
 */
export function isRepresentationField(name: string): boolean {
  return REPRESENTATION_FIELDS.has(name) || PROXY_FIELD.test(name)
}

/** Header fields to add to what is there, for adapters: every other one of an answer, or of `setResponseField`, replaces it. */
export const ADDED_FIELDS: ReadonlySet<string> = new Set(['Vary', 'WWW-Authenticate'])

/** What `requireToken` takes in every framework: options, or a resource server that several apps share. */
export type RequireTokenSource = ResourceServer | (ResourceServerOptions & RequireTokenOptions)

/** Who judges, and whether a request without any credentials may pass. */
export interface TokenPolicy {
  readonly resourceServer: ResourceServer
  readonly optional: boolean
}

/**
 * Settles the parameters of a `requireToken`, for adapters.
 *
 * @throws {@link ConfigurationError}
 */
export function toResourceServer(
  source: RequireTokenSource | undefined,
  options: RequireTokenOptions = {},
): TokenPolicy {
  const { optional } = copyOptions(options, 'options', ['optional'])
  if (source === undefined) return toPolicy(createResourceServer(), optional)
  if (isResourceServer(source)) return toPolicy(source, optional)
  const { optional: own = optional, ...resourceServerOptions } = copyPlain(source, 'options')
  const hasOptions = Object.keys(resourceServerOptions).length > 0
  return toPolicy(
    createResourceServer(
      hasOptions ? (resourceServerOptions as unknown as ResourceServerOptions) : undefined,
    ),
    own,
  )
}

/** JavaScript may pass anything: what is no object is left to be refused. */
function isResourceServer(source: RequireTokenSource): source is ResourceServer {
  return Object(source) === source && 'authenticate' in source
}

function toPolicy(resourceServer: ResourceServer, optional: unknown): TokenPolicy {
  return { resourceServer, optional: parseBoolean(optional, 'optional') }
}

/** What `requireToken` found out about a request. */
export interface Authentication {
  readonly resourceServer: ResourceServer
  /** `undefined` where the request had no credentials, and needed none. */
  readonly auth: Auth | undefined
}

/** The requests on which a `requireToken` ran, for adapters. */
export interface Authentications {
  /**
   * Notes that a `requireToken` let this request pass.
   *
   * @returns Who makes the request, without scopes that `requireFresh` of the same resource server has found lost.
   */
  record(request: object, authentication: Authentication): Auth | undefined
  /** Notes what `requireFresh` found out: no later `requireToken` of the same resource server brings back a scope. */
  renew(request: object, authentication: Authentication & { readonly auth: Auth }): void
  /** Drops what an earlier `requireToken` noted. */
  forget(request: object): void
  /** Who makes the request, where somebody was authenticated. */
  findAuth(request: object): Auth | undefined
  /** @throws {@link ConfigurationError} where no `requireToken` accepted this request: a guard must not pass it */
  find(request: object): Authentication
}

/**
 * Remembers what `requireToken` decided, where nothing but the adapter can write: guards believe this, and not a
 * property that any middleware may have set.
 */
export function createAuthentications(): Authentications {
  const authentications = new WeakMap<object, Authentication>()
  const renewed = new WeakMap<object, WeakMap<ResourceServer, Auth>>()
  return {
    record(request, { resourceServer, auth: found }) {
      const fresh = renewed.get(request)?.get(resourceServer)
      const auth = found && fresh?.token === found.token ? withoutLost(found, fresh) : found
      authentications.set(request, { resourceServer, auth })
      return auth
    },
    renew(request, { resourceServer, auth }) {
      const known = renewed.get(request) ?? new WeakMap<ResourceServer, Auth>()
      renewed.set(request, known.set(resourceServer, auth))
      authentications.set(request, { resourceServer, auth })
    },
    forget: (request) => void authentications.delete(request),
    findAuth: (request) => authentications.get(request)?.auth,
    find(request) {
      const authentication = authentications.get(request)
      if (authentication !== undefined) return authentication
      throw new ConfigurationError(
        'requireToken',
        'must run before requireFresh, requireScope and all other guards, of the same package',
      )
    },
  }
}

function withoutLost(auth: Auth, fresh: Auth): Auth {
  const scopes = [...auth.scopes].filter((scope) => fresh.scopes.has(scope))
  return scopes.length === auth.scopes.size ? auth : createAuth(auth.token, { ...auth, scopes })
}

/**
 * Finds what to do about an error: the answer to send where it is one of ours, or an `Error` for the error path of the
 * framework.
 *
 * Never returns what a function of the options threw as it is: `next(undefined)` and `next('route')` would let the
 * request pass.
 */
export function toAnswerOrError(resourceServer: ResourceServer, error: unknown): Answer | Error {
  try {
    return resourceServer.answer(error) ?? toError(error)
  } catch (thrown) {
    return toError(thrown)
  }
}

/** What was thrown, as an error that no framework takes for anything else. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error('A function of the options threw no Error', { cause: thrown })
}
