import { describe, expect } from '@jest/globals'
import { stepUp, type CommonOptions, type Requirement, type StepUpOptions } from '@bearward/core'
import { optionAtFaultIn } from '../../support/configuration.js'
import { createDpopServers, toRequest } from '../../support/dpop.js'
import { createIntrospectingServers } from '../../support/introspection.js'
import { requestWithToken } from '../../support/request.js'
import { answerOf } from '../../support/route-answer.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { createVirtualServers } from '../../support/virtual-servers.js'

const UNMET = {
  status: 401,
  realm: 'protected resource',
  error: 'insufficient_user_authentication',
  error_description: 'The user has to be authenticated in another way, or again',
}

/** What a route says to a token with these claims; `auth_time` is given as an age. */
async function decide(
  required: StepUpOptions,
  { age, ...claims }: Readonly<Record<string, unknown>>,
  options: CommonOptions = {},
) {
  const { authorizationServer, resourceServer, clock } = await createVirtualServers(options)
  const time = age === undefined ? {} : { auth_time: clock.now() - Number(age) }
  const token = await authorizationServer.mint({ scope: 'pay', ...time, ...claims })
  const auth = await resourceServer.authenticate(requestWithToken(token))
  return answerOf(resourceServer, auth, stepUp(required))
}

describe('acr', () => {
  rule('9470-3-a', 'is asked for by 401, with an error of its own', async () => {
    const required = { acrValues: ['high'] }
    expect(await decide(required, { acr: 'low' })).toEqual({ ...UNMET, acr_values: 'high' })
    expect(await decide(required, { acr: 'high' })).toBe('allowed')
  })

  rule('9470-3-a', 'is asked for by 401 where 403 is hidden', async () => {
    const hidden = { hideForbidden: true }
    expect(await decide({ acrValues: ['high'] }, { acr: 'low' }, hidden)).toMatchObject({ status: 401 })
  })

  rule('9470-3-b', 'may be any of several, named in the order of preference', async () => {
    const required = { acrValues: ['a', 'b'] }
    expect(await decide(required, { acr: 'a' })).toBe('allowed')
    expect(await decide(required, { acr: 'b' })).toBe('allowed')
    expect(await decide(required, { acr: 'c' })).toEqual({ ...UNMET, acr_values: 'a b' })
  })

  ruleForEach(
    '9470-6-b',
    {
      'a higher number': '2',
      'a prefix': '',
      'another case': 'LOA1',
      'a longer one': 'loa11',
      'one with a space': 'loa1 ',
    },
    'is compared as it stands: %s is another one',
    async (acr) => {
      expect(await decide({ acrValues: ['loa1', '1'] }, { acr })).toMatchObject({ acr_values: 'loa1 1' })
      expect(await decide({ acrValues: ['loa1', '1'] }, { acr: 'loa1' })).toBe('allowed')
    },
  )
})

describe('auth_time', () => {
  rule('9470-3-d', 'may be as old as the route says, and the difference of clocks', async () => {
    for (const age of [0, 4, 5, 9.9, -60]) expect(await decide({ maxAge: 5 }, { age })).toBe('allowed')
    for (const age of [10, 11, 3_600, -61]) {
      expect(await decide({ maxAge: 5 }, { age })).toEqual({ ...UNMET, max_age: '5' })
    }
  })

  rule('9470-3-d', 'has to be of just now where the route says 0', async () => {
    expect(await decide({ maxAge: 0 }, { age: 4 })).toBe('allowed')
    expect(await decide({ maxAge: 0 }, { age: 5 })).toEqual({ ...UNMET, max_age: '0' })
  })

  rule('9470-3-d', 'grows old while the token is in use', async () => {
    const { authorizationServer, resourceServer, clock } = await createVirtualServers()
    const token = await authorizationServer.mint({ auth_time: clock.now() })
    const auth = await resourceServer.authenticate(requestWithToken(token))
    const requirement = stepUp({ maxAge: 60 })
    await clock.advance(64)
    expect(answerOf(resourceServer, auth, requirement)).toBe('allowed')
    await clock.advance(1)
    expect(answerOf(resourceServer, auth, requirement)).toMatchObject({ status: 401, max_age: '60' })
  })
})

ruleForEach<readonly [StepUpOptions, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>(
  '9470-6-a',
  {
    'no acr': [{ acrValues: ['a'] }, {}, { acr: 'a' }],
    'an acr in a list': [{ acrValues: ['a'] }, { acr: ['a'] }, { acr: 'a' }],
    'a number as acr': [{ acrValues: ['1'] }, { acr: 1 }, { acr: '1' }],
    'null as acr': [{ acrValues: ['null'] }, { acr: null }, { acr: 'null' }],
    'no auth_time': [{ maxAge: 60 }, {}, { age: 0 }],
    'a text as auth_time': [{ maxAge: 31_536_000 }, { auth_time: '1750000000' }, { age: 0 }],
    'milliseconds as auth_time': [{ maxAge: 60 }, { auth_time: 1_750_000_000_000 }, { age: 0 }],
    'null as auth_time': [{ maxAge: 60 }, { auth_time: null }, { age: 0 }],
    'acr alone where both are asked for': [
      { acrValues: ['a'], maxAge: 60 },
      { acr: 'a' },
      { acr: 'a', age: 1 },
    ],
    'auth_time alone where both are asked for': [
      { acrValues: ['a'], maxAge: 60 },
      { age: 1 },
      { acr: 'a', age: 1 },
    ],
  },
  'is not met by a token with %s',
  async ([required, lacking, good]) => {
    expect(await decide(required, lacking)).toMatchObject(UNMET)
    expect(await decide(required, good)).toBe('allowed')
  },
)

rule('9470-6-a', 'reads acr and auth_time of what introspection says', async () => {
  const { mint, resourceServer, clock } = await createIntrospectingServers()
  const requirement = stepUp({ acrValues: ['mfa'], maxAge: 60 })
  const decideOn = async (claims: Record<string, unknown>) =>
    answerOf(resourceServer, await resourceServer.authenticate(requestWithToken(mint(claims))), requirement)
  expect(await decideOn({ acr: 'mfa', auth_time: clock.now() })).toBe('allowed')
  expect(await decideOn({ acr: 'pwd', auth_time: clock.now() })).toEqual({
    ...UNMET,
    acr_values: 'mfa',
    max_age: '60',
  })
})

rule('9470-3-e', 'names at once what is lacking: log-in, age, scopes', async () => {
  const required = { acrValues: ['mfa'], maxAge: 60, scopes: ['pay', 'pay:abroad'] }
  const both = { acr_values: 'mfa', max_age: '60' }
  const scope = 'pay pay:abroad'
  expect(await decide(required, { acr: 'pwd' })).toEqual({ ...UNMET, ...both, scope })
  expect(await decide(required, { acr: 'pwd', scope })).toEqual({ ...UNMET, ...both })
  expect(await decide(required, { acr: 'mfa', age: 1 })).toMatchObject({
    status: 403,
    error: 'insufficient_scope',
    scope,
  })
  expect(await decide(required, { acr: 'mfa', age: 1, scope })).toBe('allowed')
})

rule('9470-9-a', 'says nothing of what it needs to a request without a valid token', async () => {
  const { authorizationServer, resourceServer } = await createVirtualServers()
  const expired = resourceServer.authenticate(requestWithToken(await authorizationServer.mint({ exp: 1 })))
  const error = await expired.catch((thrown: unknown) => thrown)
  expect(resourceServer.answer(error)?.headers['WWW-Authenticate']).not.toMatch(/acr_values|max_age/)
  expect(answerOf(resourceServer, undefined, stepUp({ acrValues: ['mfa'] }))).toEqual({
    status: 401,
    realm: 'protected resource',
  })
})

ruleForEach<readonly [unknown, string]>(
  '9470-3-c',
  {
    'a negative age': [{ maxAge: -1 }, 'maxAge'],
    'half a second': [{ maxAge: 1.5 }, 'maxAge'],
    'no number': [{ maxAge: NaN }, 'maxAge'],
    'a text as age': [{ maxAge: '5' }, 'maxAge'],
    'more than a year': [{ maxAge: 31_536_001 }, 'maxAge'],
    'no values': [{ acrValues: [] }, 'acrValues'],
    'a value with a space': [{ acrValues: ['a b'] }, 'acrValues'],
    'a value with a quote': [{ acrValues: ['a"'] }, 'acrValues'],
    'a text in place of a list': [{ acrValues: 'mfa' }, 'acrValues'],
    'nothing at all': [{}, 'acrValues'],
    'scopes alone': [{ scopes: ['pay'] }, 'acrValues'],
    'scopes that are none': [{ maxAge: 5, scopes: ['a b'] }, 'scopes'],
    'a text as scopes': [{ maxAge: 5, scopes: 'pay' }, 'scopes'],
    'a misspelt option': [{ maxAge: 5, acrvalues: ['mfa'] }, 'acrvalues'],
  },
  'is refused at start-up with %s',
  ([options, option]) => {
    expect(optionAtFaultIn(() => stepUp(options as StepUpOptions))).toBe(option)
    expect(optionAtFaultIn(() => stepUp({ acrValues: ['mfa'], maxAge: 5, scopes: ['pay'] }))).toBeUndefined()
  },
)

rule('9470-3-c', 'keeps what it was made with', async () => {
  const acrValues = ['a']
  const requirement = stepUp({ acrValues })
  acrValues.push('b')
  const { authorizationServer, resourceServer } = await createVirtualServers()
  const token = await authorizationServer.mint({ acr: 'b' })
  const auth = await resourceServer.authenticate(requestWithToken(token))
  expect(answerOf(resourceServer, auth, requirement)).toEqual({ ...UNMET, acr_values: 'a' })
})

rule('9470-3-f', 'is asked for in the scheme of the credentials', async () => {
  const { mintBound, prove, resourceServer } = await createDpopServers()
  const token = await mintBound({ acr: 'low' })
  const auth = await resourceServer.authenticate(toRequest({ token, proof: await prove(token) }))
  const answerTo = (requirement: Requirement) => {
    try {
      resourceServer.authorize(auth, requirement)
      return 'allowed'
    } catch (error) {
      return resourceServer.answer(error)?.headers['WWW-Authenticate']
    }
  }
  const challenges = [answerTo(stepUp({ acrValues: ['high'] }))].flat()
  expect(challenges.filter((challenge) => challenge?.includes('acr_values="high"'))).toEqual([
    expect.stringMatching(/^DPoP .*algs="ES256 .*error="insufficient_user_authentication"/),
  ])
  expect(answerTo(stepUp({ acrValues: ['low'] }))).toBe('allowed')
})
