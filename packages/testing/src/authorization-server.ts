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
 * Starts an authorization server for tests, on 127.0.0.1: metadata, key set, token endpoint (client credentials).
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
  const { servedKeys, ...issuing } = createIssuing(keys, settings, endpoints.issuer)
  const routes = createRoutes(endpoints, settings, {
    keys: servedKeys,
    issue: ({ clientId }, scope) => issuing.mint({ sub: clientId, client_id: clientId, scope }),
  })

  listener.serve(async (request) => {
    const endpoint = findEndpoint(endpoints, request.target)
    count(endpoint)
    return (await interceptor?.({ ...request, endpoint })) ?? followRoute(routes[endpoint], request)
  })

  return {
    ...endpoints,
    ...issuing,
    intercept(handler) {
      interceptor = handler
    },
    requests: counters,
    resetCounters: reset,
    close: listener.close,
  }
}
