import { expect } from '@jest/globals'
import { recall, createResourceServer, type IssuerOptions, type ResourceServer } from '@bearward/core'
import { createScriptedAuthorizationServer, createVirtualClock } from '@bearward/testing'
import { createIntrospectingServers } from '../support/introspection.js'
import { createRecallingServers, SURELY_KEPT } from '../support/recalled.js'
import { requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

const DAY = 86_400

rule(['VTC-01', 'VTC-02'], 'shares no verdict on a JWT between two resource servers', async () => {
  const { authorizationServer, clock, keep, kept } = await createRecallingServers()
  const token = await keep()
  const { issuer, fetch } = authorizationServer
  const protect = (audience: string) => createResourceServer({ issuer, audience, fetch, clock })
  const [other, same] = [protect('https://other.example.com'), protect(AUDIENCE)]
  for (let time = 0; time < SURELY_KEPT; time += 1) {
    expect(await verdictOn(other, token)).toBe('ERR_TOKEN_AUDIENCE')
  }
  for (const server of [other, same]) expect(recall(server, requestWithToken(token))).toBeUndefined()
  expect(await verdictOn(same, token)).toBe('accepted')
  expect(kept(token)?.token).toBe(token)
})

type Found = Partial<IssuerOptions> & { readonly audience?: string }

/** A resource server whose issuers are looked up; what the look-up answers can be changed. */
async function createLookingUp() {
  const clock = createVirtualClock()
  const authorizationServer = await createScriptedAuthorizationServer({ clock, etags: true })
  const { issuer, fetch } = authorizationServer
  let look = (): Found | undefined => ({})
  const resourceServer: ResourceServer = createResourceServer({
    audience: AUDIENCE,
    clock,
    resolveAuthorizationServer: async () => {
      const options = await Promise.resolve(look())
      return options && { issuer, fetch, ...options }
    },
  })
  const token = await authorizationServer.mint({ exp: clock.now() + DAY, scope: 'stats:read' })
  const kept = () => recall(resourceServer, requestWithToken(token))
  const verdict = () => verdictOn(resourceServer, token)
  for (let time = 0; time < SURELY_KEPT; time += 1) expect(await verdict()).toBe('accepted')
  expect(kept()?.token).toBe(token)
  return {
    clock,
    token,
    resourceServer,
    kept,
    verdict,
    answer(given: typeof look) {
      look = given
    },
  }
}

ruleForEach<readonly [code: string, answer: () => Found | undefined]>(
  'VTC-02',
  {
    'is no longer accepted': ['ERR_TOKEN_ISSUER', () => undefined],
    'has another audience': ['ERR_TOKEN_AUDIENCE', () => ({ audience: 'https://other.example.com' })],
    'has another algorithm': ['ERR_TOKEN_ALGORITHM', () => ({ algorithms: ['RS256'] })],
    'has tokens that live for a minute': ['ERR_TOKEN_TOO_OLD', () => ({ maxTokenAge: 60 })],
    'asks for another claim': [
      'ERR_TOKEN_CLAIM_INVALID',
      () => ({ profile: { requiredClaims: { use: 'access' } } }),
    ],
  },
  'uses a kept verdict for 10 minutes at most, where the issuer that was looked up %s',
  async ([code, look]) => {
    const { clock, kept, verdict, token, answer } = await createLookingUp()
    answer(look)
    await clock.advance(599.9)
    expect([kept()?.token, await verdict()]).toEqual([token, 'accepted'])
    await clock.advance(0.1)
    expect([kept(), await verdict()]).toEqual([undefined, code])
    answer(() => ({}))
    await clock.advance(600)
    expect(await verdict()).toBe('accepted')
  },
)

rule('VTC-02', 'reads the scopes anew where the issuer that was looked up has them elsewhere', async () => {
  const { clock, kept, resourceServer, token, answer } = await createLookingUp()
  answer(() => ({ scopesFrom: 'roles' }))
  expect([...(kept()?.scopes ?? [])]).toEqual(['stats:read'])
  await clock.advance(600)
  const auth = await resourceServer.authenticate(requestWithToken(token))
  expect([...auth.scopes]).toEqual([])
})

rule('VTC-02', 'keeps no verdict on a JWT that is introspected', async () => {
  const { authorizationServer, resourceServer, asked } = await createIntrospectingServers(
    { cache: { maxAge: 0 } },
    { accessTokens: 'opaque' },
  )
  const token = await authorizationServer.mint()
  for (let time = 1; time <= SURELY_KEPT; time += 1) {
    expect([await verdictOn(resourceServer, token), asked()]).toEqual(['accepted', time])
    expect(recall(resourceServer, requestWithToken(token))).toBeUndefined()
  }
})

rule('VTC-13', 'asks the server about a JWT whose verdict is kept, where a route demands it', async () => {
  const { authorizationServer, resourceServer, asked } = await createIntrospectingServers()
  const token = await authorizationServer.mint({ scope: 'stats:read stats:write' })
  const request = requestWithToken(token)
  for (let time = 0; time < SURELY_KEPT; time += 1) await resourceServer.authenticate(request)
  const auth = recall(resourceServer, request)
  expect([auth?.via, asked()]).toEqual(['jwt', 0])
  for (const questions of [1, 2]) {
    const current = await resourceServer.refresh(auth, { maxAge: 0 })
    expect([[...current.scopes], asked()]).toEqual([['stats:read', 'stats:write'], questions])
  }
  authorizationServer.revoke(token)
  const kept = recall(resourceServer, request)
  await expect(resourceServer.refresh(kept, { maxAge: 0 })).rejects.toMatchObject({
    code: 'ERR_TOKEN_INACTIVE',
  })
})

rule('VTC-13', 'does not put the scopes that are left on one route into the kept verdict', async () => {
  const { authorizationServer, resourceServer } = await createIntrospectingServers()
  const token = await authorizationServer.mint({ scope: 'stats:read stats:write' })
  const request = requestWithToken(token)
  for (let time = 0; time < SURELY_KEPT; time += 1) await resourceServer.authenticate(request)
  authorizationServer.setClaims(token, { scope: 'stats:read' })
  const auth = recall(resourceServer, request)
  const current = await resourceServer.refresh(auth, { maxAge: 0 })
  expect([...current.scopes]).toEqual(['stats:read'])
  expect([...(recall(resourceServer, request)?.scopes ?? [])]).toEqual(['stats:read', 'stats:write'])
})
