import { expect } from '@jest/globals'
import type { Fault } from '@bearward/testing'
import { createIntrospectingServers } from '../support/introspection.js'
import { judge, requestWith, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'

const UNREACHABLE = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'

ruleForEach(
  'INTRO-12',
  {
    'nobody listens': 'refuse',
    'it never answers': 'hang',
    'the connection breaks in the middle': 'reset',
    'the answer drips': 'slow-body',
  } satisfies Readonly<Record<string, Fault>>,
  'cannot tell within 3 seconds where %s, and takes that neither for active nor for inactive',
  async (fault: Fault) => {
    const settings = { cache: { inactiveMaxAge: 3_600 } }
    const { clock, authorizationServer, resourceServer, mint, verdictOn } =
      await createIntrospectingServers(settings)
    authorizationServer.behave('introspection', { fault })
    const tokens = [mint(), 'unknown'] as const
    const outcomes = Promise.all(tokens.map((token) => judge(resourceServer, requestWithToken(token))))
    await clock.advance(3)
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ error: { status: 503, code: UNREACHABLE } })
    authorizationServer.behave('introspection', undefined)
    await clock.advance(2)
    expect(await verdictOn(tokens[0])).toBe('accepted')
    expect(await verdictOn(tokens[1])).toBe('ERR_TOKEN_INACTIVE')
  },
)

ruleForEach(
  'INTRO-15',
  { '429': 'too-many-requests', '503': 'unavailable' } satisfies Readonly<Record<string, Fault>>,
  'leaves an endpoint alone that answers with %s, for as long as it asks, and says so to clients',
  async (fault: Fault) => {
    const { clock, authorizationServer, resourceServer, mint, verdictOn, asked } =
      await createIntrospectingServers()
    authorizationServer.behave('introspection', [{ fault }, {}])
    const outcome = await judge(resourceServer, requestWithToken(mint()))
    expect(outcome).toMatchObject({ error: { status: 503, retryAfter: 20 } })
    await clock.advance(10)
    const crowd = await Promise.all(Array.from({ length: 1_000 }, () => verdictOn(mint())))
    expect([...new Set(crowd)]).toEqual(['ERR_AUTHORIZATION_SERVER_RESPONSE'])
    expect(await judge(resourceServer, requestWithToken(mint()))).toMatchObject({ error: { retryAfter: 10 } })
    expect(asked()).toBe(1)
    await clock.advance(10)
    expect([await verdictOn(mint()), asked()]).toEqual(['accepted', 2])
  },
)

rule(
  'INTRO-15',
  'asks one at a time whether an endpoint that was down is well, and 60 seconds apart at most',
  async () => {
    const { clock, authorizationServer, mint, verdictOn, asked } = await createIntrospectingServers()
    authorizationServer.behave('introspection', {
      fault: 'too-many-requests',
      headers: { 'Retry-After': '0' },
    })
    const questions: number[] = []
    for (let second = 0; second < 600; second += 1) {
      await Promise.all(Array.from({ length: 10 }, () => verdictOn(mint())))
      questions.push(asked())
      await clock.advance(1)
    }
    const last = questions.at(-1) ?? Infinity
    expect(last).toBeLessThanOrEqual(10 + 25)
    expect(last).toBeGreaterThanOrEqual(12)
    authorizationServer.behave('introspection', undefined)
    await clock.advance(60)
    expect(await verdictOn(mint())).toBe('accepted')
  },
)

rule('INTRO-15', 'judges good JWTs meanwhile, and does not have them wait', async () => {
  const { authorizationServer, verdict, mint, verdictOn } = await createIntrospectingServers()
  authorizationServer.behave('introspection', { fault: 'unavailable' })
  expect(await verdictOn(mint())).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
  expect(await verdict()).toBe('accepted')
})

ruleForEach(
  ['INTRO-17', 'INTRO-26'],
  {
    'another parameter': 'abc&token_type_hint=refresh_token&client_id=evil',
    'another token': 'abc&token=good',
    'an encoded parameter': 'abc%26token%3Dgood',
    'a percent sign': '%',
    'a space': 'a b',
    'a line break': 'a\r\nb',
    'a tab': 'a\tb',
    'a null character': 'a\0b',
    'a quotation mark': 'a"b',
    'a comma': 'a,b',
    'letters outside ASCII': 'töken',
    'a letter that looks like another': 'tоken',
    'a padding character in the middle': 'a=b',
    'nothing but padding': '==',
    nothing: '',
  },
  'does not ask about what is no token: it has %s',
  async (text) => {
    const { resourceServer, mint, asked } = await createIntrospectingServers()
    mint({}, { token: 'good' })
    const codes = [await verdictOn(resourceServer, requestWith({ authorization: `Bearer ${text}` }))]
    const read = await createIntrospectingServers({}, { readAccessToken: () => text })
    codes.push(await verdictOn(read.resourceServer, requestWith()))
    for (const code of codes) expect(code).toMatch(/^ERR_CREDENTIALS_/)
    expect([asked(), read.asked()]).toEqual([0, 0])
    expect(await verdictOn(resourceServer, 'good')).toBe('accepted')
  },
)

ruleForEach(
  'INTRO-17',
  { 'a plus sign': 'a+b', 'a slash': 'a/b', 'a tilde': '~a', padding: 'a==', 'every mark': '-._~+/a=' },
  'asks about the very token that came: one with %s',
  async (token) => {
    const { authorizationServer, mint, verdictOn } = await createIntrospectingServers()
    mint({}, { token })
    expect(await verdictOn(token)).toBe('accepted')
    expect(await verdictOn(`a${token}`)).toBe('ERR_TOKEN_INACTIVE')
    const asked = authorizationServer.log.filter(({ endpoint }) => endpoint === 'introspection')
    expect(asked.map((request) => request.token)).toEqual([token, `a${token}`])
  },
)

rule('INTRO-26', 'asks about nothing that is too large, and once about what is just not', async () => {
  const { mint, verdictOn, asked } = await createIntrospectingServers()
  expect(await verdictOn('x'.repeat(16_385))).toBe('ERR_TOKEN_TOO_LARGE')
  expect(asked()).toBe(0)
  expect(await verdictOn('x'.repeat(16_384))).toBe('ERR_TOKEN_INACTIVE')
  expect(asked()).toBe(1)
  expect(await verdictOn(mint({}, { token: 'y'.repeat(16_384) }))).toBe('accepted')
})

rule('INTRO-26', 'asks about no more than 50 made-up tokens at once', async () => {
  const { clock, authorizationServer, verdictOn, asked } = await createIntrospectingServers()
  authorizationServer.behave('introspection', { delay: 1 })
  const flood = Array.from({ length: 3_000 }, (_, number) => verdictOn(`made-up-${String(number)}`))
  await clock.advance(4)
  const verdicts = await Promise.all(flood)
  expect(authorizationServer.mostUnderWay.introspection).toBe(50)
  expect(asked()).toBeLessThanOrEqual(200)
  expect([...new Set(verdicts)].sort()).toEqual([
    'ERR_AUTHORIZATION_SERVER_UNREACHABLE',
    'ERR_INTROSPECTION_BUSY',
    'ERR_TOKEN_INACTIVE',
  ])
  authorizationServer.behave('introspection', undefined)
  await clock.advance(5)
  expect(await verdictOn('made-up-0')).toBe('ERR_TOKEN_INACTIVE')
})
