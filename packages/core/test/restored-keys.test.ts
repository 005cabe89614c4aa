import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../test/support/manual-clock.js'
import { createKeySetSnapshot } from '../../../test/support/snapshot.js'
import { parseOptions } from '../src/config/resource-server.js'
import { createOperations } from '../src/operations.js'
import { settle } from './keys/scripted-key-source.js'

const [ISSUER, OTHER] = ['https://as.example.com', 'https://other.example.com'] as const
const START = 1_000_000
const key = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })

const snapshotOf = (...issuers: string[]) => ({
  version: 1,
  keySets: issuers.map((issuer) => createKeySetSnapshot(issuer, { fetchedAt: START - 1, keys: [key] })),
})

/** Answers metadata, and a key set where there is one. */
const answerTo = (keys: 'there' | 'away') => (url: string) => {
  if (!url.endsWith('/jwks'))
    return Promise.resolve(Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` }))
  return Promise.resolve(
    keys === 'there' ? Response.json({ keys: [key] }) : new Response('', { status: 500 }),
  )
}

/** The operations of a resource server that looks its issuer up. */
function create(keys: 'there' | 'away') {
  const clock = createManualClock(START)
  const refreshed: string[] = []
  const script = { fetch: answerTo(keys), fetchLimit: 5 }
  const config = parseOptions({
    audience: 'a',
    clock,
    resolveAuthorizationServer: (issuer: string) => Promise.resolve({ issuer, ...script }),
    onRefresh: ({ document, error }: { document: string; error?: { code: string } }) =>
      refreshed.push(`${document}: ${error?.code ?? 'good'}`),
  })
  const { operations, servers } = createOperations(config)
  const select = async () => {
    const { documents } = await servers.select(ISSUER)
    for (let turns = 0; turns < 10; turns += 1) await settle()
    return documents
  }
  return {
    ...operations,
    servers,
    refreshed,
    select,
    /** It is looked up again, and has other options; its keys are away. */
    async selectAnew(changes: { readonly jwksUri?: string } = {}) {
      Object.assign(script, { fetch: answerTo('away'), fetchLimit: 6, ...changes })
      clock.advance(600)
      return select()
    },
    restored: () => operations.snapshot().keySets.map(({ issuer }) => issuer),
  }
}

describe('restored keys', () => {
  test('of issuers that the configuration names are used, and others are dropped', async () => {
    const fetch = () => new Promise<Response>(() => undefined)
    const config = parseOptions({ issuer: ISSUER, audience: 'a', clock: createManualClock(START), fetch })
    const { operations, servers } = createOperations(config)
    expect(await operations.restore(snapshotOf(ISSUER, OTHER))).toEqual([ISSUER])
    expect(servers.configured[0]?.documents.keySet.copy()?.content).toHaveLength(1)
    expect(operations.snapshot().keySets.map(({ issuer }) => issuer)).toEqual([ISSUER])
  })

  test('of an issuer that is looked up wait for it, and for newer ones, and are none where it is found in another way', async () => {
    const { restore, restored, select, selectAnew, refreshed } = create('away')
    expect(await restore(snapshotOf(ISSUER, OTHER))).toEqual([])
    expect(restored()).toEqual([ISSUER, OTHER])
    expect((await select()).keySet.copy()?.content).toHaveLength(1)
    expect(new Set(refreshed)).toEqual(
      new Set(['authorization server metadata: good', 'key set: ERR_AUTHORIZATION_SERVER_RESPONSE']),
    )
    expect(restored()).toEqual([ISSUER, OTHER])
    expect((await selectAnew()).keySet.copy()?.content).toHaveLength(1)
    expect(restored()).toEqual([ISSUER, OTHER])
    expect((await selectAnew({ jwksUri: `${ISSUER}/moved/jwks` })).keySet.copy()).toBeUndefined()
    expect(restored()).toEqual([OTHER])
  })

  test('are not used again once newer ones have come', async () => {
    const { restore, restored, select, selectAnew, refreshed } = create('there')
    await restore(snapshotOf(ISSUER))
    await select()
    expect(refreshed).toEqual(['authorization server metadata: good', 'key set: good'])
    expect((await selectAnew()).keySet.copy()).toBeUndefined()
    expect(restored()).toEqual([])
  })

  test('are not used by who has newer ones', async () => {
    const { restore, select, selectAnew } = create('there')
    const { keySet } = await select()
    await keySet.get()
    expect(await restore(snapshotOf(ISSUER))).toEqual([])
    expect((await selectAnew()).keySet.copy()).toBeUndefined()
  })

  test.each([
    ['before the close, and no longer', true],
    ['at no time, where it comes after the close', false],
  ])('are planned to be replaced for an issuer in use: %s', async (_name, isBefore) => {
    const { restore, select, servers, close } = create('there')
    await restore(snapshotOf(ISSUER))
    const { keySet } = await select()
    const server = servers.atHand(ISSUER)
    if (server === undefined) throw new Error('it is there')
    if (isBefore) servers.confirm(ISSUER)
    expect(keySet.health().nextRefresh !== undefined).toBe(isBefore)
    close()
    servers.confirm(ISSUER)
    expect(keySet.health().nextRefresh).toBeUndefined()
  })
})
