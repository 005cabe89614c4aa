import { describe, expect, test } from '@jest/globals'
import { toFingerprint } from '../../src/keys/key-set.js'
import { createLooks } from '../../src/keys/looks.js'
import { createPeers } from '../../src/keys/peers.js'
import { createSearchBudget } from '../../src/keys/search-budget.js'
import { createGate, createKey, createScriptedKeySource, settle } from './scripted-key-source.js'

const [first, second] = [createKey('first'), createKey('second')]

/** The looks of a process that has had `first` in hand for a second, and whose store says in how many seconds a slot is free. */
async function start(wait: number) {
  const { clock, keySet, server, pass } = createScriptedKeySource(first)
  await keySet.get()
  await pass(1)
  const announced: unknown[] = []
  const store = {
    take: () => Promise.resolve(wait),
    announce: (sighting: unknown) => Promise.resolve(void announced.push(sighting)),
    subscribe: () => () => undefined,
  }
  const peers = createPeers(store, 'name', keySet, clock)
  const looks = createLooks(keySet, server.locateAgain, createSearchBudget(clock), clock, peers)
  return {
    ...{ clock, keySet, server, pass, announced },
    /** Looks for the second key, on account of a request that waits for 3 seconds. */
    async look() {
      const isFound = () => keySet.copy()?.content.includes(second) === true
      looks.start(isFound, clock.monotonic() + 3)
      await settle()
    },
    async hear(...keys: (typeof first)[]) {
      peers.hear({ keySet: 'name', fingerprint: toFingerprint(keys), lookedAt: clock.now() })
      await settle()
    },
    /** A fetch is under way, which brings these keys when it may. */
    async fetchAtOnce(...keys: (typeof first)[]) {
      const { gate, open } = createGate()
      Object.assign(server, { gate, keys })
      keySet.refresh()
      await settle()
      return { open: () => (open(), settle()) }
    },
  }
}

describe('keys that others saw', () => {
  test.each([
    ['where the fetch that is under way does not bring them', first, 2],
    ['and not where it does', second, 1],
  ])('are fetched %s', async (_name, brought, more) => {
    const { server, hear, fetchAtOnce } = await start(0)
    const { open } = await fetchAtOnce(brought)
    await hear(second)
    expect(server.fetches).toBe(2)
    await open()
    expect(server.fetches).toBe(1 + more)
  })
})

describe('a look for a key', () => {
  test.each([
    ['where the fetch that is under way does not bring it', first, 2],
    ['and not where it does', second, 1],
  ])('is made %s, and what came is announced', async (_name, brought, more) => {
    const { server, look, fetchAtOnce, announced } = await start(0)
    const { open } = await fetchAtOnce(brought)
    await look()
    await open()
    expect([server.fetches, announced.length]).toEqual([1 + more, 1])
  })

  test('is made where another process has the slot as soon as it has seen something else', async () => {
    const { server, look, hear, announced } = await start(30)
    await look()
    expect(server.fetches).toBe(1)
    server.keys = [second]
    await hear(second)
    expect([server.fetches, announced]).toEqual([2, []])
  })

  test.each([
    ['is made where nothing is heard in time', [], 2],
    ['is not made where it is heard that nothing is new', [first], 1],
  ] as const)('after an interval in which nothing was heard %s', async (_name, heard, fetches) => {
    const { server, look, hear, pass } = await start(30)
    await look()
    await pass(30)
    await look()
    if (heard.length > 0) await hear(...heard)
    await pass(3)
    expect(server.fetches).toBe(fetches)
  })
})
