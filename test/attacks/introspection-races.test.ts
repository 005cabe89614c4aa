import { expect } from '@jest/globals'
import type { FetchResponse, ResourceServer } from '@bearward/core'
import { createIntrospectingServers, type VirtualIntrospection } from '../support/introspection.js'
import { judge, requestWithToken } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

/** Has the next answers come two seconds after the server made them: active, for the right API. */
function holdAnswers({ authorizationServer, clock, substitute }: VirtualIntrospection): void {
  const { introspectionEndpoint } = authorizationServer
  const pause = () => new Promise<void>((resolve) => void clock.after(2, resolve))
  async function* content() {
    await pause()
    yield Buffer.from(JSON.stringify({ active: true, aud: AUDIENCE, sub: 'alice' }))
  }
  const answer = (): FetchResponse => ({
    status: 200,
    headers: new Headers({ 'Content-Type': 'application/json' }),
    body: content(),
  })
  substitute((url) => (url === introspectionEndpoint ? answer() : undefined))
}

ruleForEach(
  'INTRO-23',
  {
    'the first answer comes first': [1, 2],
    'the second answer comes first': [2, 1],
    'both come at once': [1, 1],
  } as const,
  'gives each of two requests the answer about its own token, where %s',
  async ([first, second]) => {
    const { clock, authorizationServer, resourceServer, mint } = await createIntrospectingServers()
    authorizationServer.behave('introspection', [{ delay: first }, { delay: second }])
    const tokens = [mint({ sub: 'alice' }), mint({ sub: 'bob' })]
    const outcomes = tokens.map((token) => judge(resourceServer, requestWithToken(token)))
    await clock.advance(2)
    const [alice, bob] = await Promise.all(outcomes)
    expect(alice).toMatchObject({ verdict: 'accepted', auth: { subject: 'alice', token: tokens[0] } })
    expect(bob).toMatchObject({ verdict: 'accepted', auth: { subject: 'bob', token: tokens[1] } })
  },
)

rule('INTRO-23', 'gives a good and a bad token their own answers, among a hundred at once', async () => {
  const { clock, authorizationServer, mint, verdictOn } = await createIntrospectingServers({ concurrency: 3 })
  authorizationServer.behave('introspection', { delay: 0.01 })
  const tokens = Array.from({ length: 100 }, (_, number) =>
    number % 3 === 0 ? `bad-${String(number)}` : mint(),
  )
  const verdicts = tokens.map((token) => verdictOn(token))
  await clock.advance(1)
  const expected = tokens.map((token) => (token.startsWith('bad-') ? 'ERR_TOKEN_INACTIVE' : 'accepted'))
  expect(await Promise.all(verdicts)).toEqual(expected)
  expect(authorizationServer.mostUnderWay.introspection).toBe(3)
})

ruleForEach(
  'INTRO-23',
  {
    'of another subject': { sub: 'bob' },
    'of another client': { client_id: 'other' },
    'of another identifier': { jti: 'other' },
    'for another API': { aud: 'https://other.example.com' },
    'of another issuer': { iss: 'https://other.example.com' },
  },
  'does not take an answer about a token %s for one about this JWT',
  async (members) => {
    const { authorizationServer, resourceServer } = await createIntrospectingServers()
    const jwt = await authorizationServer.mint({ sub: 'alice' })
    const auth = await resourceServer.authenticate(requestWithToken(jwt))
    await expect(resourceServer.refresh(auth, { maxAge: 0 })).resolves.toMatchObject({ subject: 'alice' })
    authorizationServer.setClaims(jwt, members)
    await expect(resourceServer.refresh(auth, { maxAge: 0 })).rejects.toMatchObject({
      status: 401,
      code: expect.stringMatching(/^ERR_TOKEN_(CLAIM_INVALID|AUDIENCE|ISSUER)$/),
    })
  },
)

const REVOCATIONS: Readonly<Record<string, (resourceServer: ResourceServer, token: string) => void>> = {
  'the token is forgotten': (resourceServer, token) => {
    resourceServer.forget(token)
  },
  'all tokens of its subject are': (resourceServer) => {
    resourceServer.forgetWhere({ subject: 'alice' })
  },
  'all tokens of another subject are': (resourceServer) => {
    resourceServer.forgetWhere({ subject: 'bob' })
  },
}

ruleForEach('INTRO-24', REVOCATIONS, 'does not keep an answer that is under way while %s', async (revoke) => {
  const servers = await createIntrospectingServers()
  const { clock, authorizationServer, resourceServer, mint, verdictOn, substitute, asked } = servers
  const token = mint({ sub: 'alice' })
  holdAnswers(servers)
  const early = verdictOn(token)
  await clock.advance(1)
  substitute(undefined)
  authorizationServer.revoke(token)
  revoke(resourceServer, token)
  expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
  await clock.advance(1)
  expect(await early).toBe('accepted') // it was asked before
  expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
  await clock.advance(5)
  expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
  expect(asked()).toBe(3)
})

rule('INTRO-24', 'keeps an answer that is under way where nothing is revoked', async () => {
  const servers = await createIntrospectingServers()
  const { clock, mint, verdictOn, substitute, asked } = servers
  const token = mint()
  holdAnswers(servers)
  const early = verdictOn(token)
  await clock.advance(2)
  substitute(undefined)
  expect([await early, await verdictOn(token), asked()]).toEqual(['accepted', 'accepted', 1])
})

rule('INTRO-24', 'counts the age of an answer from the question, and not from when it came', async () => {
  const servers = await createIntrospectingServers({ cache: { maxAge: 10 } })
  const { clock, authorizationServer, mint, verdictOn, substitute } = servers
  const token = mint()
  holdAnswers(servers)
  const early = verdictOn(token)
  await clock.advance(2)
  substitute(undefined)
  authorizationServer.revoke(token)
  expect(await early).toBe('accepted')
  await clock.advance(7.9)
  expect(await verdictOn(token)).toBe('accepted')
  await clock.advance(0.1)
  expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
})

rule('INTRO-24', 'gives who wants a fresh answer none that was asked for before', async () => {
  const servers = await createIntrospectingServers()
  const { clock, authorizationServer, resourceServer, mint, verdictOn, substitute } = servers
  const token = mint({ sub: 'alice' })
  const auth = await resourceServer.authenticate(requestWithToken(token))
  await clock.advance(60)
  holdAnswers(servers)
  const early = verdictOn(token)
  await clock.advance(1)
  substitute(undefined)
  authorizationServer.revoke(token)
  const fresh = resourceServer.refresh(auth, { maxAge: 0 }).catch((error: unknown) => error)
  await clock.advance(1)
  expect(await early).toBe('accepted')
  expect(await fresh).toMatchObject({ code: 'ERR_TOKEN_INACTIVE' })
})

rule('DOS-06', 'asks once when a popular verdict runs out, however many requests come', async () => {
  const { clock, authorizationServer, mint, verdictOn, asked } = await createIntrospectingServers()
  const token = mint({ exp: clock.now() + 3_600 })
  const crowd = (size: number) => Array.from({ length: size }, () => verdictOn(token))
  expect(await verdictOn(token)).toBe('accepted')
  authorizationServer.behave('introspection', { delay: 1 })
  await clock.advance(60)
  const waiting = crowd(1_000)
  await clock.advance(0.5)
  waiting.push(...crowd(1_000))
  await clock.advance(0.5)
  expect([...new Set(await Promise.all(waiting))]).toEqual(['accepted'])
  expect([asked(), authorizationServer.mostUnderWay.introspection]).toEqual([2, 1])
})

rule(
  'DOS-06',
  'asks once more when a popular token is no longer active, and refuses all of them',
  async () => {
    const { clock, authorizationServer, mint, verdictOn, asked } = await createIntrospectingServers()
    const token = mint()
    expect(await verdictOn(token)).toBe('accepted')
    authorizationServer.revoke(token)
    await clock.advance(60)
    const verdicts = await Promise.all(Array.from({ length: 1_000 }, () => verdictOn(token)))
    expect([...new Set(verdicts)]).toEqual(['ERR_TOKEN_INACTIVE'])
    expect(asked()).toBe(2)
  },
)
