import { expect, test } from '@jest/globals'
import type { KeySetSighting } from '@bearward/core'
import { isTrueSoon } from '../../support/program.js'
import { describeEachServer } from '../support/servers.js'
import { outcomeOf, SECRET, useStores, withClient } from '../support/stores.js'
import { useRedis } from '../support/use-redis.js'

const SLOT = 'the name of a key set.first'
const SIGHTING: KeySetSighting = { keySet: 'of alice', fingerprint: 'of her keys', lookedAt: 1_000_000 }
const CHANNEL = 'bearward:search'

describeEachServer('the key search store on %s', (name) => {
  const redis = useRedis(name)
  const createStores = useStores()

  const createStore = async (secrets: readonly string[] = [SECRET]) =>
    (await createStores({ url: redis().url, secrets, timeLimit: 3 })).keySearchStore

  async function isListened(listeners: number): Promise<boolean> {
    const count = () =>
      withClient(redis().url, async (client) => (await client.pubSubNumSub(CHANNEL))[CHANNEL])
    return isTrueSoon(async () => (await count()) === listeners)
  }

  test('gives a slot to one of any number of calls, and tells the others when it is free', async () => {
    const [one, other] = [await createStore(), await createStore()]
    const waits = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? one : other).take(SLOT, 30)),
    )
    expect(waits.filter((wait) => wait === 0)).toHaveLength(1)
    for (const wait of waits.filter((each) => each !== 0)) {
      expect(wait).toBeGreaterThan(20)
      expect(wait).toBeLessThanOrEqual(30)
    }
  })

  test('gives another slot besides, and the same one again when it is free', async () => {
    const store = await createStore()
    expect([await store.take(SLOT, 0.2), await store.take('another', 0.2)]).toEqual([0, 0])
    expect(await isTrueSoon(async () => (await store.take(SLOT, 30)) === 0)).toBe(true)
    expect(await store.take(SLOT, 30)).toBeGreaterThan(0)
  })

  test('gives a slot that somebody has taken for ever', async () => {
    const store = await createStore()
    await withClient(redis().url, (client) => client.set(`${CHANNEL}:${SLOT}`, 'for ever'))
    expect(await store.take(SLOT, 30)).toBe(0)
    expect(await store.take(SLOT, 30)).toBeGreaterThan(0)
  })

  test('tells all processes what one of them saw, in words that only they can read', async () => {
    const [one, other, stranger] = [
      await createStore(),
      await createStore(),
      await createStore(['a secret that is of somebody else']),
    ]
    const [own, heard, overheard, raw] = [[], [], [], []] as [
      KeySetSighting[],
      KeySetSighting[],
      KeySetSighting[],
      string[],
    ]
    one.subscribe((sighting) => own.push(sighting))
    const unsubscribe = other.subscribe((sighting) => heard.push(sighting))
    stranger.subscribe((sighting) => overheard.push(sighting))
    await withClient(redis().url, async (client) => {
      await client.subscribe(CHANNEL, (message) => raw.push(message))
      expect(await isListened(4)).toBe(true)
      await one.announce(SIGHTING)
      expect(await isTrueSoon(() => own.length === 1 && heard.length === 1)).toBe(true)
      unsubscribe()
      await one.announce(SIGHTING)
      expect(await isTrueSoon(() => own.length === 2 && raw.length === 2)).toBe(true)
    })
    expect([own, heard, overheard]).toEqual([[SIGHTING, SIGHTING], [SIGHTING], []])
    const bytes = raw.map((message) => Buffer.from(message, 'base64').toString('latin1'))
    expect([...raw, ...bytes].join('\n')).not.toMatch(/alice|keys/)
  })

  test('tells nothing that somebody without the secret says', async () => {
    const store = await createStore()
    const heard: KeySetSighting[] = []
    store.subscribe((sighting) => heard.push(sighting))
    expect(await isListened(1)).toBe(true)
    await withClient(redis().url, async (client) => {
      await client.publish(CHANNEL, 'garbage')
      await client.publish(CHANNEL, JSON.stringify(SIGHTING))
    })
    await store.announce({ ...SIGHTING, lookedAt: 2_000_000 })
    expect(await isTrueSoon(() => heard.length > 0)).toBe(true)
    expect(heard.map(({ lookedAt }) => lookedAt)).toEqual([2_000_000])
  })

  test('listens on one connection, whatever there is to hear', async () => {
    const { keySearchStore, verdictStore } = await createStores({ url: redis().url })
    const connections = () => withClient(redis().url, async (client) => (await client.clientList()).length)
    const before = await connections()
    verdictStore.subscribe(() => undefined)
    keySearchStore.subscribe(() => undefined)
    expect(await isListened(1)).toBe(true)
    expect(await connections()).toBe(before + 1)
  })

  test('fails while Redis hangs, at once where that is known, and gives slots again when it is back', async () => {
    const errors: Error[] = []
    const { keySearchStore: store } = await createStores({
      url: redis().url,
      timeLimit: 0.1,
      onError: (error) => void errors.push(error),
    })
    redis().pause()
    expect(await outcomeOf(store.take(SLOT, 30))).toMatchObject({
      message: expect.stringContaining('did not answer'),
    })
    expect(await outcomeOf(store.take(SLOT, 30))).toMatchObject({
      message: 'Redis has failed a moment ago',
    })
    expect(errors).toHaveLength(1)
    redis().resume()
    expect(await isTrueSoon(async () => typeof (await outcomeOf(store.take('other', 30))) === 'number')).toBe(
      true,
    )
  })
})
