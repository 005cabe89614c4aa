import { settle, toAnswer, type Answer } from './answer.js'
import { createAuth, type Auth } from './auth.js'
import { checkRequirement, type Requirement } from './authorization/requirement.js'
import { readScopes } from './authorization/scope.js'
import type { AuthorizationServers } from './authorization-servers.js'
import { checkConfirmation } from './binding/confirmation.js'
import { parseOptions, type ResourceServerConfig } from './config/resource-server.js'
import { readCredentials, type Credentials } from './credentials.js'
import { readEnvironment } from './environment.js'
import { RefusedError } from './errors.js'
import { deepFreeze } from './json.js'
import { createOperations, type Operations } from './operations.js'
import type { ResourceServerOptions } from './options.js'
import type { ProtectedResourceRequest } from './request.js'
import { checkClaims, findClientId } from './token/claims.js'
import { parseCompact } from './token/compact.js'
import { checkHeader, verifySignature } from './token/jwt.js'

/** An OAuth 2 resource server: judges requests by their access tokens. */
export interface ResourceServer extends Operations {
  /**
   * Authenticates a request by its access token.
   *
   * @throws {@link RefusedError} where the client must act: `status` and `headers` are ready to send. Every code but the
   *   two of `authorize` is possible.
   * @throws {@link UnavailableError} where the authorization server cannot be reached: no verdict is possible
   */
  authenticate(request: ProtectedResourceRequest): Promise<Auth>
  /** The same, but resolves with `undefined` where the request has no credentials at all and `optional` is true. */
  authenticate(
    request: ProtectedResourceRequest,
    options: { readonly optional: boolean },
  ): Promise<Auth | undefined>
  /**
   * Checks that an access token allows what a route does.
   *
   * @param auth From `authenticate`; `undefined` is refused as a request without credentials.
   *
   * @throws {@link RefusedError} `ERR_CREDENTIALS_MISSING`, `ERR_SCOPE_INSUFFICIENT`, `ERR_CLAIMS_INSUFFICIENT`
   * @throws {TypeError} where the requirement does not answer at once, or with something else than it should
   */
  authorize(auth: Auth | undefined, requirement: Requirement): void
  /** The response to send for a {@link RefusedError} or {@link UnavailableError}; `undefined` for any other error. */
  answer(error: unknown): Answer | undefined
}

/**
 * Makes a resource server. Makes no request: each authorization server is asked when its first token comes.
 *
 * @param options Default: `BEARWARD_ISSUER` and `BEARWARD_AUDIENCE` from the environment.
 *
 * @throws {@link ConfigurationError} that names the option which is missing, unknown or unusable
 *
 * @example
 *   const resourceServer = createResourceServer({
 *     issuer: 'https://as.example.com',
 *     audience: 'https://api.example.com',
 *   })
 *   const auth = await resourceServer.authenticate(fromNodeRequest(message))
 */
export function createResourceServer(options: ResourceServerOptions = readEnvironment()): ResourceServer {
  const config = parseOptions(options)
  const { select, ...operations } = createOperations(config)

  async function authenticate(request: ProtectedResourceRequest): Promise<Auth>
  async function authenticate(
    request: ProtectedResourceRequest,
    options: { optional: boolean },
  ): Promise<Auth | undefined>
  async function authenticate(
    request: ProtectedResourceRequest,
    options?: { optional: boolean },
  ): Promise<Auth | undefined> {
    try {
      const credentials = readCredentials(request, config.credentials) // RFC 6750, section 2
      if (credentials !== undefined) return await validate(credentials, config, select)
      if (options?.optional === true) return undefined
      throw new RefusedError('ERR_CREDENTIALS_MISSING') // RFC 6750, section 3.1
    } catch (error) {
      throw settle(error, config)
    }
  }

  return {
    ...operations,
    authenticate,
    authorize(auth, requirement) {
      try {
        if (auth === undefined) throw new RefusedError('ERR_CREDENTIALS_MISSING')
        checkRequirement(requirement, auth) // RFC 6750, section 3.1
      } catch (error) {
        throw settle(error, config)
      }
    },
    answer: (error) => toAnswer(error, config),
  }
}

/** From a string that anyone may have written to who makes the request. One line a step. */
async function validate(
  { scheme, token }: Credentials,
  { clock, maxTokenSize }: ResourceServerConfig,
  select: AuthorizationServers['select'],
): Promise<Auth> {
  const jwt = parseCompact(token, maxTokenSize) // RFC 7515, section 3.1
  const server = await select(jwt.unverifiedClaims['iss']) // RFC 9068, section 4
  const header = checkHeader(jwt, server.header) // RFC 8725, section 3
  const verified = await verifySignature(jwt, header, server.documents.keySource) // RFC 7515, section 5.2
  checkConfirmation(verified) // RFC 9449, section 7.2 | RFC 8705, section 3
  const claims = checkClaims(deepFreeze(verified), server.claims, clock.now()) // RFC 9068, section 4
  return createAuth(token, {
    scheme,
    issuer: server.issuer,
    subject: claims.sub,
    clientId: findClientId(claims, server.claims.clientIdClaims), // RFC 9068, section 2.2
    scopes: readScopes(claims, server.scopes), // RFC 9068, section 2.2.3
    expiresAt: claims.exp,
    claims,
    via: 'jwt',
  })
}
