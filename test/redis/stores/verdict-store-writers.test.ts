import { expect, test } from '@jest/globals'
import type { Forgotten, StoredVerdict } from '@bearward/core'
import { ruleForEach } from '../../support/rule.js'
import { isTrueSoon } from '../../support/program.js'
import { describeEachServer } from '../support/servers.js'
import { toVerdictPlace, useStores, withClient } from '../support/stores.js'
import { useRedis } from '../support/use-redis.js'

const KEY = 'the key of a verdict'
const { key: PLACE, sinceKey: SINCE } = toVerdictPlace(KEY)
const FORGOTTEN = toVerdictPlace(`${KEY}.forgotten`).key
const agedBy = (age: number): StoredVerdict => ({
  claims: { active: true, sub: 'alice' },
  askedAt: Math.floor(Date.now() / 1000) - age,
})

describeEachServer('the verdict store on %s, where others write who have no secret', (name) => {
  const redis = useRedis(name)
  const createStores = useStores()

  const createStore = async () =>
    (await createStores({ url: redis().url, dangerouslyTrustEmptyRedis: true })).verdictStore

  const ways: Readonly<Record<string, Forgotten>> = {
    'one token': { digest: KEY },
    'all that fit': { criteria: { subject: 'alice' } },
    all: 'all',
  }
  ruleForEach(
    'OWN-75',
    ways,
    'believes none that is put back after it forgot %s, or heard of it',
    async (forgotten) => {
      const [one, other] = [await createStore(), await createStore()]
      const heard: Forgotten[] = []
      other.subscribe((each) => heard.push(each))
      expect(await isTrueSoon(() => heard.length >= 2)).toBe(true)
      const before = heard.length
      await one.store(KEY, agedBy(10), 60)
      const value = await withClient(redis().url, async (client) => (await client.get(PLACE)) ?? '')
      await one.forget(forgotten)
      expect(await isTrueSoon(() => heard.length > before)).toBe(true)
      await withClient(redis().url, async (client) => {
        await client.set(PLACE, value)
        await client.del([SINCE, FORGOTTEN])
      })
      expect([await one.find(KEY), await other.find(KEY)]).toEqual([undefined, undefined])
      expect(await (await createStore()).find(KEY)).toBeDefined() // who came later cannot know
      const younger = agedBy(-10)
      await one.store(KEY, younger, 60)
      expect([await one.find(KEY), await other.find(KEY)]).toEqual([younger, younger])
    },
  )

  test.each(['9'.repeat(400), 'x', '12', '-1 ', 'inf ', `${'9'.repeat(20_000)} `])(
    'believes none where it cannot be told what is forgotten, and those from later as soon as it can',
    async (garbage) => {
      const store = await createStore()
      await store.store(KEY, agedBy(10), 60)
      expect(await store.find(KEY)).toBeDefined()
      await withClient(redis().url, (client) => client.set(SINCE, garbage))
      expect(await store.find(KEY)).toBeUndefined()
      await store.forget({ criteria: { subject: 'somebody else' } })
      expect(await store.find(KEY)).toBeUndefined()
      await store.store(KEY, agedBy(-10), 60)
      expect(await store.find(KEY)).toBeDefined()
    },
  )
})
