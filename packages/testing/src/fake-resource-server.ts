import {
  createResourceServer,
  RefusedError,
  UnavailableError,
  type Auth,
  type ProtectedResourceRequest,
  type ResourceServer,
  type Seconds,
} from '@bearward/core'
import { fakeAuth } from './fake-auth.js'

/**
 * Makes a resource server that believes every token: to test routes and their guards without an authorization server.
 *
 * Only the validation of the token is fake, and what the authorization server is asked of it later. Missing, malformed or
 * repeated credentials are refused, and guards, challenges and answers are those of production. It is always ready.
 *
 * @param auth Whom every token stands for. Where its `scheme` is `DPoP`, tokens come with that too, and need no proof. Default: `fakeAuth()`, which has no scopes.
 *
 * @example
 *   const app = createApp(requireToken(fakeResourceServer(fakeAuth({ scopes: ['stats:read'] }))))
 *   await request(app).get('/stats').set('Authorization', 'Bearer anything').expect(200)
 *   await request(app).get('/stats').expect(401)
 */
export function fakeResourceServer(auth: Auth = fakeAuth()): ResourceServer {
  const resourceServer = createResourceServer({
    issuer: 'https://as.example.com',
    audience: 'https://api.example.com',
    resourceMetadata: { resource: 'https://api.example.com' },
    ...(auth.scheme === 'DPoP' && { dpop: { origin: 'https://api.example.com' } }),
    fetch: () => Promise.reject(new Error('A fake resource server asks nobody')),
  })

  async function authenticate(request: ProtectedResourceRequest): Promise<Auth>
  async function authenticate(
    request: ProtectedResourceRequest,
    options: { readonly optional: boolean },
  ): Promise<Auth | undefined>
  async function authenticate(
    request: ProtectedResourceRequest,
    options: { readonly optional: boolean } = { optional: false },
  ): Promise<Auth | undefined> {
    try {
      return (await resourceServer.authenticate(request, options)) && auth
    } catch (error) {
      if (isAboutToken(error)) return auth
      throw error
    }
  }

  async function refresh(given: Auth | undefined, options: { readonly maxAge: Seconds }): Promise<Auth> {
    try {
      return await resourceServer.refresh(undefined, options) // checks the options, and refuses
    } catch (error) {
      if (given !== undefined && error instanceof RefusedError) return auth
      throw error
    }
  }

  return {
    ...resourceServer,
    authenticate,
    refresh,
    health: () => ({ ready: true, authorizationServers: [] }),
    warmUp: () => Promise.resolve(),
  }
}

/** Whether the credentials were in order, and only the token in them was not believed. */
function isAboutToken(error: unknown): boolean {
  if (error instanceof UnavailableError) return true
  return error instanceof RefusedError && error.code.startsWith('ERR_TOKEN_')
}
