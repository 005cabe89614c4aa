import { afterAll, beforeAll, expect } from '@jest/globals'
import type { Forgotten, StoredVerdict } from '@bearward/core'
import { ruleForEach } from '../../support/rule.js'
import { startRedisProgram, type RedisProgram } from '../support/redis-program.js'
import { describeEachServer } from '../support/servers.js'
import { open, useStores, withClient } from '../support/stores.js'

const KEY = 'the key of a verdict'
const isActive = (age: number): StoredVerdict => ({
  claims: { active: true, sub: 'alice' },
  askedAt: Math.floor(Date.now() / 1000) - age,
})

describeEachServer('the verdict store on %s, which has lost what came last', (name) => {
  let redis: RedisProgram
  const createStores = useStores()
  beforeAll(async () => {
    redis = await startRedisProgram([], { name })
  })
  afterAll(() => redis.stop())

  const createStore = async () => (await createStores({ url: redis.url })).verdictStore

  /** Starts it with what it had when it was saved. */
  async function loseLast(): Promise<void> {
    await redis.kill()
    await redis.start()
  }

  const replacements: Readonly<Record<string, Forgotten | StoredVerdict>> = {
    'said that the token is not active': { claims: undefined, askedAt: Math.floor(Date.now() / 1000) - 5 },
    'had it forgotten': { digest: KEY },
    'had all forgotten that fit': { criteria: { subject: 'alice' } },
    'had all forgotten': 'all',
  }
  ruleForEach('OWN-85', replacements, 'believes no older verdict after what %s', async (replacement) => {
    await withClient(redis.url, (client) => client.flushAll())
    await open({ url: redis.url })
    const one = await createStore()
    await one.store(KEY, isActive(10), 600)
    expect(await one.find(KEY)).toBeDefined()
    await withClient(redis.url, (client) => client.sendCommand(['SAVE']))
    if (typeof replacement === 'object' && 'askedAt' in replacement) await one.store(KEY, replacement, 60)
    else await one.forget(replacement)
    expect((await (await createStore()).find(KEY))?.claims).toBeUndefined()
    await loseLast()
    const later = await createStore()
    expect(await later.find(KEY)).toBeUndefined()
    await later.store(KEY, isActive(7), 600) // an answer that was on its way
    expect(await later.find(KEY)).toBeUndefined()
    const younger = isActive(-10)
    await later.store(KEY, younger, 600)
    expect(await later.find(KEY)).toEqual(younger)
  })
})
