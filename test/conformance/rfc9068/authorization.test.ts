import { expect } from '@jest/globals'
import {
  allScopes,
  attributeValues,
  claimsThat,
  type Auth,
  type IssuerOptions,
  type Requirement,
} from '@bearward/core'
import { decisionOn } from '../../support/decision.js'
import { requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'
import { verdictsOn } from '../../support/verdicts.js'

const servers = useServers()

async function authenticate(
  claims: Record<string, unknown>,
  options: Partial<IssuerOptions> = {},
): Promise<Auth> {
  const { authorizationServer, protect } = servers()
  return protect(options).authenticate(requestWithToken(await authorizationServer.mint(claims)))
}

/** Whether a requirement allows a token with these claims: `allowed`, or the code of the refusal. */
async function decide(claims: Record<string, unknown>, requirement: Requirement): Promise<string> {
  return decisionOn(servers().resourceServer, await authenticate(claims), requirement)
}

const isAuditor = claimsThat((claims) => attributeValues(claims.roles)?.includes('auditor') === true)
const isUser = claimsThat((claims) => claims.sub !== undefined && claims.sub !== claims.client_id)

rule('9068-4-g', 'lets a route ask for scopes and for what else the token says, each by itself', async () => {
  const scopes = allScopes('stats:read')
  const good = { scope: 'stats:read', roles: ['auditor'] }
  expect(await decide(good, scopes)).toBe('allowed')
  expect(await decide(good, isAuditor)).toBe('allowed')
  expect(await decide({ ...good, roles: ['guest'] }, scopes)).toBe('allowed')
  expect(await decide({ ...good, roles: ['guest'] }, isAuditor)).toBe('ERR_CLAIMS_INSUFFICIENT')
  expect(await decide({ ...good, scope: 'stats:write' }, scopes)).toBe('ERR_SCOPE_INSUFFICIENT')
})

rule('9068-2.2.3-a', 'reads scope as one string, separated by spaces', async () => {
  const { scopes } = await authenticate({ scope: 'stats:read stats:write' })
  expect([...scopes]).toEqual(['stats:read', 'stats:write'])
})

ruleForEach(
  '9068-2.2.3-a',
  {
    'an array': ['stats:read'],
    'an empty array': [],
    'an object': { 'stats:read': true },
    'a number': 1,
    null: null,
    true: true,
  },
  'refuses a token with %s as scope',
  async (scope) => {
    expect(await verdictsOn(servers(), { scope })).toEqual(['ERR_TOKEN_CLAIM_INVALID', 'accepted'])
  },
)

rule(
  '9068-2.2.3-a',
  'reads an array where the configuration names the claim, and so its dialect',
  async () => {
    const { scopes } = await authenticate({ scope: 'x', scp: ['stats:read'] }, { scopesFrom: 'scp' })
    expect([...scopes]).toEqual(['stats:read'])
  },
)

rule('9068-2.2.3-b', 'grants nothing to a token without scope', async () => {
  const auth = await authenticate({ scope: undefined })
  expect([...auth.scopes]).toEqual([])
  expect(await decide({ scope: undefined }, allScopes('stats:read'))).toBe('ERR_SCOPE_INSUFFICIENT')
  expect(await decide({ scope: '' }, allScopes('stats:read'))).toBe('ERR_SCOPE_INSUFFICIENT')
  expect(await decide({ scope: 'stats:read' }, allScopes('stats:read'))).toBe('allowed')
})

ruleForEach(
  '9068-2.2.3.1-a',
  {
    'an array of strings': ['auditor', 'clerk'],
    'an array of SCIM objects': [{ value: 'auditor' }, { value: 'clerk', display: 'Clerk', primary: true }],
    'strings and SCIM objects': ['auditor', { value: 'clerk' }],
  },
  'reads groups, roles and entitlements that are %s',
  async (values) => {
    const { claims } = await authenticate({ groups: values, roles: values, entitlements: values })
    for (const attribute of [claims.groups, claims.roles, claims.entitlements]) {
      expect(attributeValues(attribute)).toEqual(['auditor', 'clerk'])
    }
    expect(await decide({ roles: values }, isAuditor)).toBe('allowed')
  },
)

ruleForEach(
  '9068-2.2.3.1-a',
  {
    'a string': 'auditor',
    'an object': { value: 'auditor' },
    'an array with a number': ['auditor', 1],
    'an array with an array': [['auditor']],
    'SCIM objects without value': [{ display: 'auditor' }],
    'SCIM objects whose value is no string': [{ value: ['auditor'] }],
    null: null,
    nothing: undefined,
  },
  'takes %s for no roles at all, not for an array of characters',
  async (roles) => {
    expect(attributeValues(roles)).toBeUndefined()
    expect(await decide({ roles }, isAuditor)).toBe('ERR_CLAIMS_INSUFFICIENT')
  },
)

rule('9068-5-a', 'tells a client that acts for itself from a user', async () => {
  expect(await decide({ sub: 'client', client_id: 'client' }, isUser)).toBe('ERR_CLAIMS_INSUFFICIENT')
  expect(await decide({ sub: 'alice', client_id: 'client' }, isUser)).toBe('allowed')
  const { subject, clientId } = await authenticate({ sub: 'alice', client_id: 'client' })
  expect([subject, clientId]).toEqual(['alice', 'client'])
})

rule(
  '9068-6-a',
  'leaves a client no reason to look into the token: all it needs stands beside it',
  async () => {
    const { authorizationServer, resourceServer } = servers()
    const response = await fetch(authorizationServer.tokenEndpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('client:secret').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'stats:read' }),
    })
    const { access_token: token, ...rest } = (await response.json()) as Record<string, unknown>
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 300, scope: 'stats:read' })
    expect(await verdictOn(resourceServer, String(token))).toBe('accepted')
  },
)
