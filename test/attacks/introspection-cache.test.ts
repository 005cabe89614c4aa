import { expect } from '@jest/globals'
import { allScopes, createResourceServer } from '@bearward/core'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  INTROSPECTION_FAULTS,
} from '@bearward/testing'
import { optionAtFault } from '../support/configuration.js'
import { decisionOn } from '../support/decision.js'
import { createIntrospectingServers, INTROSPECTION } from '../support/introspection.js'
import { judge, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

rule('INTRO-01', 'asks each route for its scopes, whoever had the answer fetched', async () => {
  const { resourceServer, mint, asked } = await createIntrospectingServers()
  const token = mint({ scope: 'stats:read' })
  const decisions: string[] = []
  for (const scope of ['stats:read', 'stats:write', 'stats:read']) {
    const auth = await resourceServer.authenticate(requestWithToken(token))
    decisions.push(decisionOn(resourceServer, auth, allScopes(scope)))
  }
  expect(decisions).toEqual(['allowed', 'ERR_SCOPE_INSUFFICIENT', 'allowed'])
  expect(asked()).toBe(1)
})

rule('INTRO-02', 'lets each authorization server speak for itself alone, about the same token', async () => {
  const a = await createIntrospectingServers()
  const b = await createIntrospectingServers()
  a.mint({}, { token: 'same' })
  expect(await a.verdictOn('same')).toBe('accepted')
  expect(await b.verdictOn('same')).toBe('ERR_TOKEN_INACTIVE')
  expect(await a.verdictOn('same')).toBe('accepted')
  expect([a.asked(), b.asked()]).toEqual([1, 1])
})

rule(
  'INTRO-02',
  'asks the one authorization server that introspects, and no other, about an opaque token',
  async () => {
    const clock = createVirtualClock()
    const a = await createScriptedAuthorizationServer({ clock, issuer: 'https://a.example.com' })
    const b = await createScriptedAuthorizationServer({ clock, issuer: 'https://b.example.com' })
    const resourceServer = createResourceServer({
      audience: AUDIENCE,
      clock,
      authorizationServers: [
        { issuer: a.issuer, fetch: a.fetch },
        { issuer: b.issuer, fetch: b.fetch, introspection: INTROSPECTION },
      ],
    })
    expect(await verdictOn(resourceServer, a.mintOpaque())).toBe('ERR_TOKEN_INACTIVE')
    expect(await verdictOn(resourceServer, b.mintOpaque({ iss: a.issuer }))).toBe('ERR_TOKEN_ISSUER')
    expect(await verdictOn(resourceServer, b.mintOpaque())).toBe('accepted')
    expect(a.requests).toMatchObject({ metadata: 0, introspection: 0 })
    expect(await verdictOn(resourceServer, await a.mint())).toBe('accepted')
  },
)

rule('INTRO-02', 'does not start where two authorization servers could be asked about one token', () => {
  const servers = ['a', 'b'].map((name) => ({
    issuer: `https://${name}.example.com`,
    introspection: INTROSPECTION,
  }))
  const [first, second] = servers
  const faultOf = (...authorizationServers: readonly object[]) =>
    optionAtFault({ audience: AUDIENCE, authorizationServers })
  expect(faultOf({ ...first }, { ...second })).toBe('accessTokens')
  expect(faultOf({ ...first }, { ...second, accessTokens: 'jwt' })).toBeUndefined()
})

/** A token of 64 characters. */
const LONG = 'abcdefgh'.repeat(8)

ruleForEach(
  'INTRO-03',
  {
    'its last character': `${LONG.slice(0, -1)}i`,
    'its first character': `i${LONG.slice(1)}`,
    'one in the middle': `${LONG.slice(0, 32)}-${LONG.slice(33)}`,
    'the case of a letter': `A${LONG.slice(1)}`,
    'one character more': `${LONG}a`,
    'one character less': LONG.slice(0, -1),
    'a padding character': `${LONG}=`,
    'its last 16 characters alone': LONG.slice(-16),
    'its first 16 characters alone': LONG.slice(0, 16),
  },
  'does not take for the same token one that differs in %s',
  async (similar) => {
    const { mint, verdictOn, asked } = await createIntrospectingServers()
    mint({ sub: 'alice' }, { token: LONG })
    expect(await verdictOn(LONG)).toBe('accepted')
    expect(await verdictOn(similar)).toBe('ERR_TOKEN_INACTIVE')
    expect(await verdictOn(LONG)).toBe('accepted')
    expect(asked()).toBe(2)
  },
)

rule('INTRO-03', 'does not take two tokens of one user for the same', async () => {
  const { authorizationServer, mint, verdictOn } = await createIntrospectingServers()
  const [revoked, good] = [mint({ sub: 'alice' }), mint({ sub: 'alice' })]
  authorizationServer.revoke(revoked)
  expect([await verdictOn(good), await verdictOn(revoked)]).toEqual(['accepted', 'ERR_TOKEN_INACTIVE'])
})

rule('INTRO-05', 'keeps an answer until exp at most, where answers may be kept for longer', async () => {
  const { clock, mint, verdictOn, asked } = await createIntrospectingServers({ cache: { maxAge: 300 } })
  const token = mint({ exp: clock.now() + 5 })
  expect(await verdictOn(token)).toBe('accepted')
  await clock.advance(4.9)
  expect([await verdictOn(token), asked()]).toEqual(['accepted', 1])
  await clock.advance(0.1)
  expect([await verdictOn(token), asked()]).toEqual(['ERR_TOKEN_INACTIVE', 2])
})

ruleForEach(
  'INTRO-06',
  { 'the default time': [{}, 60], 'the time it is told': [{ cache: { maxAge: 10 } }, 10] } as const,
  'keeps an answer without exp no longer than %s',
  async ([settings, age]) => {
    const { clock, authorizationServer, mint, verdictOn } = await createIntrospectingServers(settings)
    const token = mint({ exp: undefined })
    expect(await verdictOn(token)).toBe('accepted')
    authorizationServer.revoke(token)
    await clock.advance(age - 0.1)
    expect(await verdictOn(token)).toBe('accepted')
    await clock.advance(0.1)
    expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
  },
)

ruleForEach(
  'INTRO-13',
  Object.fromEntries(INTROSPECTION_FAULTS.map((fault) => [fault, fault])),
  'does not keep a failure as a verdict: %s',
  async (fault) => {
    const servers = await createIntrospectingServers({ cache: { inactiveMaxAge: 3_600 } })
    const { clock, authorizationServer, resourceServer, mint, verdictOn } = servers
    const token = mint()
    authorizationServer.behave('introspection', { fault })
    const outcome = judge(resourceServer, requestWithToken(token))
    await clock.advance(3)
    expect((await outcome).verdict).not.toBe('accepted')
    authorizationServer.behave('introspection', undefined)
    await clock.advance(20) // where the endpoint asked for a pause
    expect(await verdictOn(token)).toBe('accepted')
  },
)

rule('INTRO-13', 'does not accept during a failure what an earlier failure left', async () => {
  const { clock, authorizationServer, mint, verdictOn } = await createIntrospectingServers()
  const [known, unknown] = [mint(), mint()]
  expect(await verdictOn(known)).toBe('accepted')
  authorizationServer.behave('introspection', { fault: 'server-error' })
  const failure = 'ERR_AUTHORIZATION_SERVER_RESPONSE'
  expect([await verdictOn(known), await verdictOn(unknown)]).toEqual(['accepted', failure])
  await clock.advance(60)
  expect([await verdictOn(known), await verdictOn(unknown)]).toEqual([failure, failure])
})

rule('INTRO-14', 'keeps good answers through a flood of made-up tokens', async () => {
  // Room for one answer: if the flood were kept there, it would push it out.
  const { mint, verdictOn, asked } = await createIntrospectingServers({ cache: { maxSize: 2_000 } })
  const token = mint()
  expect(await verdictOn(token)).toBe('accepted')
  for (let number = 0; number < 300; number += 1) {
    expect(await verdictOn(`made-up-${String(number)}`)).toBe('ERR_TOKEN_INACTIVE')
  }
  expect([await verdictOn(token), asked()]).toEqual(['accepted', 301])
  expect([await verdictOn(mint()), await verdictOn(token), asked()]).toEqual(['accepted', 'accepted', 303])
})
