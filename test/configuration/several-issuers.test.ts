import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { startAuthorizationServer } from '@bearward/testing'
import { configurationErrorOf, optionAtFault } from '../support/configuration.js'
import { verdictOn } from '../support/request.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()
const other = await startAuthorizationServer({ algorithms: ['ES256'] })
afterAll(() => other.close())
beforeEach(() => {
  other.intercept(undefined)
  other.resetCounters()
})

const protectBoth = (ours: object = {}, theirs: object = {}, common: object = { audience: AUDIENCE }) =>
  createResourceServer({
    ...common,
    authorizationServers: [
      { issuer: servers().authorizationServer.issuer, ...ours },
      { issuer: other.issuer, ...theirs },
    ],
  })

/** The verdicts on a token of each of the two issuers. */
async function verdictsFor(
  resourceServer: ReturnType<typeof protectBoth>,
  claims: Record<string, unknown> = {},
): Promise<readonly string[]> {
  const tokens = [servers().authorizationServer, other].map(({ mint }) => mint(claims))
  return Promise.all(tokens.map(async (token) => verdictOn(resourceServer, await token)))
}

describe('a resource server of several issuers', () => {
  test('accepts tokens of each, and of no other', async () => {
    const resourceServer = protectBoth()
    expect(await verdictsFor(resourceServer)).toEqual(['accepted', 'accepted'])
    const unknown = await other.mint({ iss: 'https://third.example.com' })
    expect(await verdictOn(resourceServer, unknown)).toBe('ERR_TOKEN_ISSUER')
  })

  test('asks each when its first token comes, and only then', async () => {
    const resourceServer = protectBoth()
    expect(other.requests).toEqual({
      metadata: 0,
      jwks: 0,
      token: 0,
      introspection: 0,
      revocation: 0,
      other: 0,
    })
    expect(await verdictOn(resourceServer, await servers().authorizationServer.mint())).toBe('accepted')
    expect(other.requests).toEqual({
      metadata: 0,
      jwks: 0,
      token: 0,
      introspection: 0,
      revocation: 0,
      other: 0,
    })
    expect(await verdictOn(resourceServer, await other.mint())).toBe('accepted')
    expect(other.requests).toEqual({
      metadata: 1,
      jwks: 1,
      token: 0,
      introspection: 0,
      revocation: 0,
      other: 0,
    })
  })

  test('serves the tokens of one while the other does not answer', async () => {
    other.intercept(() => 'disconnect')
    const resourceServer = protectBoth()
    expect(await verdictsFor(resourceServer)).toEqual(['accepted', 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'])
  })

  test('gives an entry without audience the common one', async () => {
    const resourceServer = protectBoth({ audience: 'urn:ours' })
    expect(await verdictsFor(resourceServer)).toEqual(['ERR_TOKEN_AUDIENCE', 'accepted'])
    expect(await verdictsFor(resourceServer, { aud: 'urn:ours' })).toEqual(['accepted', 'ERR_TOKEN_AUDIENCE'])
  })

  test('accepts any audience of the one issuer for which that is said', async () => {
    const resourceServer = protectBoth({ dangerouslyAcceptAnyAudience: true })
    expect(await verdictsFor(resourceServer, { aud: 'urn:x' })).toEqual(['accepted', 'ERR_TOKEN_AUDIENCE'])
    const all = protectBoth({ audience: AUDIENCE }, {}, { dangerouslyAcceptAnyAudience: true })
    expect(await verdictsFor(all, { aud: 'urn:x' })).toEqual(['ERR_TOKEN_AUDIENCE', 'accepted'])
  })

  test('reads the tokens of each by its own profile', async () => {
    const resourceServer = protectBoth({ profile: 'okta' }, {})
    const options = { header: { typ: undefined } }
    const claims = { cid: 'app', scp: ['stats:read'] }
    const { mint } = servers().authorizationServer
    expect(await verdictOn(resourceServer, await mint(claims, options))).toBe('accepted')
    expect(await verdictOn(resourceServer, await other.mint(claims, options))).toBe('ERR_TOKEN_TYPE')
    expect(await verdictOn(resourceServer, await other.mint())).toBe('accepted')
  })
})

describe('authorizationServers', () => {
  const issuer = 'https://as.example.com'

  test('must be a list with at least one entry', () => {
    for (const authorizationServers of [[], {}, 'https://as.example.com', null]) {
      expect(optionAtFault({ audience: AUDIENCE, authorizationServers })).toBe('authorizationServers')
    }
    expect(optionAtFault({ audience: AUDIENCE, authorizationServers: [{ issuer }] })).toBeUndefined()
  })

  test('must name each issuer once, and none with another spelling forgotten', () => {
    const given = (second: string) => ({
      audience: AUDIENCE,
      authorizationServers: [{ issuer }, { issuer: second }],
    })
    expect(configurationErrorOf(given(issuer))?.message).toBe('authorizationServers: has an issuer twice')
    expect(optionAtFault(given(`${issuer}/`))).toBeUndefined()
  })

  test('must be objects of options, each complete', () => {
    const given = (entry: unknown) => ({ audience: AUDIENCE, authorizationServers: [{ issuer }, entry] })
    for (const entry of ['https://b.example.com', null, 1, []]) {
      expect(optionAtFault(given(entry))).toBe('authorizationServers')
    }
    expect(optionAtFault(given({}))).toBe('issuer')
    expect(optionAtFault(given({ issuer: 'http://b.example.com' }))).toBe('issuer')
    expect(optionAtFault(given({ issuer: 'https://b.example.com', algorithms: ['none'] }))).toBe('algorithms')
    expect(optionAtFault({ authorizationServers: [{ issuer }] })).toBe('audience')
  })

  test.each([
    'jwksUri',
    'algorithms',
    'profile',
    'scopesFrom',
    'clockTolerance',
    'maxTokenAge',
    'fetch',
    'internalOrigin',
  ])('hold %s, which is not common to all issuers', (name) => {
    const common = { audience: AUDIENCE, [name]: 'x', authorizationServers: [{ issuer }] }
    expect(configurationErrorOf(common)?.message).toBe(
      `${name}: belongs to each entry of authorizationServers`,
    )
    const looked = { audience: AUDIENCE, [name]: 'x', resolveAuthorizationServer: () => undefined }
    expect(optionAtFault(looked)).toBe(name)
  })
})
