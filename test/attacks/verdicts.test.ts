import { expect } from '@jest/globals'
import { allScopes, claimsThat } from '@bearward/core'
import { decisionOn } from '../support/decision.js'
import { optionAtFault } from '../support/configuration.js'
import { createIntrospectingServers, INTROSPECTION } from '../support/introspection.js'
import { requestWith, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'
import { createVirtualServers } from '../support/virtual-servers.js'

/** The name of the option that settings of introspection are refused for. */
const faultWith = (settings: object): string | undefined =>
  optionAtFault({
    issuer: 'https://as.example.com',
    audience: AUDIENCE,
    introspection: { ...INTROSPECTION, ...settings },
  })

rule('VTC-01', 'lets nobody choose by what a verdict is found again', () => {
  for (const name of ['key', 'keyBuilder', 'cacheKey', 'get', 'store']) {
    expect(faultWith({ cache: { [name]: () => 'same' } })).toMatch(name)
  }
  expect(faultWith({ cache: { maxAge: 30 } })).toBeUndefined()
})

rule('VTC-01', 'finds again the verdict on the same token, and on no other', async () => {
  const { mint, verdictOn: judge, asked } = await createIntrospectingServers()
  const tokens = Array.from({ length: 200 }, (_, number) =>
    number % 2 === 0 ? mint() : `bad-${String(number)}`,
  )
  const expected = tokens.map((token) => (token.startsWith('bad-') ? 'ERR_TOKEN_INACTIVE' : 'accepted'))
  expect(await Promise.all(tokens.map((token) => judge(token)))).toEqual(expected)
  expect(await Promise.all([...tokens].reverse().map((token) => judge(token)))).toEqual(
    [...expected].reverse(),
  )
  expect(asked()).toBe(200)
})

rule('VTC-02', 'asks scopes and claims of each request, also where the verdict is kept', async () => {
  const { resourceServer, mint, asked } = await createIntrospectingServers()
  const token = mint({ sub: 'alice', scope: 'stats:read' })
  let predicates = 0
  const isBob = claimsThat(({ sub }) => {
    predicates += 1
    return sub === 'bob'
  })
  const decisions: string[] = []
  for (const requirement of [allScopes('stats:read'), allScopes('stats:write'), isBob, isBob]) {
    const auth = await resourceServer.authenticate(requestWithToken(token))
    decisions.push(decisionOn(resourceServer, auth, requirement))
  }
  const insufficient = 'ERR_CLAIMS_INSUFFICIENT'
  expect(decisions).toEqual(['allowed', 'ERR_SCOPE_INSUFFICIENT', insufficient, insufficient])
  expect([predicates, asked()]).toEqual([2, 1])
})

rule('VTC-02', 'gives each request an auth of its own: what one adds to it, no other sees', async () => {
  const { resourceServer, mint } = await createIntrospectingServers()
  const token = mint({ scope: 'stats:read', roles: ['reader'] })
  const auth = await resourceServer.authenticate(requestWithToken(token))
  expect(() => (auth.scopes as Set<string>).add('admin')).toThrow(TypeError)
  expect(() => (auth.claims.roles as string[]).push('admin')).toThrow(TypeError)
  const other = await resourceServer.authenticate(requestWithToken(token))
  expect([[...other.scopes], other.claims.roles]).toEqual([['stats:read'], ['reader']])
  expect(other).not.toBe(auth)
})

rule('VTC-04', 'looks at exp of a kept verdict for each request', async () => {
  const { clock, mint, verdictOn: judge } = await createIntrospectingServers({ cache: { maxAge: 3_600 } })
  const token = mint({ exp: clock.now() + 100 }, { staysActive: true })
  expect(await judge(token)).toBe('accepted')
  clock.step(104)
  expect(await judge(token)).toBe('accepted')
  clock.step(1)
  expect(await judge(token)).toBe('ERR_TOKEN_EXPIRED')
})

rule('VTC-04', 'looks at nbf of a kept verdict for each request, with a clock that is set back', async () => {
  const { clock, mint, verdictOn: judge, asked } = await createIntrospectingServers()
  const token = mint({ nbf: clock.now(), iat: clock.now() - 100 })
  expect(await judge(token)).toBe('accepted')
  clock.step(-6)
  expect(await judge(token)).toBe('ERR_TOKEN_NOT_YET_VALID')
  clock.step(6)
  expect([await judge(token), asked()]).toEqual(['accepted', 1])
})

rule('VTC-04', 'looks at the greatest age of a token for each request', async () => {
  const options = { maxTokenAge: 30 }
  const { clock, mint, verdictOn: judge, asked } = await createIntrospectingServers({}, options)
  const token = mint()
  expect(await judge(token)).toBe('accepted')
  await clock.advance(35)
  expect(await judge(token)).toBe('accepted')
  await clock.advance(0.1)
  expect([await judge(token), asked()]).toEqual(['ERR_TOKEN_TOO_OLD', 1])
})

rule('VTC-05', 'refuses a JWT that it accepted before, once its key is withdrawn', async () => {
  const { clock, authorizationServer, resourceServer, verdict } = await createVirtualServers()
  const token = await authorizationServer.mint({ exp: clock.now() + 86_400 })
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
  await authorizationServer.rotateKeys()
  await clock.advance(600)
  expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_KEY')
  expect(await verdict()).toBe('accepted')
})

rule('VTC-05', 'refuses it as well where introspection said that it is active', async () => {
  const { clock, authorizationServer, resourceServer } = await createIntrospectingServers({
    cache: { maxAge: 3_600 },
  })
  const token = await authorizationServer.mint({ exp: clock.now() + 86_400 })
  const auth = await resourceServer.authenticate(requestWithToken(token))
  await resourceServer.refresh(auth, { maxAge: 3_600 })
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
  await authorizationServer.rotateKeys()
  await clock.advance(600)
  expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_KEY')
})

ruleForEach(
  'VTC-11',
  {
    NaN: NaN,
    Infinity: Infinity,
    'a negative number': -1,
    'a negative number that is nearly nothing': -Number.MIN_VALUE,
    'more than an hour': 3_601,
    milliseconds: 60_000,
    text: '60',
    null: null,
    true: true,
    'an object': {},
  },
  'does not start with %s for an age',
  (age) => {
    for (const name of ['maxAge', 'inactiveMaxAge']) {
      expect(faultWith({ cache: { [name]: age } })).toBe(`introspection.cache.${name}`)
      expect(faultWith({ cache: { [name]: 3_600 } })).toBeUndefined()
    }
  },
)

ruleForEach(
  'VTC-12',
  {
    'the scheme in lower case': (token: string) => `bearer ${token}`,
    'the scheme in capitals': (token: string) => `BEARER ${token}`,
    'several spaces': (token: string) => `Bearer    ${token}`,
  },
  'takes for the same token one with %s',
  async (write) => {
    const { authorizationServer, resourceServer, mint, asked } = await createIntrospectingServers()
    const token = mint()
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
    const request = requestWith({ authorization: write(token) })
    expect([await verdictOn(resourceServer, request), asked()]).toEqual(['accepted', 1])
    authorizationServer.revoke(token)
    resourceServer.forget(token)
    expect(await verdictOn(resourceServer, request)).toBe('ERR_TOKEN_INACTIVE')
  },
)

ruleForEach(
  'VTC-12',
  {
    'a space after it': (token: string) => `Bearer ${token} `,
    'a tab before it': (token: string) => `Bearer \t${token}`,
    'a no-break space before it': (token: string) => `Bearer \u00a0${token}`,
    'a zero-width space in it': (token: string) => `Bearer \u200b${token}`,
    'quotation marks': (token: string) => `Bearer "${token}"`,
    'percent encoding': (token: string) => `Bearer %61${token.slice(1)}`,
    padding: (token: string) => `Bearer ${token}=`,
    'a letter in another case': (token: string) => `Bearer A${token.slice(1)}`,
  },
  'does not find the verdict on a token for one with %s',
  async (write) => {
    const { resourceServer, mint } = await createIntrospectingServers()
    const token = mint({}, { token: 'abcdefgh' })
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
    const request = requestWith({ authorization: write(token) })
    expect(await verdictOn(resourceServer, request)).toMatch(/^ERR_(CREDENTIALS_MALFORMED|TOKEN_INACTIVE)$/)
  },
)
