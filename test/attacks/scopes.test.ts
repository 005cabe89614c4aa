import { expect } from '@jest/globals'
import { anyScope, type Auth, type IssuerOptions } from '@bearward/core'
import { decisionOn } from '../support/decision.js'
import { requestWithToken } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
const servers = useServers()

async function authenticate(
  claims: Record<string, unknown>,
  options: Partial<IssuerOptions> = {},
): Promise<Auth> {
  const { authorizationServer, protect } = servers()
  return protect(options).authenticate(requestWithToken(await authorizationServer.mint(claims)))
}

/** Refused everywhere where `required` is needed; accepted with that and nothing else. */
async function expectInsufficient(scope: unknown, required: string): Promise<void> {
  const { authorizationServer, refuses } = everywhere()
  const [attack, twin] = [
    await authorizationServer.mint({ scope }),
    await authorizationServer.mint({ scope: required }),
  ]
  await refuses({ attack, twin, requires: [required], code: 'ERR_SCOPE_INSUFFICIENT', asks: 'keys' })
}

ruleForEach(
  'SCOPE-01',
  {
    'the required one with more behind it': 'readonly',
    'the required one and a colon': 'read:all',
    'the required one with more before it': 'xread',
    'a part of the required one': 'rea',
    'several that hold the required one': 'readonly xread spread',
    'a pattern': '*',
    'a regular expression': '.*',
    'the required one and a comma': 'read,write',
    'the required one and a wildcard': 'read* *',
    nothing: '',
    'spaces alone': '   ',
  },
  'finds no scope in %s',
  async (scope) => {
    await expectInsufficient(scope, 'read')
    const any = decisionOn(servers().resourceServer, await authenticate({ scope }), anyScope('read', 'write'))
    expect(any).toBe('ERR_SCOPE_INSUFFICIENT')
  },
)

ruleForEach(
  'SCOPE-02',
  { 'an upper-case letter': 'Admin', 'upper case': 'ADMIN', 'a dotless i': 'adm\u0131n' },
  'takes a scope with %s for another one',
  async (scope) => {
    await expectInsufficient(scope, 'admin')
  },
)

ruleForEach(
  'SCOPE-03',
  {
    'a tab': 'a\tadmin',
    'a line break': 'a\nadmin',
    'a carriage return': 'a\radmin',
    'a no-break space': 'a\u00A0admin',
    'a comma': 'a,admin',
    'a comma and nothing': 'admin,',
    'a semicolon': 'a;admin',
    'a zero-width space': 'admin\u200B',
    'an ideographic space': 'a\u3000admin',
    'a vertical tab': 'a\u000Badmin',
  },
  'separates scopes by nothing but spaces: not by %s',
  async (scope) => {
    await expectInsufficient(scope, 'admin')
  },
)

ruleForEach(
  'SCOPE-03',
  { 'two of them': 'a  admin', 'one before': ' admin a', 'one behind': 'a admin ', many: '   a   admin   ' },
  'makes no scope of the spaces: %s',
  async (scope) => {
    const { scopes } = await authenticate({ scope })
    expect([...scopes].sort()).toEqual(['a', 'admin'])
    expect(scopes.has('')).toBe(false)
  },
)

ruleForEach(
  'SCOPE-04',
  {
    'an array': ['admin'],
    'an array of an array': [['admin']],
    'an object': { admin: true },
    'a number': 1,
    null: null,
  },
  'refuses a token with %s as scope',
  async (scope) => {
    await everywhere().refusesClaims({ scope }, 'ERR_TOKEN_CLAIM_INVALID')
  },
)

ruleForEach(
  'SCOPE-04',
  {
    'an array of an array': [['admin']],
    'an array with a number': ['admin', 1],
    'an array with null': [null, 'admin'],
    'an object': { 0: 'admin', length: 1 },
    'a number': 1,
    null: null,
  },
  'refuses a token with %s as scopes even where an array is expected',
  async (scp) => {
    const options = { scopesFrom: 'scp' }
    await everywhere().refusesClaims({ scp }, 'ERR_TOKEN_CLAIM_INVALID', { options })
    expect([...(await authenticate({ scp: ['admin'] }, { scopesFrom: 'scp' })).scopes]).toEqual(['admin'])
  },
)

rule('SCOPE-04', 'does not split what stands in an array', async () => {
  const { scopes } = await authenticate({ scp: ['a admin'] }, { scopesFrom: 'scp' })
  expect(scopes.has('admin')).toBe(false)
})

ruleForEach(
  'SCOPE-05',
  {
    'an empty one before it': [{ scope: '', scp: ['admin'] }, ['scope', 'scp'], []],
    'another one before it': [{ scope: 'read', scp: ['admin'] }, ['scope', 'scp'], ['read']],
    'an empty array before it': [{ scp: [], roles: ['admin'] }, ['scp', 'roles'], []],
    'none before it': [{ scope: undefined, scp: ['admin'] }, ['scope', 'scp'], ['admin']],
    'one that is not configured': [{ scope: 'read', permissions: ['admin'] }, ['scope'], ['read']],
  } as const,
  'reads scopes from the first claim that is present, and never joins them: %s',
  async ([claims, scopesFrom, expected]) => {
    expect([...(await authenticate(claims, { scopesFrom })).scopes]).toEqual(expected)
  },
)

rule('SCOPE-05', 'reads no scopes from the claims of other dialects by itself', async () => {
  const others = { scp: ['admin'], scopes: 'admin', permissions: ['admin'], roles: ['admin'] }
  expect([...(await authenticate({ scope: undefined, ...others })).scopes]).toEqual([])
  expect([...(await authenticate({ scope: 'read', ...others })).scopes]).toEqual(['read'])
})

rule('SCOPE-06', 'grants no scope by default', async () => {
  await expectInsufficient(undefined, 'read')
  const without = await authenticate({ scope: undefined })
  expect(decisionOn(servers().resourceServer, without, anyScope('read', 'write'))).toBe(
    'ERR_SCOPE_INSUFFICIENT',
  )
  expect([...(await authenticate({ scope: 'read' }, { scopesFrom: 'scp' })).scopes]).toEqual([])
})
