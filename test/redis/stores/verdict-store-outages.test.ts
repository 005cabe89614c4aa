import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type StoredVerdict, type VerdictStore } from '@bearward/core'
import { rule } from '../../support/rule.js'
import { isTrueSoon } from '../../support/program.js'
import { startRedisProgram, type RedisProgram } from '../support/redis-program.js'
import { describeEachServer } from '../support/servers.js'
import { outcomeOf, toVerdictPlace, useStores, withClient } from '../support/stores.js'

/** Where it stands that one token is forgotten. */
const LAST = toVerdictPlace('last.forgotten').key
/** Where it stands that all verdicts are forgotten, once they are. */
const { sinceKey: SINCE } = toVerdictPlace('good')
/** Keys that a process keeps until Redis is back. */
const MOST_KEYS = 5_000
const isActive = (age: number): StoredVerdict => ({
  claims: { active: true },
  askedAt: Math.floor(Date.now() / 1000) - age,
})
const isInactive = (): StoredVerdict => ({ claims: undefined, askedAt: Math.floor(Date.now() / 1000) })

describeEachServer('tokens that are not active, while %s hangs', (name) => {
  let redis: RedisProgram
  let one: VerdictStore
  let other: VerdictStore
  const createStores = useStores()
  beforeAll(async () => {
    redis = await startRedisProgram([], { name })
  })
  afterAll(() => redis.stop())
  beforeEach(async () => {
    await withClient(redis.url, (client) => client.flushAll())
    one = (await createStores({ url: redis.url, timeLimit: 0.1, dangerouslyTrustEmptyRedis: true }))
      .verdictStore
    other = (await createStores({ url: redis.url, dangerouslyTrustEmptyRedis: true })).verdictStore
    expect(await other.find('good')).toBeUndefined()
    await other.store('good', isActive(10), 60)
    await other.store('revoked', isActive(10), 60)
  })

  /** Redis hears of none of them. */
  async function storeWhileItHangs(keys: readonly string[]): Promise<void> {
    redis.pause()
    for (const key of keys) expect(await outcomeOf(one.store(key, isInactive(), 60))).toBeInstanceOf(Error)
    redis.resume()
  }

  const isForgotten = (key: string) => async (): Promise<boolean> => (await other.find(key)) === undefined
  const isAllForgotten = async (): Promise<boolean> =>
    withClient(redis.url, async (client) => !((await client.get(SINCE)) ?? '').endsWith(' 0'))

  rule(
    'OWN-79',
    'are forgotten by themselves when it is back, and no verdict on another with them',
    async () => {
      await storeWhileItHangs(['made up', 'revoked', 'last'])
      expect(await isTrueSoon(isForgotten('revoked'))).toBe(true)
      const isTold = () => withClient(redis.url, async (client) => client.exists(LAST))
      expect(await isTrueSoon(async () => (await isTold()) === 1)).toBe(true)
      expect(await other.find('good')).toBeDefined()
      expect(await isAllForgotten()).toBe(false)
      const stored = () => withClient(redis.url, (client) => client.get(toVerdictPlace('revoked').key))
      const before = await stored()
      await other.store('revoked', isActive(5), 60)
      expect(await isForgotten('revoked')()).toBe(true)
      expect(await stored()).toBe(before) // nor is it there when that is no longer known
    },
  )

  test('have all forgotten where they are more than can be kept', async () => {
    const keys = Array.from({ length: MOST_KEYS }, (_, index) => String(index))
    await storeWhileItHangs([...keys, 'revoked'])
    expect(await isTrueSoon(isAllForgotten)).toBe(true)
    expect(await isTrueSoon(isForgotten('revoked'))).toBe(true)
    expect(await isForgotten('good')()).toBe(true)
  })
})
