import type { ScopePolicy } from './authorization/scope.js'
import type { AuthorizationServerConfig } from './config/authorization-server.js'
import type { IntrospectionConfig } from './config/introspection.js'
import type { Documents } from './documents.js'
import { asSingleOutage, RefusedError, UnavailableError } from './errors.js'
import { createEndpointGuard } from './http/endpoint-guard.js'
import type { Exchange } from './http/exchange.js'
import type { ForgetCriteria } from './introspection-options.js'
import { toAuthenticate } from './introspection-credentials.js'
import type { AuthorizationServerMetadata } from './metadata/authorization-server.js'
import type { Clock, Seconds } from './time.js'
import { createIntrospect, type IntrospectionPolicy } from './token/introspection.js'
import type { IntrospectedClaimsPolicy } from './token/introspection-claims.js'
import {
  createVerdicts,
  toDigest,
  type VerdictPolicy,
  type Verdicts,
} from './token/introspection-verdicts.js'
import { createSharedIntrospection, type SharedIntrospection } from './token/shared-introspection.js'
import { createSharedVerdicts, type Forgotten, type VerdictStore } from './token/verdict-store.js'
import type { VerifiedClaims } from './token/verified.js'

/** Introspection at one authorization server. */
export interface Introspection {
  /** What is demanded of its answers. */
  readonly policy: IntrospectedClaimsPolicy & { readonly scopes: ScopePolicy }
  /**
   * What the authorization server says of an active token.
   *
   * @param maxAge How old the answer may be. Default, and most: as the cache allows.
   *
   * @throws {@link RefusedError} `ERR_TOKEN_INACTIVE`
   * @throws {@link UnavailableError} where it cannot be asked, or gives no answer that can be used
   */
  find(token: string, maxAge?: Seconds): Promise<VerifiedClaims>
  /**
   * Finds the endpoint.
   *
   * @throws {@link UnavailableError} where it is not known
   */
  locate(): Promise<string>
  /** Drops verdicts: those of all tokens that fit, of one, or all. */
  drop(forgotten: Forgotten): void
  /** Why nothing may be asked at present; `undefined` where it may. */
  failure(): UnavailableError | undefined
}

/** Metadata that are younger are not asked for again because the endpoint fails. */
const METADATA_INTERVAL: Seconds = 60

/** What all authorization servers of a resource server have in common. */
interface Surroundings {
  readonly clock: Clock
  /** `undefined`: no other process has verdicts. */
  readonly verdictStore: VerdictStore | undefined
}

/** Puts together what introspection at an authorization server needs; nothing is asked before a token comes. */
export function createIntrospection(
  server: AuthorizationServerConfig,
  config: IntrospectionConfig,
  documents: Documents,
  exchange: Exchange,
  { clock, verdictStore }: Surroundings,
): Introspection {
  const { waitLimit } = server.refresh
  const guard = createEndpointGuard({ concurrency: config.concurrency, waitLimit }, clock, busy)
  const { locate, lookAgain } = createLocation(server.issuer, config, documents)
  const introspect = createIntrospect(toPolicy(server, config, documents), {
    exchange,
    locate,
    authenticate: toAuthenticate(config.credentials, server, documents, clock),
    clock,
  })
  const shared = createSharedIntrospection(
    (token, onSent) => guard.call(() => introspect(token, onSent)).catch(lookAgain),
    createLevels(config.cache, { clock, verdictStore }),
    { maxAge: config.cache.maxAge, waitLimit, ...(verdictStore && { toKey: createToKey(config) }) },
    clock,
    late,
  )
  return {
    policy: { ...config.claims, scopes: toScopePolicy(server.scopes) },
    async find(token, maxAge) {
      const { claims } = await shared.find(token, maxAge)
      if (claims === undefined) throw new RefusedError('ERR_TOKEN_INACTIVE')
      return claims
    },
    locate,
    drop: (forgotten) => {
      drop(shared, forgotten, config.claims.claims.clientIdClaims)
    },
    failure: guard.failure,
  }
}

/** The memory of this process, and behind it what others share. */
function createLevels(policy: VerdictPolicy, { clock, verdictStore }: Surroundings): Verdicts {
  const memory = createVerdicts(policy, clock)
  return verdictStore === undefined ? memory : createSharedVerdicts(verdictStore, memory, policy, clock)
}

/** An answer depends on who is asked, and who asks: those who ask in the same way share it. All forget one token together. */
function createToKey(config: IntrospectionConfig): (digest: string) => string {
  const { endpoint, credentials, responseFormat, claims } = config
  const clientId = credentials.method === 'bearer' ? undefined : credentials.clientId
  const { issuer, claims: policy } = claims
  const audiences = [...(policy.audiences ?? [])].sort()
  const scope = toDigest(JSON.stringify([issuer, endpoint, clientId, responseFormat, audiences]))
  return (digest) => `${digest}.${scope}`
}

function toPolicy(
  { issuer, header, claims }: AuthorizationServerConfig,
  { responseFormat, tokenTypeHint, credentials }: IntrospectionConfig,
  { keySource }: Documents,
): IntrospectionPolicy {
  if (responseFormat === 'json') return { signed: undefined, tokenTypeHint }
  // RFC 9701, section 5, leaves open which of its identifiers names the resource server.
  const clientIds = credentials.method === 'bearer' ? [] : [credentials.clientId]
  const audiences = new Set([...clientIds, ...(claims.audiences ?? [])])
  return { signed: { issuer, audiences, algorithms: header.algorithms, keySource }, tokenTypeHint }
}

/** The answer has `scope` (RFC 7662, section 2.2) where it does not repeat the claims of a JWT. */
function toScopePolicy(scopes: ScopePolicy): ScopePolicy {
  return scopes === undefined || typeof scopes === 'function' ? scopes : [...[scopes].flat(), 'scope']
}

interface Location {
  locate(): Promise<string>
  /** Has the metadata asked whether the endpoint has moved, after a failure, which it throws again. */
  lookAgain(failure: unknown): never
}

function createLocation(
  issuer: string,
  { endpoint }: IntrospectionConfig,
  { metadata }: Documents,
): Location {
  let url = endpoint
  return {
    async locate() {
      if (endpoint === undefined) url = (await findMetadata(metadata)).introspectionEndpoint ?? url
      if (url !== undefined) return url // the last that is known, where newer metadata have none
      const problem = `metadata for ${issuer}: it has no introspection_endpoint; see the option introspection.endpoint`
      throw new UnavailableError('ERR_METADATA_INVALID', problem)
    },
    lookAgain(failure) {
      const { age = 0, failure: fault } = metadata.health()
      const isOld = age >= METADATA_INTERVAL && fault === undefined && !metadata.isFetching()
      if (endpoint === undefined && isOld && failure instanceof UnavailableError) metadata.refresh()
      throw failure
    },
  }
}

async function findMetadata(metadata: Documents['metadata']): Promise<AuthorizationServerMetadata> {
  try {
    return (await metadata.get()).content
  } catch (error) {
    throw asSingleOutage(error)
  }
}

function drop(shared: SharedIntrospection, forgotten: Forgotten, clientIdClaims: readonly string[]): void {
  if (forgotten === 'all') shared.forgetWhere(() => true)
  else if ('digest' in forgotten) shared.forget(forgotten.digest)
  else shared.forgetWhere((claims) => fits(claims, forgotten.criteria, clientIdClaims))
}

/** Forgetting too much costs a question; forgetting too little lets a revoked token pass. */
function fits(
  claims: VerifiedClaims,
  { subject, clientId, sessionId, issuedBefore }: ForgetCriteria,
  clientIdClaims: readonly string[],
): boolean {
  const mayBe = (value: string | undefined, ...names: readonly string[]) => {
    const present = names.filter((name) => Object.hasOwn(claims, name))
    return value === undefined || present.length === 0 || present.some((name) => claims[name] === value)
  }
  const iat = Object.hasOwn(claims, 'iat') ? claims['iat'] : undefined
  const isEarlier = issuedBefore === undefined || typeof iat !== 'number' || iat < issuedBefore
  const isOfClient = mayBe(clientId, ...clientIdClaims)
  return isOfClient && isEarlier && mayBe(subject, 'sub') && mayBe(sessionId, 'sid')
}

function busy(): UnavailableError {
  const retryAfter = 1
  return new UnavailableError('ERR_INTROSPECTION_BUSY', 'see the option concurrency', { retryAfter })
}

/** @param isAsked Whether the question has left. */
function late(isAsked: boolean): UnavailableError {
  const retryAfter = 2
  if (isAsked) {
    const problem = 'not in time for this request; the question is still being asked'
    return new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', problem, { retryAfter })
  }
  const problem = 'the question did not leave in time: it waits for its turn, its credentials or the metadata'
  return new UnavailableError('ERR_INTROSPECTION_BUSY', problem, { retryAfter })
}
