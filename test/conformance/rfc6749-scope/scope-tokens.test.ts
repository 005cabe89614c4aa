import { expect } from '@jest/globals'
import { allScopes, anyScope, claimsThat, ConfigurationError, type Requirement } from '@bearward/core'
import { decisionOn } from '../../support/decision.js'
import { requestWithToken } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()

/** The option at fault where a requirement cannot be made; `undefined` where it can. */
function faultOf(make: () => Requirement): string | undefined {
  try {
    make()
    return undefined
  } catch (error) {
    if (error instanceof ConfigurationError) return error.option
    throw error
  }
}

/** Whether a token with this scope may do what needs that one. */
async function decide(scope: string, requirement: Requirement): Promise<string> {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint({ scope })
  return decisionOn(resourceServer, await resourceServer.authenticate(requestWithToken(token)), requirement)
}

ruleForEach(
  ['SCOPE-10', '6750-3-d'],
  {
    'a quote': 'stats"read',
    'a backslash': 'stats\\read',
    'a space': 'stats read',
    'a tab': 'stats\tread',
    'a line break': 'stats\r\nX-Injected: 1',
    'a control character': 'stats\u0000read',
    'a letter that is not ASCII': 'st\u00E4ts',
    'a zero-width space': 'stats\u200Bread',
    'no text': '',
  },
  'cannot require a scope that has %s',
  (scope) => {
    expect(faultOf(() => allScopes(scope))).toBe('scopes')
    expect(faultOf(() => allScopes('stats:read', scope))).toBe('scopes')
    expect(faultOf(() => anyScope('stats:read', scope))).toBe('scopes')
  },
)

ruleForEach(
  ['SCOPE-10', '6750-3-d'],
  {
    'every other character of ASCII': "!#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~",
    'the shape of a URL': 'https://api.example.com/stats.read',
    'the shape of Cognito': 'orders-api/stats:read',
    'one letter': 'a',
  },
  'can require a scope that has %s, and finds it',
  async (scope) => {
    expect(await decide(`x ${scope} y`, allScopes(scope))).toBe('allowed')
    expect(await decide('x y', allScopes(scope))).toBe('ERR_SCOPE_INSUFFICIENT')
  },
)

rule('SCOPE-09', 'tells all of several scopes from any of them', async () => {
  const all = allScopes('stats:read', 'stats:write')
  const any = anyScope('stats:read', 'stats:write')
  expect(await decide('stats:write other stats:read', all)).toBe('allowed')
  expect(await decide('stats:read', all)).toBe('ERR_SCOPE_INSUFFICIENT')
  expect(await decide('stats:read', any)).toBe('allowed')
  expect(await decide('stats:write', any)).toBe('allowed')
  expect(await decide('other', any)).toBe('ERR_SCOPE_INSUFFICIENT')
})

ruleForEach(
  'SCOPE-08',
  {
    'no scope': [],
    'an array of none': [[]],
    'an array of one': [['stats:read']],
    undefined: [undefined],
    null: [null],
    'a number': [1],
  },
  'cannot require %s in the place of scopes',
  (scopes) => {
    const values = scopes as unknown as readonly string[]
    expect(faultOf(() => allScopes(...values))).toBe('scopes')
    expect(faultOf(() => anyScope(...values))).toBe('scopes')
  },
)

rule('SCOPE-08', 'can require what a predicate says, which must be a function', () => {
  expect(faultOf(() => claimsThat((claims) => claims.sub === 'alice'))).toBeUndefined()
  expect(faultOf(() => claimsThat(true as unknown as () => boolean))).toBe('predicate')
})
