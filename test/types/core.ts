// What the types of the core promise. Compiled, never run.
import {
  createResourceServer,
  RefusedError,
  type AccessTokenClaims,
  type Auth,
  type KeySearchStore,
  type ResourceServerOptions,
  type Scheme,
  type SenderConstraintOptions,
} from '@bearward/core'

const issuer = 'https://as.example.com'
const audience = 'https://api.example.com'

// Whose tokens, and meant for whom: both must be said.
createResourceServer({ issuer, audience })
createResourceServer({ issuer, dangerouslyAcceptAnyAudience: true })
// @ts-expect-error an audience cannot be forgotten
createResourceServer({ issuer })
// @ts-expect-error nor can it be declined and named
createResourceServer({ issuer, audience, dangerouslyAcceptAnyAudience: true })
// @ts-expect-error an issuer cannot be forgotten
createResourceServer({ audience })
// @ts-expect-error a misspelt option is not one
createResourceServer({ issuer, audience, clockTolerence: 5 })
// @ts-expect-error one ready profile is not another
createResourceServer({ issuer, audience, profile: 'azure' })

// Several issuers: an audience for all, or one for each.
createResourceServer({
  audience,
  authorizationServers: [{ issuer }, { issuer: 'https://other.example.com' }],
})
createResourceServer({ authorizationServers: [{ issuer, audience, profile: 'keycloak' }] })
createResourceServer({ audience, resolveAuthorizationServer: (tenant) => ({ issuer: tenant }) })

// What clients are told: a resource is required, all else is not.
createResourceServer({ issuer, audience, resourceMetadata: { resource: audience }, challengeScopes: ['a'] })
// @ts-expect-error a resource cannot be forgotten
createResourceServer({ issuer, audience, resourceMetadata: {} })
// @ts-expect-error a misspelt option is not one
createResourceServer({ issuer, audience, resourceMetadata: { resource: audience, resourcename: 'API' } })

// Opaque tokens: who asks about them, and how they prove who they are, in one way.
const secret = { clientId: 'api', clientSecret: 'secret' }
createResourceServer({ issuer, audience, introspection: secret })
createResourceServer({ issuer, audience, accessTokens: 'opaque', introspection: secret })
createResourceServer({ issuer, audience, accessTokens: 'mixed', introspection: secret })
createResourceServer({ issuer, audience, accessTokens: 'jwt', introspection: secret })
createResourceServer({ issuer, audience, accessTokens: 'jwt' })
createResourceServer({ audience, authorizationServers: [{ issuer, introspection: secret }] })
createResourceServer({ issuer, audience, introspection: { accessToken: () => 'own' } })
createResourceServer({ issuer, audience, introspection: { accessToken: () => Promise.resolve('own') } })
createResourceServer({
  issuer,
  audience,
  introspection: {
    ...secret,
    clientAuthentication: 'client_secret_post',
    basicEncoding: 'raw',
    endpoint: 'https://as.example.com/introspect',
    responseFormat: 'jwt',
    tokenTypeHint: false,
    concurrency: 10,
    dangerouslyAcceptMissingAudience: true,
    cache: { maxAge: 30, inactiveMaxAge: 0, maxSize: 1_048_576 },
  },
})
// @ts-expect-error a kind of access token that is none
createResourceServer({ issuer, audience, accessTokens: 'reference', introspection: secret })
// @ts-expect-error nobody asks without credentials
createResourceServer({ issuer, audience, introspection: {} })
// @ts-expect-error a client without a secret or a key is none
createResourceServer({ issuer, audience, introspection: { clientId: 'api' } })
// @ts-expect-error a secret is of a client
createResourceServer({ issuer, audience, introspection: { clientSecret: 'secret' } })
// @ts-expect-error a secret is no signed assertion
createResourceServer({
  issuer,
  audience,
  introspection: { ...secret, clientAuthentication: 'private_key_jwt' },
})
// @ts-expect-error an answer is plain, or signed
createResourceServer({ issuer, audience, introspection: { ...secret, responseFormat: 'jwe' } })
// @ts-expect-error a misspelt option is not one
createResourceServer({ issuer, audience, introspection: { ...secret, cache: { maxage: 30 } } })

export async function promises(options: ResourceServerOptions, request: Parameters<typeof authenticate>[0]) {
  const auth: Auth = await authenticate(request)
  const perhaps: Auth | undefined = await authenticate(request, { optional: true })
  // @ts-expect-error an optional authentication may have nobody
  const nobody: Auth = await authenticate(request, { optional: true })
  // @ts-expect-error what a verdict says cannot be changed
  auth.issuer = ''
  // @ts-expect-error nor can its scopes be added to
  const scopes: Set<string> = auth.scopes
  // @ts-expect-error nor its claims
  auth.claims.sub = 'bob'
  const way: 'introspection' | 'jwt' = auth.via
  // @ts-expect-error introspection may leave out when a token expires
  const expiry: number = auth.expiresAt
  // @ts-expect-error nobody says that a token was accepted without a check
  const unchecked = auth.via === 'none'
  return [options, perhaps, nobody, scopes, way, expiry, unchecked]
}
const { authenticate, refresh, forget, forgetWhere } = createResourceServer({ issuer, audience })

export async function renews(auth: Auth | undefined) {
  const current: Auth = await refresh(auth, { maxAge: 0 })
  // @ts-expect-error how old an answer may be must be said
  await refresh(auth)
  // @ts-expect-error a misspelt age is none
  await refresh(auth, { maxage: 0 })
  forget(current.token)
  forgetWhere({ subject: 'alice', clientId: 'shop', sessionId: 'session', issuedBefore: 1_767_225_600 })
  // @ts-expect-error there is no such criterion
  forgetWhere({ sub: 'alice' })
  // @ts-expect-error an instant is a number of seconds
  forgetWhere({ issuedBefore: new Date() })
}

export function narrows(error: unknown, claims: AccessTokenClaims): string {
  // @ts-expect-error a claim that no standard names is of unknown type
  const department: string = claims['department']
  const expiry: number | undefined = claims.exp
  if (!(error instanceof RefusedError)) return `${department} ${expiry?.toFixed() ?? ''}`
  // @ts-expect-error there is no such code
  if (error.code === 'ERR_NO_SUCH_CODE') return ''
  return error.code === 'ERR_TOKEN_EXPIRED' ? error.code : ''
}

// How senders are held to their tokens can be said in a file of its own, and read as it is said.
const senderConstraint: SenderConstraintOptions = { dpop: { origin: audience } }
createResourceServer({ issuer, audience, ...senderConstraint })
export const schemeOf = (auth: Auth): Scheme => auth.scheme
// @ts-expect-error there are two schemes
export const noScheme: Scheme = 'Basic'

// What processes share is said in functions, all of them.
declare const keySearchStore: KeySearchStore
createResourceServer({ issuer, audience, keySearchStore })
// @ts-expect-error who takes slots must tell the others what was seen
createResourceServer({ issuer, audience, keySearchStore: { take: keySearchStore.take } })
