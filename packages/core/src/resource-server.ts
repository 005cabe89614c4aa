import { settle, toAnswer, type Answer } from './answer.js'
import type { Auth } from './auth.js'
import type { Scheme } from './binding/confirmation.js'
import { createSenderCheck } from './binding/sender-constraint.js'
import { checkRequirement, type Requirement } from './authorization/requirement.js'
import type { AuthorizationServers } from './authorization-servers.js'
import { parseFreshness } from './config/freshness.js'
import { parseOptions, type ResourceServerConfig } from './config/resource-server.js'
import { peekToken, readCredentials } from './credentials.js'
import { readEnvironment } from './environment.js'
import { RefusedError } from './errors.js'
import { answerMetadata } from './metadata-answer.js'
import type { DeclaredDemands } from './metadata/protected-resource.js'
import type { FreshnessOptions } from './introspection-options.js'
import { ownMembers } from './json.js'
import { createOperations, type Operations } from './operations.js'
import type { ResourceServerOptions } from './options.js'
import { createRecall } from './recall.js'
import type { ProtectedResourceRequest } from './request.js'
import { refresh, validate } from './validation.js'

type Recalls = (request: ProtectedResourceRequest) => Auth | undefined

/** By `authenticate`, and not by resource server: who wraps that wants to be asked about each request. */
const recalls = new WeakMap<ResourceServer['authenticate'], Recalls>()

/**
 * Who makes a request, where its access token was accepted before, and that still holds: nothing is waited for, and nobody
 * is asked. For adapters.
 *
 * @returns `undefined`, which says nothing of the token: `authenticate` does
 */
export function recall(resourceServer: ResourceServer, request: ProtectedResourceRequest): Auth | undefined {
  return recalls.get(resourceServer.authenticate)?.(request)
}

/** An OAuth 2 resource server: judges requests by their access tokens. */
export interface ResourceServer extends Operations {
  /**
   * Authenticates a request by its access token.
   *
   * @throws {@link RefusedError} where the client must act: `status` and `headers` are ready to send. Every code but
   *   those of `authorize` is possible.
   * @throws {@link UnavailableError} where no verdict is possible: the authorization server cannot be reached, or, with
   *   `ERR_REPLAY_STORE`, it cannot be told whether a DPoP proof was used before
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
   * @throws {@link RefusedError} `ERR_CREDENTIALS_MISSING`, `ERR_AUTHENTICATION_INSUFFICIENT`, `ERR_SCOPE_INSUFFICIENT`,
   *   `ERR_AUTHORIZATION_DETAILS_INSUFFICIENT`, `ERR_CLAIMS_INSUFFICIENT`
   * @throws {TypeError} where the requirement does not answer at once, or with something else than it should
   */
  authorize(auth: Auth | undefined, requirement: Requirement): void
  /**
   * Asks the authorization server how things stand with the access token now, also where it was verified by its signature.
   * Needs the option `introspection`, whose `cache.maxAge` is the ceiling of `maxAge`.
   *
   * @param auth From `authenticate`; `undefined` is refused as a request without credentials.
   *
   * @returns What holds now: of a token that was introspected before, all; of a JWT the same, but for scopes that it lost
   *
   * @throws {@link RefusedError} `ERR_TOKEN_INACTIVE`, and every code that says what is wrong with a token
   * @throws {@link UnavailableError} where the authorization server cannot be asked
   * @throws {@link ConfigurationError} where `maxAge` cannot be used, or there is no introspection for the issuer
   *
   * @example
   *   const current = await resourceServer.refresh(auth, { maxAge: 0 })
   */
  refresh(auth: Auth | undefined, options: FreshnessOptions): Promise<Auth>
  /** The response to send for a {@link RefusedError} or {@link UnavailableError}; `undefined` for any other error. */
  answer(error: unknown): Answer | undefined
  /** Where the protected resource metadata is, as challenges say; `undefined` without the option `resourceMetadata`. */
  readonly resourceMetadataUrl: string | undefined
  /**
   * The response to a request for the protected resource metadata, which needs no token; `undefined` for every other request.
   *
   * @param declared What guards ask for: said where the options do not. Default: nothing.
   */
  answerMetadata(request: ProtectedResourceRequest, declared?: DeclaredDemands): Answer | undefined
}

/**
 * Makes a resource server. Makes no request: each authorization server is asked when its first token comes.
 *
 * @param options Default: `BEARWARD_ISSUER` and `BEARWARD_AUDIENCE` from the environment, and `introspection` where
 *   `BEARWARD_INTROSPECTION_CLIENT_ID` and `BEARWARD_INTROSPECTION_CLIENT_SECRET` are set.
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
  const { operations, servers } = createOperations(config)
  const { recallAccepted, judge } = createJudge(config, servers)

  function authenticate(request: ProtectedResourceRequest): Promise<Auth>
  function authenticate(
    request: ProtectedResourceRequest,
    options: { optional: boolean },
  ): Promise<Auth | undefined>
  function authenticate(
    request: ProtectedResourceRequest,
    options?: { optional: boolean },
  ): Promise<Auth | undefined> {
    return judge(request, options !== undefined && ownMembers(options)['optional'] === true)
  }

  recalls.set(authenticate, recallAccepted)
  return {
    ...operations,
    authenticate,
    authorize: (auth, requirement) => {
      authorize(auth, requirement, config)
    },
    refresh: async (auth, options) => renew(auth, parseFreshness(options), servers, config),
    ...createAnswers(config),
  }
}

function createAnswers(
  config: ResourceServerConfig,
): Pick<ResourceServer, 'answer' | 'answerMetadata' | 'resourceMetadataUrl'> {
  return {
    answer: (error) => toAnswer(error, config),
    answerMetadata: (request, declared) => answerMetadata(request, config.resourceMetadata, declared),
    resourceMetadataUrl: config.challenge.resourceMetadata,
  }
}

interface Judge {
  readonly recallAccepted: Recalls
  judge(request: ProtectedResourceRequest, isOptional: boolean): Promise<Auth | undefined>
}

/** One line a step. Whatever is known of a token, who sends one that is bound proves it with each request. */
function createJudge(config: ResourceServerConfig, servers: AuthorizationServers): Judge {
  const accepted = createRecall(config.verdictCacheSize, servers, config.clock)
  const checkSender = createSenderCheck(config.senderConstraint)
  const { isRequired } = config.senderConstraint

  const recallAccepted: Recalls = (request) => {
    const token = isRequired ? undefined : peekToken(request, config.credentials)
    const auth = token === undefined ? undefined : accepted.find(token)
    return auth?.claims['cnf'] === undefined ? auth : undefined
  }

  async function judge(request: ProtectedResourceRequest, isOptional: boolean): Promise<Auth | undefined> {
    let scheme: Scheme | undefined
    try {
      const credentials = readCredentials(request, config.credentials) // RFC 6750, section 2 | RFC 9449, section 7.1
      if (credentials === undefined && isOptional) return undefined
      if (credentials === undefined) throw new RefusedError('ERR_CREDENTIALS_MISSING') // RFC 6750, section 3.1
      scheme = credentials.scheme
      const { token } = credentials
      const auth = accepted.find(token) ?? (await validate(token, config, servers, accepted))
      const proof = checkSender(request, { scheme, token, claims: auth.claims }) // RFC 9449, section 7 | RFC 8705, section 3
      if (proof !== undefined) await proof
      return auth
    } catch (error) {
      throw settle(error, config, scheme)
    }
  }
  return { recallAccepted, judge }
}

function authorize(auth: Auth | undefined, requirement: Requirement, config: ResourceServerConfig): void {
  try {
    checkRequirement(requirement, checkPresent(auth), config.clock) // RFC 6750, section 3.1
  } catch (error) {
    throw settle(error, config, auth?.scheme)
  }
}

async function renew(
  auth: Auth | undefined,
  { maxAge }: FreshnessOptions,
  servers: AuthorizationServers,
  config: ResourceServerConfig,
): Promise<Auth> {
  try {
    return await refresh(checkPresent(auth), maxAge, servers, config.clock) // RFC 7662, section 2
  } catch (error) {
    throw settle(error, config, auth?.scheme)
  }
}

function checkPresent(auth: Auth | undefined): Auth {
  if (auth === undefined) throw new RefusedError('ERR_CREDENTIALS_MISSING')
  return auth
}
