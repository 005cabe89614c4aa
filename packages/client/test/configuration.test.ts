import { describe, expect, test } from '@jest/globals'
import { createTokenSource } from '@bearward/client'
import { rule, ruleForEach } from '../../../test/support/rule.js'
import { attempt, optionAtFault } from './support/attempt.js'
import { createScript, GRANT, withDefaults, type AnyOptions } from './support/script.js'

const ISSUER = 'https://as.example.com'

describe('options', () => {
  test('that are good make a token source, without a request', () => {
    const { fetch, sent } = createScript(GRANT)
    expect(optionAtFault({ fetch })).toBeUndefined()
    expect(sent).toHaveLength(0)
  })

  test.each([undefined, null, 'options', [], Promise.resolve({})])('cannot be %p', (options) => {
    expect(attempt(options)).toMatchObject({ name: 'ConfigurationError', option: 'options' })
  })

  ruleForEach(
    '6749-3.2-a',
    {
      'a fragment': `${ISSUER}/t#x`,
      'plain HTTP': 'http://as.example.com/t',
      'user information': 'https://a:b@as.example.com/t',
      'another scheme': 'blob:https://as.example.com/t',
      'no host': '/token',
      'a number': 5,
    },
    'have a token endpoint without %s',
    (tokenEndpoint) => {
      expect(optionAtFault({ tokenEndpoint })).toBe('tokenEndpoint')
    },
  )

  rule('6749-3.2-a', 'may have a token endpoint with a query, or on loopback', () => {
    expect(optionAtFault({ tokenEndpoint: `${ISSUER}/t?tenant=1` })).toBeUndefined()
    expect(optionAtFault({ tokenEndpoint: 'http://127.0.0.1:8080/t' })).toBeUndefined()
    expect(optionAtFault({ tokenEndpoint: 'http://[::1]/t' })).toBeUndefined()
  })

  test.each<[string, AnyOptions]>([
    ['issuer', { issuer: undefined, tokenEndpoint: undefined }],
    ['issuer', { issuer: 'http://as.example.com' }],
    ['issuer', { issuer: `${ISSUER}?a` }],
    ['issuer', { issuer: `${ISSUER}/a/../b` }],
    ['clientId', { clientId: '' }],
    ['clientId', { clientId: undefined }],
    ['scope', { scope: 'a  b' }],
    ['scope', { scope: ['a b'] }],
    ['scope', { scope: 'é' }],
    ['scope', { scope: [1] }],
    ['resource', { resource: 'stats' }],
    ['resource', { resource: 'https://api.example.com/#a' }],
    ['resource', { resource: [] }],
    ['origins', { origins: 'https://api.example.com/v1' }],
    ['origins', { origins: 'http://api.example.com' }],
    ['origins', { origins: [] }],
    ['defaultLifetime', { defaultLifetime: 0 }],
    ['timeLimit', { timeLimit: NaN }],
    ['timeLimit', { timeLimit: '5' }],
    ['fetch', { fetch: 'fetch' }],
    ['clock', { clock: { now: () => 0 } }],
    ['scopes', { scopes: ['read'] }],
  ])('are refused for %s', (option, options) => {
    expect(optionAtFault(options)).toBe(option)
  })

  test.each<[string, AnyOptions]>([
    ['an id with a colon', { clientId: 'a:b' }],
    [
      'undefined for a default',
      { scope: undefined, resource: undefined, timeLimit: undefined, clock: undefined },
    ],
  ])('may be %s', (_name, options) => {
    expect(optionAtFault(options)).toBeUndefined()
  })

  rule('6749-3.3-a', 'hold scopes in the characters that scopes may have', () => {
    expect(optionAtFault({ scope: 'a:b/c.d-e_f~!#[]' })).toBeUndefined()
    for (const scope of ['a"', 'a\\', 'a\tb', 'é', 'a  b', ['a b'], ['']])
      expect(optionAtFault({ scope })).toBe('scope')
  })

  test('are not repeated in messages', () => {
    for (const name of ['clientSecret', 'tokenEndpoint', 'scope', 'clientAuthentication']) {
      const error = attempt({ clientId: 'client', ...withDefaults({ [name]: { hush: 'hush' } }) })
      expect((error as Error).message).not.toContain('hush')
    }
  })

  test('are copied: what is changed afterwards has no effect', async () => {
    const script = createScript(GRANT)
    const scope = ['read']
    const options = {
      tokenEndpoint: `${ISSUER}/token`,
      clientId: 'client',
      clientSecret: 'secret',
      scope,
      fetch: script.fetch,
    }
    const tokens = createTokenSource(options)
    scope.push('write')
    options.tokenEndpoint = 'https://attacker.example.com/'
    await tokens.getToken()
    expect(script.sent).toMatchObject([
      { url: `${ISSUER}/token`, body: 'grant_type=client_credentials&scope=read' },
    ])
  })
})

describe('the options of getToken', () => {
  test.each([
    ['signal', { signal: 5 }],
    ['force', { force: true }],
    ['options', null],
  ])('are refused for %s', async (option, options) => {
    const tokens = createTokenSource({
      issuer: ISSUER,
      clientId: 'client',
      clientSecret: 'secret',
      fetch: createScript(GRANT).fetch,
    })
    await expect(tokens.getToken(options as never)).rejects.toMatchObject({
      name: 'ConfigurationError',
      option,
    })
  })
})
