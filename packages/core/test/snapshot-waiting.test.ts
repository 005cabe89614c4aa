import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../test/support/manual-clock.js'
import { createKeySetSnapshot } from '../../../test/support/snapshot.js'
import { parseOptions } from '../src/config/resource-server.js'
import { createOperations } from '../src/operations.js'
import { settle } from './keys/scripted-key-source.js'

const [ISSUER, OTHER] = ['https://as.example.com', 'https://other.example.com'] as const
const START = 10_000_000
const key = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
const [LONGEST_LIFETIME, LONGEST_WINDOW] = [86_400, 604_800]
const OLDEST = LONGEST_LIFETIME + LONGEST_WINDOW

const toKeySet = (issuer: string, members: object = {}) =>
  createKeySetSnapshot(issuer, { fetchedAt: START, keys: [key], ...members })
const toSnapshot = (...keySets: object[]) => ({ version: 1, keySets })

/** The operations of a resource server that looks issuers up, whose authorization servers are down. */
function create(options: { readonly staleWindow?: number } = {}) {
  const clock = createManualClock(START)
  const fetch = () => Promise.reject(new TypeError('fetch failed'))
  const config = parseOptions({
    audience: 'a',
    clock,
    resolveAuthorizationServer: (issuer: string) => Promise.resolve({ issuer, fetch, ...options }),
  })
  const { operations, servers } = createOperations(config)
  return {
    clock,
    ...operations,
    kept: () => operations.snapshot().keySets.map(({ issuer }) => issuer),
    /** How many keys an issuer has once it is in use. */
    async countKeys(issuer: string) {
      const { documents } = await servers.select(issuer)
      await settle()
      return documents.keySet.copy()?.content.length ?? 0
    },
  }
}

describe('key sets that wait for their issuer', () => {
  test('come out of the next snapshot as they went in, without members that are none of a key set', async () => {
    const { restore, snapshot } = create()
    const [first, second] = [toKeySet(ISSUER), toKeySet(OTHER, { lifetime: 1, keys: [key, { kty: 'oct' }] })]
    await restore(toSnapshot({ ...first, note: 'x' }, { ...second, content: [] }))
    const read = { keys: [expect.objectContaining(key)] }
    expect(snapshot()).toEqual(toSnapshot({ ...first, ...read }, { ...second, ...read }))
  })

  test.each([
    [OLDEST - 1, [ISSUER]],
    [OLDEST, []],
    [-60, [ISSUER]],
    [-61, []],
  ])('are kept where no options rule them out: of %d seconds ago, %j', async (age, kept) => {
    const { restore, ...rest } = create()
    await restore(toSnapshot(toKeySet(ISSUER, { fetchedAt: START - age })))
    expect(rest.kept()).toEqual(kept)
  })

  test('leave the snapshots once they are too old for any options, and stay in them until then', async () => {
    const { restore, clock, kept } = create()
    await restore(toSnapshot(toKeySet(ISSUER), toKeySet(OTHER, { fetchedAt: START - 1 })))
    clock.advance(OLDEST - 1)
    expect(kept()).toEqual([ISSUER])
    clock.advance(1)
    expect(kept()).toEqual([])
  })

  test.each([
    [1, 1],
    [0, 0],
  ])('are used at %d seconds before that by the issuer that allows the most: %d', async (left, keys) => {
    const { restore, clock, countKeys } = create({ staleWindow: LONGEST_WINDOW })
    await restore(toSnapshot(toKeySet(ISSUER, { lifetime: LONGEST_LIFETIME })))
    clock.advance(OLDEST - left)
    expect(await countKeys(ISSUER)).toBe(keys)
    expect(() => parseOptions({ issuer: ISSUER, audience: 'a', staleWindow: LONGEST_WINDOW + 1 })).toThrow(
      'staleWindow',
    )
  })

  test('put out no younger ones of the same issuer when they are too old', async () => {
    const { restore, countKeys } = create()
    await restore(toSnapshot(toKeySet(ISSUER), toKeySet(ISSUER, { fetchedAt: 0 })))
    expect(await countKeys(ISSUER)).toBe(1)
  })

  test('leave the snapshots, once their issuer is in use, when its own options rule them out', async () => {
    const { restore, clock, kept, countKeys } = create({ staleWindow: 100 })
    await restore(toSnapshot(toKeySet(ISSUER), toKeySet(OTHER)))
    expect(await countKeys(ISSUER)).toBe(1)
    clock.advance(699)
    expect(kept()).toEqual([ISSUER, OTHER])
    clock.advance(1)
    expect(kept()).toEqual([OTHER])
  })

  test('are the 2,000 youngest in a snapshot, and all of them for their issuers', async () => {
    const { restore, kept, countKeys } = create()
    const issuers = Array.from({ length: 2_001 }, (_, index) => `https://as.example.com/${String(index)}`)
    const [oldest = '', ...others] = issuers
    await restore(
      toSnapshot(...issuers.map((issuer, age) => toKeySet(issuer, { fetchedAt: START - 2_001 + age }))),
    )
    expect(kept()).toEqual(others.reverse())
    expect(await countKeys(oldest)).toBe(1)
    expect(kept()).toHaveLength(2_001)
  })
})
