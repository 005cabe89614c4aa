import { describe, expect, test } from '@jest/globals'
import { configurationErrorOf, optionAtFault } from '../support/configuration.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

const options = { issuer: 'https://as.example.com', audience: AUDIENCE }

describe('an option that does not exist', () => {
  test.each(['clockSkew', 'aud', 'Issuer', 'jwksURI', 'requiredScopes', 'strict', 'optional', 'secret'])(
    'is refused: %s',
    (name) => {
      const error = configurationErrorOf({ ...options, [name]: true })
      expect(error?.option).toBe(name)
      expect(error?.message).toBe(`${name}: is not an option`)
      expect(optionAtFault(options)).toBeUndefined()
    },
  )

  test('is refused even where its value is undefined', () => {
    expect(optionAtFault({ ...options, clockSkew: undefined })).toBe('clockSkew')
  })

  test('is refused in an entry of authorizationServers', () => {
    const entry = { issuer: options.issuer }
    const given = (more: object) => ({ audience: AUDIENCE, authorizationServers: [{ ...entry, ...more }] })
    expect(optionAtFault(given({ clockSkew: 5 }))).toBe('clockSkew')
    expect(optionAtFault(given({ realm: 'mine' }))).toBe('realm')
    expect(optionAtFault(given({ clockTolerance: 5 }))).toBeUndefined()
  })

  test('is refused in a profile', () => {
    expect(optionAtFault({ ...options, profile: { type: ['JWT'] } })).toBe('type')
    expect(optionAtFault({ ...options, profile: { typ: ['JWT'] } })).toBeUndefined()
  })
})

describe('options', () => {
  test.each([
    ['a text', 'https://as.example.com'],
    ['a number', 1],
    ['null', null],
    ['an array', [options]],
    ['a function', () => options],
  ])('must be an object, not %s', (_name, given) => {
    expect(optionAtFault(given)).toBe('options')
  })

  test('may be undefined one by one', () => {
    const names =
      'jwksUri internalOrigin dangerouslyAllowHttp algorithms profile scopesFrom clockTolerance maxTokenAge fetch ' +
      'fetchLimit waitLimit refreshInterval staleWindow onRefresh realm ' +
      'errorUri hideForbidden requireTls bearerMethods readAccessToken maxTokenSize refusalBody onRefusal clock ' +
      'dangerouslyAcceptAnyAudience authorizationServers resolveAuthorizationServer ' +
      'senderConstraint dpop clientCertificates'
    const none = Object.fromEntries(names.split(' ').map((name) => [name, undefined]))
    expect(optionAtFault({ ...options, ...none })).toBeUndefined()
  })
})

/** For each option: values that it can have, and values that it cannot. */
const VALUES: Readonly<
  Record<string, { readonly good: readonly unknown[]; readonly bad: readonly unknown[] }>
> = {
  audience: {
    good: [AUDIENCE, [AUDIENCE], ['a', 'b'], ' '],
    bad: [1, {}, [1], [[AUDIENCE]], ['a', null], new Set(['a'])],
  },
  jwksUri: {
    good: ['https://as.example.com/jwks?v=1', 'https://keys.example.com/'],
    bad: [
      1,
      'jwks',
      '/jwks',
      'https://as.example.com/#a',
      'https://u:p@as.example.com/',
      'blob:https://as.example.com/jwks',
    ],
  },
  internalOrigin: {
    good: ['https://keycloak:8443', 'https://keycloak/', 'http://127.0.0.1:8080'],
    bad: [
      '',
      'keycloak:8443',
      'https://keycloak/realms',
      'https://keycloak?a',
      'https://u@keycloak',
      'ftp://keycloak',
      1,
      null,
    ],
  },
  dangerouslyAllowHttp: { good: [true, false], bad: ['true', 1, 0, null, {}] },
  fetch: { good: [fetch, () => Promise.resolve(new Response())], bad: ['fetch', null, {}, true] },
  realm: {
    good: ['protected resource', 'a "quoted" \\ realm', '!'],
    bad: ['', 'réalm', 'a\r\nX: y', 'a\u0000', 1, null],
  },
  errorUri: {
    good: ['https://developers.example.com/errors', 'urn:example:errors'],
    bad: [
      '',
      '/errors',
      'errors',
      'https://a.example/"x"',
      'https://a.example/é',
      'https://a.example/\\x',
      'https://a.example/a b',
      1,
      null,
    ],
  },
  hideForbidden: { good: [true, false], bad: ['false', 1, null] },
  requireTls: { good: [true, false], bad: ['true', 1, null] },
  bearerMethods: {
    good: [['header'], ['body'], ['header', 'body'], 'body'],
    bad: [[], ['query'], ['header', 'query'], ['Header'], '', {}, null, true],
  },
  readAccessToken: { good: [() => undefined], bad: ['cookie', null, {}, true] },
  maxTokenSize: { good: [1, 4096, 1_048_576], bad: [0, -1, NaN, Infinity, 1_048_577, '4096', null] },
  refusalBody: { good: [() => undefined], bad: ['', null, {}] },
  onRefusal: { good: [() => undefined], bad: ['console', null, {}] },
  profile: {
    good: ['rfc9068', 'keycloak', {}],
    bad: ['Keycloak', 'azure', '__proto__', 'constructor', 1, null, [], true],
  },
  scopesFrom: { good: ['scp', ['scp', 'roles'], () => []], bad: [1, null, {}, [1], ['scp', '']] },
}

describe.each(Object.entries(VALUES))('%s', (name, { good, bad }) => {
  test.each(good.map((value) => [value]))('can be %p', (value) => {
    expect(optionAtFault({ ...options, [name]: value })).toBeUndefined()
  })

  test.each(bad.map((value) => [value]))('cannot be %p', (value) => {
    expect(optionAtFault({ ...options, [name]: value })).toBe(name)
  })
})

ruleForEach(
  '6750-2.3-a',
  { alone: ['query'], 'with the header': ['header', 'query'] },
  'cannot be told to read tokens from the query: %s',
  (bearerMethods) => {
    expect(optionAtFault({ ...options, bearerMethods })).toBe('bearerMethods')
  },
)

rule('CFG-02', 'cannot be told two things at once', () => {
  const { issuer, ...others } = options
  const authorizationServers = [{ issuer }]
  const resolveAuthorizationServer = () => undefined
  expect(optionAtFault({ ...options, authorizationServers })).toBe('issuer')
  expect(optionAtFault({ ...options, resolveAuthorizationServer })).toBe('issuer')
  expect(optionAtFault({ ...others, authorizationServers, resolveAuthorizationServer })).toBe(
    'authorizationServers',
  )
  expect(optionAtFault({ ...options, dangerouslyAcceptAnyAudience: true })).toBe('audience')
  expect(optionAtFault({ ...others, authorizationServers })).toBeUndefined()
  expect(optionAtFault({ ...others, resolveAuthorizationServer })).toBeUndefined()
})
