import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../test/support/manual-clock.js'
import { parseOptions } from '../src/config/resource-server.js'
import { createOperations } from '../src/operations.js'
import { toDigest } from '../src/token/introspection-verdicts.js'
import type { Forgotten, VerdictStore } from '../src/token/verdict-store.js'
import { settle } from './keys/scripted-key-source.js'

const [JWT, OPAQUE] = ['https://as.example.com', 'https://opaque.example.com'] as const
const START = 1_000_000
const key = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })

/** A store of verdicts that keeps nothing, and what it was told. */
function createStore() {
  const told: Forgotten[] = []
  const listeners = new Set<(forgotten: Forgotten) => void>()
  const store: VerdictStore = {
    find: () => Promise.resolve(undefined),
    store: () => Promise.resolve(),
    forget: (forgotten) => (told.push(forgotten), Promise.reject(new Error('down'))),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const say = (forgotten: Forgotten) => {
    for (const listener of listeners) listener(forgotten)
  }
  return { store, told, say, listeners }
}

/** The operations of a resource server with two authorization servers, of which the second introspects. */
function create(options: object = {}) {
  const asked: string[] = []
  const fetch = (url: string) => {
    asked.push(url)
    return Promise.resolve(
      Response.json(url.endsWith('/jwks') ? { keys: [key] } : { active: true, sub: 'al' }),
    )
  }
  const client = { clientId: 'api', clientSecret: 's', endpoint: `${OPAQUE}/introspect` }
  const config = parseOptions({
    audience: 'a',
    clock: createManualClock(START),
    authorizationServers: [
      { issuer: JWT, jwksUri: `${JWT}/jwks`, fetch },
      { issuer: OPAQUE, accessTokens: 'opaque', introspection: client, fetch },
    ],
    ...options,
  })
  const { operations, servers } = createOperations(config)
  const introspect = (token: string) => servers.introspecting?.introspection?.find(token)
  return { ...operations, servers, asked, introspect }
}

describe('a verdict of introspection', () => {
  test('is forgotten here, and the others are told, whether that succeeds or not', async () => {
    const { store, told } = createStore()
    const { introspect, asked, forget, forgetWhere } = create({ verdictStore: store })
    await introspect('t')
    await introspect('t')
    expect(asked).toHaveLength(1)
    forget('t')
    await introspect('t')
    expect(asked).toHaveLength(2)
    forgetWhere({ subject: 'al' })
    await introspect('t')
    expect(asked).toHaveLength(3)
    await settle()
    expect(told).toEqual([
      { digest: expect.stringMatching(/^.{43}=$/) as unknown },
      { criteria: expect.objectContaining({ subject: 'al' }) as unknown },
    ])
  })

  test('is forgotten without a store as well', async () => {
    const { introspect, asked, forget, forgetWhere } = create()
    await introspect('t')
    forget('t')
    await introspect('t')
    forgetWhere({ subject: 'al' })
    await introspect('t')
    await settle()
    expect(asked).toHaveLength(3)
  })

  test('is forgotten elsewhere also where no token of its issuer came here, and nobody is asked for that', async () => {
    const { store, told } = createStore()
    const resolveAuthorizationServer = () => Promise.reject(new Error('down'))
    const { forget } = create({
      authorizationServers: undefined,
      resolveAuthorizationServer,
      verdictStore: store,
    })
    forget('t')
    await settle()
    expect(told).toEqual([{ digest: toDigest('t') }])
  })

  test('is forgotten where others say so, until the resource server is closed', async () => {
    const { store, told, say, listeners } = createStore()
    const { introspect, asked, forget, close } = create({ verdictStore: store })
    forget('t')
    await settle()
    const [forgotten] = told
    expect(forgotten).toBeDefined()
    await introspect('t')
    if (forgotten !== undefined) say(forgotten)
    await introspect('t')
    expect(asked).toHaveLength(2)
    expect(listeners.size).toBe(1)
    close()
    expect(listeners.size).toBe(0)
  })
})

describe('a warm-up', () => {
  test('fetches what each authorization server needs, and nothing of it is planned once that is closed', async () => {
    const { warmUp, health, servers, asked, close } = create()
    expect(health().ready).toBe(false)
    await warmUp()
    expect(health().ready).toBe(true)
    expect(asked).toEqual([`${JWT}/jwks`])
    const nextRefresh = () => servers.configured[0]?.documents.keySet.health().nextRefresh
    expect(nextRefresh()).toBeDefined()
    close()
    expect(nextRefresh()).toBeUndefined()
  })
})
