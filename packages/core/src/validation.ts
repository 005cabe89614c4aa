import { copyAscii } from './ascii.js'
import { createAuth, type Auth } from './auth.js'
import { readScopes } from './authorization/scope.js'
import type { AuthorizationServer, AuthorizationServers } from './authorization-servers.js'
import { checkConfirmation, checkSameConfirmation } from './binding/confirmation.js'
import type { ResourceServerConfig } from './config/resource-server.js'
import { checkToken } from './credentials.js'
import { ConfigurationError, RefusedError } from './errors.js'
import type { Recall } from './recall.js'
import { ownMember } from './json.js'
import type { Clock, Seconds } from './time.js'
import {
  checkClaims,
  checkLifetime,
  findClientId,
  isBoundToKey,
  type AccessTokenClaims,
} from './token/claims.js'
import { looksLikeJwt, parseCompact, type UnverifiedJwt } from './token/compact.js'
import { checkIntrospectedClaims } from './token/introspection-claims.js'
import { checkHeader, verifySignature } from './token/jwt.js'

/** Who judges a token, and what as: a JWT by its signature, anything else by introspection. */
interface Judge {
  readonly server: AuthorizationServer
  readonly jwt: UnverifiedJwt | undefined
}

/**
 * Validates an access token: from a string that anyone may have written to who makes the request.
 *
 * @throws {@link RefusedError}, {@link UnavailableError}
 */
export async function validate(
  token: string,
  { maxTokenSize, clock }: Pick<ResourceServerConfig, 'clock' | 'maxTokenSize'>,
  servers: AuthorizationServers,
  recall: Recall,
): Promise<Auth> {
  const { server, jwt } = await findJudge(token, maxTokenSize, servers)
  const keySet = server.documents.keySet.atHand()?.content
  const auth =
    jwt === undefined
      ? toAuth({ token, via: 'introspection' }, await introspect(token, server, clock), server)
      : toAuth({ token: copyAscii(token), via: 'jwt' }, await validateJwt(jwt, server, clock), server)
  servers.confirm(server.issuer)
  if (jwt !== undefined) recall.keep(auth, server, keySet)
  return auth
}

/**
 * Asks the authorization server of a token again, unless it was asked within `maxAge`.
 *
 * @returns What holds now: of a token that was introspected, all; of a JWT, itself, with the scopes that are left.
 *
 * @throws {@link ConfigurationError} where there is no introspection for its issuer
 */
export async function refresh(
  auth: Auth,
  maxAge: Seconds,
  servers: AuthorizationServers,
  clock: Clock,
): Promise<Auth> {
  const server = await servers.select(auth.issuer)
  const known = auth.via === 'jwt' ? auth.claims : undefined
  const claims = await introspect(auth.token, server, clock, maxAge, known)
  checkSameConfirmation(claims, auth.claims) // RFC 9449, section 6.2 | RFC 8705, section 3.2
  if (auth.via === 'introspection') return toAuth(auth, claims, server)
  checkLifetime(auth.claims, server.claims, clock.now()) // whatever the answer says of it
  return createAuth(auth.token, { ...auth, scopes: leftScopes(auth, claims, server) })
}

/** Those that the token carries, less those that the answer does not have. */
function leftScopes(
  auth: Auth,
  claims: AccessTokenClaims,
  { scopes }: AuthorizationServer,
): readonly string[] {
  const left = new Set(readScopes(claims, scopes))
  const [own, granted] = [scopesSaidIn(auth.claims), scopesSaidIn(claims)]
  const isSaid = (scope: string): boolean => own?.has(scope) ?? !Object.hasOwn(auth.claims, 'scope')
  const isLost = (scope: string): boolean => granted !== undefined && isSaid(scope) && !granted.has(scope)
  return [...auth.scopes].filter((scope) => left.has(scope) && !isLost(scope))
}

/** RFC 7662, section 2.2: an answer may say them in `scope` alone, wherever the token does. `undefined` where it does not. */
function scopesSaidIn(claims: AccessTokenClaims): ReadonlySet<string> | undefined {
  return typeof ownMember(claims, 'scope') === 'string' ? new Set(readScopes(claims, undefined)) : undefined
}

/** RFC 9068, section 4. A token that names no configured issuer is for the one that introspects, if there is one. */
async function findJudge(token: string, largest: number, servers: AuthorizationServers): Promise<Judge> {
  try {
    const jwt = parseCompact(token, largest) // RFC 7515, section 3.1
    const issuer = jwt.unverifiedClaims['iss']
    const server = servers.atHand(issuer) ?? (await servers.select(issuer))
    return { server, jwt: server.accessTokens === 'opaque' ? undefined : jwt }
  } catch (error) {
    checkToken(token) // RFC 6750, section 2.1
    if (token.length > largest) throw error
    const { introspecting } = servers
    if (introspecting !== undefined && isForIntrospection(error, token, introspecting))
      return { server: introspecting, jwt: undefined }
    throw error
  }
}

/** A JWT that is refused is not asked about, and does not become an opaque token by a flaw in its spelling. */
function isForIntrospection(error: unknown, token: string, { accessTokens }: AuthorizationServer): boolean {
  if (!(error instanceof RefusedError)) return false
  return error.code === 'ERR_TOKEN_ISSUER' || accessTokens === 'opaque' || !looksLikeJwt(token)
}

/** One line a step. */
async function validateJwt(
  jwt: UnverifiedJwt,
  server: AuthorizationServer,
  clock: Clock,
): Promise<AccessTokenClaims> {
  const header = checkHeader(jwt, server.header) // RFC 8725, section 3
  const verified = await verifySignature(jwt, header, server.documents.keySource) // RFC 7515, section 5.2
  checkConfirmation(verified) // RFC 7800, section 3.1
  return checkClaims(verified, server.claims, clock.now()) // RFC 9068, section 4
}

/**
 * One line a step.
 *
 * @param maxAge How old the answer may be. Default: as the cache allows.
 * @param known What a signature proved of the token: holds on where the answer does not speak of it.
 */
async function introspect(
  token: string,
  { introspection }: AuthorizationServer,
  clock: Clock,
  maxAge?: Seconds,
  known?: AccessTokenClaims,
): Promise<AccessTokenClaims> {
  if (introspection === undefined) {
    throw new ConfigurationError('introspection', 'is required to ask how things stand with an access token')
  }
  const response = await introspection.find(token, maxAge) // RFC 7662, section 2
  checkConfirmation(response) // RFC 9449, section 6.2 | RFC 8705, section 3.2
  return checkIntrospectedClaims(response, introspection.policy, clock.now(), known) // RFC 7662, section 2.2
}

function toAuth(
  { token, via }: Pick<Auth, 'token' | 'via'>,
  claims: AccessTokenClaims,
  { issuer, claims: policy, scopes, introspection }: AuthorizationServer,
): Auth {
  const isJwt = via === 'jwt' || introspection === undefined
  const { clientIdClaims } = isJwt ? policy : introspection.policy.claims
  const scopePolicy = isJwt ? scopes : introspection.policy.scopes
  return createAuth(token, {
    scheme: isBoundToKey(claims) ? 'DPoP' : 'Bearer', // RFC 9449, section 7.1
    issuer,
    subject: claims.sub,
    clientId: findClientId(claims, clientIdClaims), // RFC 9068, section 2.2
    scopes: readScopes(claims, scopePolicy), // RFC 9068, section 2.2.3 | RFC 7662, section 2.2
    expiresAt: claims.exp,
    claims,
    via,
  })
}
