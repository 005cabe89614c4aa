import { describe, expect, test } from '@jest/globals'
import { parseOptions } from '../../src/config/resource-server.js'
import { FOREIGN_CLAIMS } from '../../src/token/claims.js'
import { dpop, ISSUER, metadata, MINIMUM, OPAQUE, ORIGIN, SECRET } from './given.js'
import { problemOf } from './problem.js'

const parse = (options: object = {}) => parseOptions({ ...MINIMUM, ...options })
const serverOf = (options: object = {}) => {
  const [server] = parse(options).authorizationServers.values()
  if (server === undefined) throw new Error('there is one')
  return server
}
const required = { senderConstraint: 'required' }
const certificates = { clientCertificates: { from: 'socket' } }

describe('the cache of verdicts', () => {
  test.each([
    [undefined, 33_554_432],
    [true, 33_554_432],
    [false, 0],
    [{}, 33_554_432],
    [{ maxSize: 5 }, 5],
  ])('of %j has %d bytes', (verdictCache, size) => {
    expect(parse({ verdictCache }).verdictCacheSize).toBe(size)
  })
})

describe('the schemes', () => {
  test.each([
    [{}, ['Bearer'], false],
    [dpop({}), ['Bearer', 'DPoP'], true],
    [{ ...dpop({}), ...required }, ['DPoP'], true],
    [{ ...certificates, ...required }, ['Bearer'], false],
    [{ ...dpop({}), ...certificates, ...required }, ['Bearer', 'DPoP'], true],
  ])('of %j are %j', (options, schemes, acceptsDpop) => {
    expect(parse(options).challenge.schemes).toEqual(schemes)
    expect(parse(options).credentials.acceptsDpop).toBe(acceptsDpop)
  })

  test('say which proofs are good', () => {
    const { proofAlgorithms, issueNonce } = parse(dpop({ algorithms: ['RS256', 'ES256'] })).challenge
    expect([proofAlgorithms, issueNonce()]).toEqual([['ES256', 'RS256'], undefined])
    expect(parse().challenge.proofAlgorithms).toEqual([])
    expect(parse().challenge.issueNonce()).toBeUndefined()
    expect(parse(dpop({ nonceSecrets: SECRET })).challenge.issueNonce()).toMatch(/^[\w-]+$/)
  })
})

describe('challenges', () => {
  test('ask for the first scopes', () => {
    expect(parse({ challengeScopes: ['a', 'b'] }).challenge.scope).toBe('a b')
    expect(parse().challenge).toMatchObject({
      scope: undefined,
      realm: 'protected resource',
      errorUri: undefined,
    })
    for (const challengeScopes of [[], ['a b'], 1]) {
      expect(problemOf(() => parse({ challengeScopes }))).toMatch(/^challengeScopes: /)
    }
  })
})

describe('the metadata', () => {
  test('say what is configured', () => {
    expect(parse({ ...metadata({}), bearerMethods: ['header', 'body'] }).resourceMetadata).toEqual({
      resource: ORIGIN,
      authorizationServers: [ISSUER],
      scopesSupported: undefined,
      authorizationDetailsTypesSupported: undefined,
      bearerMethodsSupported: ['header', 'body'],
      proofAlgorithms: [],
      needsProof: false,
      acceptsCertificates: false,
      resourceName: undefined,
      resourceDocumentation: undefined,
      isAtRoot: false,
    })
  })

  test.each([
    [{ readAccessToken: () => undefined }, { bearerMethodsSupported: [] }],
    [
      { ...dpop({}), ...required },
      { needsProof: true, acceptsCertificates: false },
    ],
    [dpop({ algorithms: 'ES256' }), { needsProof: false, proofAlgorithms: ['ES256'] }],
    [
      { ...dpop({}), ...certificates, ...required },
      { needsProof: false, acceptsCertificates: true },
    ],
    [metadata({ scopesSupported: ['a', 'b', 'a'] }), { scopesSupported: ['a', 'b'] }],
    [metadata({ authorizationDetailsTypesSupported: 'a' }), { authorizationDetailsTypesSupported: ['a'] }],
    [metadata({ resource: 'HTTPS://API.example.com/A//b?c=//d' }), { resource: `${ORIGIN}/A//b?c=//d` }],
    [metadata({ resource: 'http://127.10.255.1:80/a' }), { resource: 'http://127.10.255.1/a' }],
  ])('of %j are %j', (options, expected) => {
    expect(parse({ ...metadata({}), ...options }).resourceMetadata).toMatchObject(expected)
  })

  test.each(['xhttps://api.example.com', 'https://api.example.com/\u00E4', 'https://api.example.com /'])(
    'are of no resource %j, and have no such page',
    (url) => {
      expect(problemOf(() => parse(metadata({ resource: url })))).toMatch(/^resourceMetadata\.resource: /)
      expect(problemOf(() => parse(metadata({ resourceDocumentation: url })))).toBe(
        'resourceMetadata.resourceDocumentation: must be the URL of a page',
      )
    },
  )
})

describe('the certificates of the socket', () => {
  test.each([undefined, false, true])(
    'count over TLS 1.2 where that is said: %p',
    (dangerouslyAllowTls12) => {
      const options = { clientCertificates: { from: 'socket', dangerouslyAllowTls12 } }
      expect(parse(options).senderConstraint.certificates).toEqual({
        from: 'socket',
        allowsTls12: dangerouslyAllowTls12 === true,
      })
    },
  )
})

describe('a profile', () => {
  const kind = (name: string) => ({ requiredClaims: { [name]: 'x' } })
  const withoutNonce = FOREIGN_CLAIMS.filter((name) => name !== 'nonce')

  test.each([
    [{}, []],
    [{ typ: ['at+jwt'] }, []],
    [{ typ: ['JWT'] }, FOREIGN_CLAIMS],
    [{ typ: ['at+jwt', null] }, FOREIGN_CLAIMS],
    [{ typ: ['at+jwt', 'JWT'], ...kind('other') }, FOREIGN_CLAIMS],
    [{ typ: ['JWT'], ...kind('token_use') }, withoutNonce],
    [{ typ: ['JWT'], ...kind('typ') }, withoutNonce],
  ])('%j lets no token have the claims %j', (profile, foreignClaims) => {
    expect(serverOf({ profile }).claims.foreignClaims).toEqual(foreignClaims)
  })

  test('says where the audience is, and which claims may be absent', () => {
    expect(serverOf({ profile: { audienceClaim: 'client_id' } }).claims.audienceClaims).toEqual([
      'aud',
      'client_id',
    ])
    expect(serverOf({ profile: { audienceClaim: 'aud' } }).claims.audienceClaims).toEqual(['aud'])
    expect(serverOf().claims).toMatchObject({
      audienceClaims: ['aud'],
      presentClaims: ['iss', 'exp', 'sub', 'iat', 'jti'],
      clientIdClaims: ['client_id'],
      isClientIdOptional: false,
    })
    expect(serverOf({ profile: { optionalClaims: ['jti', 'client_id'] } }).claims).toMatchObject({
      presentClaims: ['iss', 'exp', 'sub', 'iat'],
      isClientIdOptional: true,
    })
  })
})

describe('an authorization server', () => {
  test('has JWTs, unless something else is said', () => {
    const { introspection } = OPAQUE
    expect(serverOf()).toMatchObject({ accessTokens: 'jwt', introspection: undefined })
    expect(serverOf({ accessTokens: 'jwt' }).accessTokens).toBe('jwt')
    expect(serverOf({ introspection }).accessTokens).toBe('mixed')
    expect(serverOf({ introspection, accessTokens: 'jwt' }).accessTokens).toBe('jwt')
    expect(serverOf(OPAQUE).accessTokens).toBe('opaque')
  })

  test('has the audience of all, or its own, or any', () => {
    const audiencesOf = (common: object, own: object) =>
      [
        ...parseOptions({
          ...common,
          authorizationServers: [{ issuer: ISSUER, ...own }],
        }).authorizationServers.values(),
      ][0]?.claims.audiences
    expect(audiencesOf({ audience: 'a' }, {})).toEqual(new Set(['a']))
    expect(audiencesOf({ audience: 'a' }, { audience: ['b', 'c'] })).toEqual(new Set(['b', 'c']))
    expect(audiencesOf({ audience: 'a' }, { dangerouslyAcceptAnyAudience: true })).toBeUndefined()
    expect(audiencesOf({ dangerouslyAcceptAnyAudience: true }, {})).toBeUndefined()
    expect(audiencesOf({ dangerouslyAcceptAnyAudience: true }, { audience: 'b' })).toEqual(new Set(['b']))
    expect(problemOf(() => audiencesOf({ dangerouslyAcceptAnyAudience: 1 }, {}))).toBe(
      'dangerouslyAcceptAnyAudience: must be true or false',
    )
  })

  test('that signs its answers must name this API', () => {
    const introspection = { accessToken: () => 'a', responseFormat: 'jwt' }
    const any = { audience: undefined, dangerouslyAcceptAnyAudience: true }
    expect(serverOf({ introspection }).introspection?.responseFormat).toBe('jwt')
    expect(problemOf(() => parse({ ...any, introspection }))).toBe(
      'introspection.responseFormat: needs clientId or audience with jwt: what answers name this API by (RFC 9701, section 5)',
    )
    for (const others of [{ ...introspection, responseFormat: 'json' }, { accessToken: () => 'a' }]) {
      expect(serverOf({ ...any, introspection: others }).introspection?.responseFormat).toBe('json')
    }
    const client = { clientId: 'api', clientSecret: 's', responseFormat: 'jwt' }
    expect(serverOf({ ...any, introspection: client }).introspection?.responseFormat).toBe('jwt')
  })

  test('that is looked up is the one that was asked for', async () => {
    const resolve = (answer: unknown) =>
      parseOptions({ audience: 'a', resolveAuthorizationServer: () => answer }).resolve?.(ISSUER)
    expect(await resolve(undefined)).toBeUndefined()
    expect(await resolve(null)).toBeUndefined()
    expect(await resolve({ issuer: ISSUER })).toMatchObject({ issuer: ISSUER })
    await expect(resolve({ issuer: 'https://b.example.com' })).rejects.toThrow(
      'resolveAuthorizationServer: must answer with the issuer that it was asked for',
    )
    await expect(resolve(ISSUER)).rejects.toThrow(
      'resolveAuthorizationServer: must be a plain object of options',
    )
    await expect(resolve({ issuer: ISSUER, other: 1 })).rejects.toThrow(
      'other: is not an option of resolveAuthorizationServer',
    )
  })
})

describe('the origin of DPoP', () => {
  test.each([
    ['https://api.example.com///', 'https://api.example.com'],
    ['https://api.example.com/a//b/', 'https://api.example.com/a//b'],
    ['https://api.example.com/%C3%A4', 'https://api.example.com/%C3%A4'],
  ])('%s is %s', (origin, expected) => {
    expect(parse(dpop({ origin })).senderConstraint.dpop?.origins).toEqual([expected])
  })

  test.each([
    'xhttps://api.example.com',
    'https://api.example.com/%a',
    'https://api.example.com/%ag',
    'https://[::1',
  ])('cannot be %s', (origin) => {
    expect(problemOf(() => parse(dpop({ origin })))).toMatch(/^dpop\.origin: /)
  })
})
