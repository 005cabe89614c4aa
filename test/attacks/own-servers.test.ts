import { expect } from '@jest/globals'
import { createResourceServer, recall, type ResolveAuthorizationServer } from '@bearward/core'
import { createScriptedAuthorizationServer, createVirtualClock } from '@bearward/testing'
import { createVerdictCache } from '../../packages/core/src/token/verdict-cache.js'
import { createIntrospectingServers } from '../support/introspection.js'
import { createOwnKey, withOtherSignature } from '../support/jws.js'
import { createRecallingServers } from '../support/recalled.js'
import { judge, requestWith, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'
import { createVirtualServers } from '../support/virtual-servers.js'

const servers = useServers()

ruleForEach(
  'OWN-51',
  {
    'expires meanwhile': [{ exp: 1 }, 'ERR_TOKEN_EXPIRED'],
    'expires when they come': [{ exp: 2 }, 'ERR_TOKEN_EXPIRED'],
    'expires after they have come': [{ exp: 2.5 }, 'accepted'],
    'is not valid before they come': [{ nbf: 2 }, 'accepted'],
    'is not valid before they have come': [{ nbf: 2.5 }, 'ERR_TOKEN_NOT_YET_VALID'],
  } as const,
  'judges a token when its keys have come, and not before: one that %s',
  async ([times, verdict]) => {
    const { authorizationServer, clock, verdictOn } = await createVirtualServers({ clockTolerance: 0 })
    authorizationServer.behave('jwks', { delay: 2 })
    const claims = Object.fromEntries(
      Object.entries(times).map(([name, after]) => [name, clock.now() + after]),
    )
    const pending = verdictOn(await authorizationServer.mint(claims))
    await clock.advance(2)
    expect(await pending).toBe(verdict)
  },
)

rule(
  'OWN-52',
  'accepts nobody who waits for keys when it is closed, and asks nobody after that',
  async () => {
    const { authorizationServer, clock, resourceServer, verdictOn } = await createVirtualServers()
    const token = await authorizationServer.mint()
    authorizationServer.behave('jwks', { delay: 2 })
    const pending = verdictOn(token)
    await clock.advance(1)
    resourceServer.close()
    await clock.advance(5)
    expect(await pending).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
    authorizationServer.resetCounters()
    expect(await verdictOn(token)).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
    expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    const open = await createVirtualServers()
    expect(await open.verdict()).toBe('accepted')
  },
)

rule('OWN-53', 'pushes no kept verdict out by a token with the same end, nor finds it by that', () => {
  const cache = createVerdictCache<string>(100_000, () => 1)
  const end = 'x'.repeat(43)
  const [alice, eve] = [`alice.${end}`, `eve.${end}`]
  for (const token of [alice, alice, eve, eve, eve]) cache.store(token, `verdict on ${token}`)
  expect([cache.find(alice), cache.find(eve), cache.find(end)]).toEqual([
    `verdict on ${alice}`,
    undefined,
    undefined,
  ])
  cache.drop(eve)
  cache.drop(end)
  expect(cache.find(alice)).toBe(`verdict on ${alice}`)
  cache.drop(alice)
  expect(cache.find(alice)).toBeUndefined()
})

rule('OWN-54', 'keeps apart the two valid signatures of one token, and what was sent with each', async () => {
  const { keep, kept, verdictOn, resourceServer } = await createRecallingServers()
  const token = await keep({ sub: 'alice' })
  const twin = withOtherSignature(token)
  expect(kept(twin)).toBeUndefined()
  for (let time = 0; time < 3; time += 1) expect(await verdictOn(twin)).toBe('accepted')
  expect([kept(token)?.token, kept(twin)?.token]).toEqual([token, twin])
  resourceServer.close()
})

ruleForEach(
  'OWN-56',
  {
    'a slash': ['https://as.example.com/a', 'https://as.example.com/a/'],
    'capitals in the path': ['https://as.example.com/a', 'https://as.example.com/A'],
    'a part of the path': ['https://as.example.com/a', 'https://as.example.com/a/b'],
  } as const,
  'takes two issuers that differ by %s for two, with keys of their own',
  async (issuers) => {
    const clock = createVirtualClock()
    const [a, b] = await Promise.all([
      createScriptedAuthorizationServer({ clock, issuer: issuers[0] }),
      createScriptedAuthorizationServer({ clock, issuer: issuers[1] }),
    ])
    const resourceServer = createResourceServer({
      audience: AUDIENCE,
      clock,
      authorizationServers: [
        {
          issuer: a.issuer,
          jwksUri: 'https://keys.example/a',
          fetch: async (_url, init) => a.fetch(a.jwksUri, init),
        },
        {
          issuer: b.issuer,
          jwksUri: 'https://keys.example/b',
          fetch: async (_url, init) => b.fetch(b.jwksUri, init),
        },
      ],
    })
    const own = [createOwnKey('P-256', 'k'), createOwnKey('P-256', 'k')] as const
    a.publish([own[0].jwk])
    b.publish([own[1].jwk])
    const verdicts = async (index: 0 | 1) =>
      Promise.all([a, b].map(async (as) => verdictOn(resourceServer, await own[index].mint(as))))
    expect(await verdicts(0)).toEqual(['accepted', 'ERR_TOKEN_SIGNATURE'])
    expect(await verdicts(1)).toEqual(['ERR_TOKEN_SIGNATURE', 'accepted'])
    resourceServer.close()
  },
)

ruleForEach(
  'OWN-57',
  {
    'an empty header': ['e30.x', 'ERR_TOKEN_MALFORMED', 0],
    'an empty header and claims': ['e30.e30.x', 'ERR_TOKEN_MALFORMED', 0],
    'the name of what every object has': ['__proto__', 'ERR_TOKEN_INACTIVE', 1],
    'a header that is a list': ['W10.e30.x', 'ERR_TOKEN_INACTIVE', 1],
    'a dot': ['.x', 'ERR_TOKEN_INACTIVE', 1],
  } as const,
  'asks about no opaque token that begins like a JWT, where both come: %s',
  async ([token, verdict, questions]) => {
    const { verdictOn, asked, mint } = await createIntrospectingServers()
    expect([await verdictOn(token), asked()]).toEqual([verdict, questions])
    expect(await verdictOn(mint())).toBe('accepted')
  },
)

rule('OWN-58', 'has no verdict that another resource server of the same process has kept', async () => {
  const { keep, authorizationServer, clock, resourceServer } = await createRecallingServers()
  const token = await keep()
  const { issuer, fetch } = authorizationServer
  const other = createResourceServer({ issuer, audience: 'https://other.example.com', clock, fetch })
  const same = createResourceServer({ issuer, audience: AUDIENCE, clock, fetch })
  for (const server of [other, same]) expect(recall(server, requestWithToken(token))).toBeUndefined()
  expect([await verdictOn(other, token), await verdictOn(same, token)]).toEqual([
    'ERR_TOKEN_AUDIENCE',
    'accepted',
  ])
  for (const server of [resourceServer, other, same]) server.close()
})

rule('OWN-59', 'gives each request an error of its own, whatever the application makes of it', async () => {
  const { resourceServer } = servers()
  const refused = async () => {
    const outcome = await judge(resourceServer, requestWith())
    if (outcome.verdict === 'accepted') throw new Error('It was accepted')
    return outcome.error
  }
  const first = await refused()
  expect(() => Object.assign(first.headers, { 'X-Injected': 'yes' })).toThrow(TypeError)
  Object.assign(first, { status: 200, headers: { 'X-Injected': 'yes' } })
  const answer = resourceServer.answer(await refused())
  expect([answer?.status, Object.keys(answer?.headers ?? {})]).toEqual([
    401,
    ['Cache-Control', 'WWW-Authenticate'],
  ])
})

rule('OWN-60', 'accepts no issuer that a look-up finds in what an object inherits', async () => {
  const { issuer } = servers().authorizationServer
  const tenants: Record<string, { issuer: string }> = { [issuer]: { issuer } }
  const resolveAuthorizationServer: ResolveAuthorizationServer = (name) => tenants[name]
  const resourceServer = createResourceServer({ audience: AUDIENCE, resolveAuthorizationServer })
  const verdict = async (iss: string) =>
    verdictOn(resourceServer, await servers().authorizationServer.mint({ iss }))
  for (const iss of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    expect([iss, await verdict(iss)]).toEqual([iss, 'ERR_ISSUER_LOOKUP'])
  }
  expect([await verdict('unknown'), await verdict(issuer)]).toEqual(['ERR_TOKEN_ISSUER', 'accepted'])
  resourceServer.close()
})
