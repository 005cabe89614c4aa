// What the types of the core promise. Compiled, never run.
import {
  createResourceServer,
  RefusedError,
  type AccessTokenClaims,
  type Auth,
  type ResourceServerOptions,
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
  return [options, perhaps, nobody, scopes]
}
const { authenticate } = createResourceServer({ issuer, audience })

export function narrows(error: unknown, claims: AccessTokenClaims): string {
  // @ts-expect-error a claim that no standard names is of unknown type
  const department: string = claims['department']
  const expiry: number | undefined = claims.exp
  if (!(error instanceof RefusedError)) return `${department} ${expiry?.toFixed() ?? ''}`
  // @ts-expect-error there is no such code
  if (error.code === 'ERR_NO_SUCH_CODE') return ''
  return error.code === 'ERR_TOKEN_EXPIRED' ? error.code : ''
}
