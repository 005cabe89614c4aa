import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../test/support/manual-clock.js'
import type { AuthorizationServer } from '../src/authorization-servers.js'
import { parseOptions } from '../src/config/resource-server.js'
import { findNeeded, findNeeds, type Documents } from '../src/documents.js'
import { UnavailableError } from '../src/errors.js'
import { toHealth } from '../src/health.js'
import { createOperations } from '../src/operations.js'
import { settle } from './keys/scripted-key-source.js'

const ISSUER = 'https://as.example.com'
const JWKS = { jwksUri: `${ISSUER}/jwks` }
const KEY = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
const CLIENT = { clientId: 'api', clientSecret: 's' }
const NEEDED = { endpoint: `${ISSUER}/introspect` }

function needsOf(options: object) {
  const [server] = parseOptions({ issuer: ISSUER, audience: 'a', ...options }).authorizationServers.values()
  if (server === undefined) throw new Error('there is one')
  return findNeeds(server)
}

describe('what is needed of the documents', () => {
  const keys = { keys: true, addresses: ['jwks_uri'] }
  const opaque = (introspection: object) => ({
    accessTokens: 'opaque',
    introspection: { ...CLIENT, ...introspection },
  })

  test.each([
    [{}, keys],
    [JWKS, { keys: true, addresses: [] }],
    [{ introspection: CLIENT }, keys],
    [
      { introspection: CLIENT, ...JWKS },
      { keys: true, addresses: ['introspection_endpoint'] },
    ],
    [
      { introspection: { ...CLIENT, ...NEEDED }, ...JWKS },
      { keys: true, addresses: [] },
    ],
    [opaque({}), { keys: false, addresses: ['introspection_endpoint'] }],
    [opaque(NEEDED), { keys: false, addresses: [] }],
    [opaque({ responseFormat: 'jwt' }), keys],
    [opaque({ responseFormat: 'json', ...NEEDED }), { keys: false, addresses: [] }],
  ])('for %j is %j', (options, needs) => {
    expect(needsOf(options)).toEqual(needs)
  })

  test('first is the key set, or else the metadata, if any', () => {
    const [keySet, metadata] = ['key set', 'metadata'] as unknown as [
      Documents['keySet'],
      Documents['metadata'],
    ]
    const neededOf = (needs: Documents['needs']) => findNeeded({ keySet, metadata, needs })
    expect(neededOf({ keys: true, addresses: ['jwks_uri'] })).toBe(keySet)
    expect(neededOf({ keys: true, addresses: [] })).toBe(keySet)
    expect(neededOf({ keys: false, addresses: ['introspection_endpoint'] })).toBe(metadata)
    expect(neededOf({ keys: false, addresses: [] })).toBeUndefined()
  })
})

describe('the name of a key set in a store that processes share', () => {
  /** The names under which these servers look for a key that they do not know. */
  const namesOf = async (...servers: readonly object[]) => {
    const names: string[] = []
    const keySearchStore = {
      take: (slot: string) => (names.push(slot), Promise.resolve(0)),
      announce: () => Promise.resolve(),
      subscribe: () => () => undefined,
    }
    const fetch = () => Promise.resolve(Response.json({ keys: [KEY] }))
    const authorizationServers = servers.map((server) => ({ audience: 'a', fetch, ...server }))
    const clock = createManualClock(1_000_000)
    const { configured } = createOperations(
      parseOptions({ authorizationServers, keySearchStore, clock }),
    ).servers
    for (const { documents } of configured) {
      await documents.keySet.get()
      clock.advance(1)
      const hint = { alg: 'EdDSA', kid: 'unknown', issuedAt: undefined }
      void documents.keySource.find(hint, () => Promise.resolve(false)).catch(() => undefined)
      await settle()
    }
    return names
  }
  const OTHER = { issuer: 'https://other.example.com', jwksUri: 'https://other.example.com/jwks' }

  test('is the same for all who are told of it in the same way, and another for another', async () => {
    const [first, second] = await namesOf({ issuer: ISSUER, ...JWKS }, OTHER)
    expect(first).toMatch(/^[\w-]{43}\.first$/)
    expect(second).toMatch(/^[\w-]{43}\.first$/)
    expect(second).not.toBe(first)
    expect(await namesOf({ issuer: ISSUER, ...JWKS })).toEqual([first])
    expect(await namesOf({ issuer: ISSUER, jwksUri: `${ISSUER}/other` })).not.toEqual([first])
  })
})

describe('the health of introspection', () => {
  const healthOf = (failure: UnavailableError | undefined) => {
    const documents = { needs: { keys: false, addresses: [] } }
    const server = { issuer: ISSUER, documents, introspection: { failure: () => failure } }
    return toHealth({
      configured: [server as unknown as AuthorizationServer],
      lookedUp: () => [],
      introspecting: undefined,
      atHand: () => undefined,
      confirm: () => undefined,
      select: () => Promise.reject(new Error('not asked')),
    })
  }

  test('is good where nothing is needed, and its endpoint answers', () => {
    expect(healthOf(undefined)).toEqual({
      ready: true,
      authorizationServers: [{ issuer: ISSUER, status: 'fresh', keys: [], introspection: { paused: false } }],
    })
  })

  test('says why it has a pause', () => {
    const code = 'ERR_INTROSPECTION_REFUSED'
    expect(healthOf(new UnavailableError(code, 'x')).authorizationServers).toEqual([
      { issuer: ISSUER, status: 'fresh', keys: [], introspection: { paused: true, code } },
    ])
  })
})
