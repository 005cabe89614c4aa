import { generateKeyPairSync, webcrypto } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../test/support/manual-clock.js'
import { createAuthorizationServers } from '../src/authorization-servers.js'
import { parseOptions } from '../src/config/resource-server.js'
import { RefusedError } from '../src/errors.js'
import { settle } from './keys/scripted-key-source.js'

const ISSUER = 'https://as.example.com'
const UNKNOWN = { code: 'ERR_TOKEN_ISSUER', cause: 'iss: names no configured issuer' }

const key = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
const fetch = () => Promise.resolve(Response.json({ keys: [key] }))
const JWKS = { issuer: ISSUER, jwksUri: `${ISSUER}/jwks`, fetch }
const endpoint = `${ISSUER}/introspect`
const withIntrospection = (introspection: object) => ({
  ...JWKS,
  introspection: { endpoint, clientId: 'api', ...introspection },
})
const SECRET = withIntrospection({ clientSecret: 's' })

async function createPrivateKey() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const { privateKey } = await webcrypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  return { key: privateKey, kid: '1' }
}
const [ONE_KEY, OTHER_KEY] = [await createPrivateKey(), await createPrivateKey()]

/** The authorization servers that these options name, and those that are put to use. */
function create(options: object) {
  const clock = createManualClock(1_000_000)
  const started: unknown[] = []
  const config = parseOptions({ audience: 'a', clock, ...options })
  const servers = createAuthorizationServers(config, new AbortController().signal, (server) =>
    started.push(server),
  )
  return { clock, started, ...servers }
}

/** An issuer that is in use, and looked up again when it has other options. */
async function lookUpTwice(first: object, then: object) {
  let answer = first
  const { clock, started, select, confirm, lookedUp } = create({
    resolveAuthorizationServer: () => Promise.resolve(answer),
  })
  const one = await select(ISSUER)
  await one.documents.keySet.get()
  confirm(one.issuer)
  answer = then
  clock.advance(600)
  await settle()
  const other = await select(ISSUER)
  expect(lookedUp()).toEqual([other])
  return {
    started: started.length,
    hasSameDocuments: other.documents === one.documents,
    hasSameIntrospection: other.introspection === one.introspection,
    isPlanned: one.documents.keySet.health().nextRefresh !== undefined,
  }
}

describe('an issuer that is looked up again', () => {
  test.each([
    ['no introspection', JWKS, { ...JWKS }],
    ['introspection', SECRET, withIntrospection({ clientSecret: 's' })],
    [
      'a key for introspection',
      withIntrospection({ privateKey: ONE_KEY }),
      { ...withIntrospection({ privateKey: ONE_KEY }) },
    ],
  ])(
    'goes on with all that is known of it where its options are the same: %s',
    async (_name, first, then) => {
      expect(await lookUpTwice(first, then)).toEqual({
        started: 1,
        hasSameDocuments: true,
        hasSameIntrospection: true,
        isPlanned: true,
      })
    },
  )

  test.each([
    ['jwksUri', { ...SECRET, jwksUri: `${ISSUER}/other` }],
    ['fetch', { ...SECRET, fetch: () => fetch() }],
    ['fetchLimit', { ...SECRET, fetchLimit: 1 }],
    ['internalOrigin', { ...SECRET, internalOrigin: 'https://internal.example.com' }],
    ['refreshInterval', { ...SECRET, refreshInterval: 60 }],
    ['staleWindow', { ...SECRET, staleWindow: 60 }],
    ['accessTokens', { ...SECRET, accessTokens: 'opaque' }],
  ])('has other documents, and other verdicts, where it has another %s', async (_name, then) => {
    expect(await lookUpTwice(SECRET, then)).toEqual({
      started: 2,
      hasSameDocuments: false,
      hasSameIntrospection: false,
      isPlanned: false,
    })
  })

  test.each([
    ['endpoint', SECRET, withIntrospection({ clientSecret: 's', endpoint: `${endpoint}/other` })],
    ['clientSecret', SECRET, withIntrospection({ clientSecret: 't' })],
    ['way to authenticate', SECRET, withIntrospection({ privateKey: ONE_KEY })],
    ['private key', withIntrospection({ privateKey: ONE_KEY }), withIntrospection({ privateKey: OTHER_KEY })],
    ['clockTolerance', SECRET, { ...SECRET, clockTolerance: 1 }],
  ])('has other verdicts, and the same documents, where it has another %s', async (_name, first, then) => {
    expect(await lookUpTwice(first, then)).toEqual({
      started: 1,
      hasSameDocuments: true,
      hasSameIntrospection: false,
      isPlanned: true,
    })
  })
})

test('nothing is planned for an issuer that is looked up before a good token of it comes', async () => {
  const { select, confirm } = create({ resolveAuthorizationServer: () => Promise.resolve(JWKS) })
  const server = await select(ISSUER)
  const { keySet } = server.documents
  await keySet.get()
  expect(keySet.health().nextRefresh).toBeUndefined()
  confirm(server.issuer)
  expect(keySet.health().nextRefresh).toBeDefined()
})

describe('the authorization server of a token', () => {
  const OPAQUE = { ...SECRET, issuer: 'https://b.example.com', accessTokens: 'opaque' }

  test('is the one that the token names, of those that the configuration names', async () => {
    const { select, atHand, configured, introspecting, lookedUp, confirm } = create({
      authorizationServers: [JWKS, OPAQUE],
    })
    expect(configured.map(({ issuer }) => issuer)).toEqual([ISSUER, OPAQUE.issuer])
    expect(introspecting).toBe(configured[1])
    expect(await select(OPAQUE.issuer)).toBe(configured[1])
    const [first] = configured
    expect([await select(ISSUER), atHand(ISSUER)]).toEqual([first, first])
    if (first !== undefined) confirm(first.issuer)
    expect(lookedUp()).toEqual([])
  })

  test.each(['https://c.example.com', '', undefined, null, 1, [ISSUER], {}])(
    'is none where the token names %j',
    async (issuer) => {
      const { select, atHand } = create(JWKS)
      expect(atHand(issuer)).toBeUndefined()
      await expect(select(issuer)).rejects.toBeInstanceOf(RefusedError)
      await expect(select(issuer)).rejects.toMatchObject(UNKNOWN)
    },
  )

  test('is looked up by its name alone', async () => {
    const asked: unknown[] = []
    const { select } = create({ resolveAuthorizationServer: (issuer: unknown) => void asked.push(issuer) })
    for (const issuer of [undefined, 1, [ISSUER], 'x'])
      await expect(select(issuer)).rejects.toMatchObject(UNKNOWN)
    expect(asked).toEqual(['x'])
  })
})
