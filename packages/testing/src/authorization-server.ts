import type { JWK } from 'jose'
import { createEndpoints, findEndpoint, type Endpoints } from './endpoints.js'
import { listen } from './http/listener.js'
import { followRoute } from './http/router.js'
import type { Interceptor } from './interceptor.js'
import { createIssuing } from './issuing.js'
import { createKeyRing } from './keys/key-ring.js'
import { parseOptions, type StartOptions } from './options.js'
import { createCounting, type RequestCounters } from './request-counters.js'
import { createRoutes } from './routes.js'
import type { MintOptions } from './tokens/mint-options.js'
import type { MintOpaqueOptions } from './tokens/opaque.js'

/** An authorization server that runs in this process and answers over HTTP on 127.0.0.1. */
export interface AuthorizationServer extends Endpoints {
  /**
   * Makes an access token without a request: a good one (RFC 9068, for the first client), or a bad one.
   *
   * @param claims Claims to add or to replace; one that is `undefined` is left out.
   *
   * @throws {TypeError} When key and algorithm of the options do not fit.
   *
   * @example
   *   await authorizationServer.mint() // good
   *   await authorizationServer.mint({ aud: 'https://other.example.com' }) // for another API
   *   await authorizationServer.mint({}, { signature: 'none' }) // unsecured
   */
  mint(claims?: Readonly<Record<string, unknown>>, options?: MintOptions): Promise<string>

  /**
   * Makes an opaque access token without a request: text without any meaning, of which the introspection endpoint says
   * what a JWT from `mint` would carry. When `exp` has passed on the clock of this server, it says that the token is not
   * active. It answers for tokens from `mint` as well, whatever their signature is.
   *
   * @param claims Members of the introspection response to add or to replace; one that is `undefined` is left out.
   *
   * @example
   *   authorizationServer.mintOpaque({ scope: 'stats:read' }) // good
   *   authorizationServer.mintOpaque({ aud: undefined }) // of which nobody says whom it is for
   *   authorizationServer.mintOpaque({ active: 'true' }) // by a server that errs
   *
   * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 RFC 7662, section 2.2}
   */
  mintOpaque(claims?: Readonly<Record<string, unknown>>, options?: MintOpaqueOptions): string

  /**
   * Changes what the introspection endpoint says of a token from now on; the other claims stay.
   *
   * @param claims Claims to add or to replace; one that is `undefined` is left out.
   *
   * @throws {TypeError} When this server did not make the token, or it is revoked.
   *
   * @example
   *   const token = authorizationServer.mintOpaque({ scope: 'stats:read stats:write' })
   *   authorizationServer.setClaims(token, { scope: 'stats:read' })
   */
  setClaims(token: string, claims: Readonly<Record<string, unknown>>): void

  /** Has the introspection endpoint say from now on that a token, opaque or a JWT, is not active. */
  revoke(token: string): void

  /** A new key for each algorithm; the old ones are withdrawn unless `keepOld` is set. Default: false. */
  rotateKeys(options?: { readonly keepOld?: boolean }): Promise<void>

  /** The public keys of this server, newest first, whatever `publish` has put in their place. */
  keySet(): { keys: JWK[] }

  /**
   * Serves these raw keys instead of the real ones, across rotations, until called with undefined.
   *
   * @example
   *   authorizationServer.publish([...authorizationServer.keySet().keys, { kty: 'unknown' }]) // additionally
   *   authorizationServer.publish(undefined) // the real ones again
   */
  publish(keys: readonly unknown[] | undefined): void

  /** Answers requests otherwise, until called with undefined. Replaces the interceptor before. */
  intercept(interceptor: Interceptor | undefined): void

  /** How many requests there have been. Live: keep the object, read it later. */
  readonly requests: RequestCounters

  /** Sets the counters to 0. */
  resetCounters(): void

  /** Stops listening and drops every open connection. Harmless when it is closed already. */
  close(): Promise<void>
}

/**
 * Starts an authorization server for tests, on 127.0.0.1: metadata, key set, token endpoint (client
 * credentials), introspection, revocation.
 *
 * @throws {TypeError} When an option cannot be used.
 *
 * @example
 *   const authorizationServer = await startAuthorizationServer({ path: '/tenants/a' })
 *   app.use(requireToken({ issuer: authorizationServer.issuer, audience: 'https://api.example.com' }))
 *   const token = await authorizationServer.mint({ scope: 'stats:read' })
 *   // …
 *   await authorizationServer.close()
 */
export async function startAuthorizationServer(options: StartOptions = {}): Promise<AuthorizationServer> {
  const settings = parseOptions(options)
  const keys = await createKeyRing(settings.algorithms)
  const { counters, count, reset } = createCounting()
  let interceptor: Interceptor | undefined

  const listener = await listen(settings.port)
  const endpoints = createEndpoints(listener.origin, settings.path, settings.metadata)
  const issuing = createIssuing(keys, settings, endpoints.issuer)
  const routes = createRoutes(endpoints, settings, issuing.sources)

  listener.serve(async (request) => {
    const endpoint = findEndpoint(endpoints, request.target)
    count(endpoint)
    return (await interceptor?.({ ...request, endpoint })) ?? followRoute(routes[endpoint], request)
  })

  return {
    ...endpoints,
    ...issuing.members,
    intercept(handler) {
      interceptor = handler
    },
    requests: counters,
    resetCounters: reset,
    close: listener.close,
  }
}
