import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { rule } from '../../support/rule.js'
import { isTrueSoon } from '../../support/program.js'
import { startRedisProgram, type RedisProgram } from '../support/redis-program.js'
import { describeEachServer } from '../support/servers.js'
import { open, outcomeOf, useStores, withClient } from '../support/stores.js'

const NOT_TOLD = new Error(
  'Redis has started, or taken over, too lately to know of all proofs that were used',
)
/** A replica has all of it without delay. */
const AT_ONCE = ['--repl-diskless-sync-delay', '0']
const [ID, OTHER] = ['A'.repeat(43), 'B'.repeat(43)] as const

describeEachServer('the replay store on %s', (name) => {
  let redis: RedisProgram
  const createStores = useStores()
  beforeAll(async () => {
    redis = await startRedisProgram(['--appendonly', 'yes', '--appendfsync', 'always'], { name })
  })
  afterAll(() => redis.stop())
  beforeEach(async () => {
    await withClient(redis.url, (client) => client.flushAll())
    await open({ url: redis.url })
  })

  test('tells the first use of an identifier from all others, of all processes', async () => {
    const [one, other] = [await createStores({ url: redis.url }), await createStores({ url: redis.url })]
    expect(await one.replayStore.add(ID, 60, 150)).toBe(true)
    expect(await other.replayStore.add(ID, 60, 150)).toBe(false)
    expect(await other.replayStore.add(OTHER, 60, 150)).toBe(true)
    expect(await one.replayStore.add(OTHER, 60, 150)).toBe(false)
  })

  test('keeps what it notes for its lifetime, and nothing but the identifier', async () => {
    await open({ url: redis.url, prefix: 'stats-api' })
    const { replayStore } = await createStores({ url: redis.url, prefix: 'stats-api' })
    expect(await replayStore.add(ID, 90, 150)).toBe(true)
    const [left, value] = await withClient(redis.url, async (client) => [
      await client.pTTL(`stats-api:proof:{1}:${ID}`),
      await client.get(`stats-api:proof:{1}:${ID}`),
    ])
    expect(left).toBeGreaterThan(80_000)
    expect(left).toBeLessThanOrEqual(90_000)
    expect(value).toBe('')
  })

  test('accepts an identifier again once its lifetime is over', async () => {
    const { replayStore } = await createStores({ url: redis.url })
    expect(await replayStore.add(ID, 0.05, 150)).toBe(true)
    expect(await isTrueSoon(async () => replayStore.add(ID, 60, 150))).toBe(true)
  })

  test('cannot tell after a restart, until whatever was noted before is over', async () => {
    const { replayStore } = await createStores({ url: redis.url })
    expect(await replayStore.add(ID, 60, 150)).toBe(true)
    await redis.kill()
    expect(await outcomeOf(replayStore.add(OTHER, 60, 150))).toBeInstanceOf(Error)
    await redis.start()
    expect(await isTrueSoon(async () => (await outcomeOf(replayStore.add(ID, 60, 150))) === false)).toBe(true)
    expect(await outcomeOf(replayStore.add(OTHER, 60, 150))).toEqual(NOT_TOLD)
    expect(await outcomeOf(replayStore.add(OTHER, 60))).toEqual(NOT_TOLD)
    expect(await isTrueSoon(async () => (await outcomeOf(replayStore.add(OTHER, 60, 60.5))) === true)).toBe(
      true,
    )
    expect(await replayStore.add(OTHER, 60, 60.5)).toBe(false)
  })

  test('cannot tell what an empty Redis has lost, unless told that it has lost nothing', async () => {
    await withClient(redis.url, (client) => client.flushAll())
    await redis.kill()
    await redis.start()
    const careful = await createStores({ url: redis.url, prefix: 'careful' })
    const trusting = await createStores({
      url: redis.url,
      prefix: 'trusting',
      dangerouslyTrustEmptyRedis: true,
    })
    expect(await outcomeOf(careful.replayStore.add(ID, 60, 150))).toEqual(NOT_TOLD)
    expect(await trusting.replayStore.add(ID, 60, 150)).toBe(true)
  })

  rule('OWN-86', 'cannot tell what was used before an empty Redis took the place of another', async () => {
    const { replayStore } = await createStores({ url: redis.url })
    expect(await replayStore.add(ID, 60, 62)).toBe(true)
    const hasRun = async (): Promise<boolean> =>
      withClient(
        redis.url,
        async (client) => Number(/uptime_in_seconds:(\d+)/.exec(await client.info())?.[1]) > 2,
      )
    expect(await isTrueSoon(hasRun)).toBe(true)
    await withClient(redis.url, (client) => client.flushAll())
    expect(await outcomeOf(replayStore.add(ID, 60, 62))).toEqual(NOT_TOLD)
    expect(await isTrueSoon(async () => (await outcomeOf(replayStore.add(OTHER, 60, 61))) === true)).toBe(
      true,
    )
    expect(await replayStore.add(OTHER, 60, 61)).toBe(false)
  })

  test('can tell as ever where a replica comes, or a backup is made, and nothing is lost', async () => {
    const { replayStore } = await createStores({ url: redis.url })
    expect(await replayStore.add(ID, 60, 150)).toBe(true)
    const before = await findReplicationId(redis.url)
    const replica = await startRedisProgram(['--replicaof', '127.0.0.1', String(redis.port)], { name })
    const isOther = async (): Promise<boolean> => (await findReplicationId(redis.url)) !== before
    const isNoticed = await isTrueSoon(isOther)
    await replica.stop()
    expect(isNoticed).toBe(true)
    expect([await replayStore.add(ID, 60, 150), await replayStore.add(OTHER, 60, 150)]).toEqual([false, true])
  })

  test('cannot tell after a master was a replica of another for a while, and is one again', async () => {
    const { replayStore } = await createStores({ url: redis.url })
    expect(await replayStore.add(ID, 60, 150)).toBe(true)
    const another = await startRedisProgram(AT_ONCE, { name })
    await withClient(redis.url, (client) => client.configSet('repl-diskless-sync-delay', '0'))
    const isCopied = await follow(another.url, redis.port)
    const isCopiedBack = await follow(redis.url, another.port)
    await another.stop()
    expect([isCopied, isCopiedBack]).toEqual([true, true])
    expect(await outcomeOf(replayStore.add(ID, 60, 150))).toBe(false)
    expect(await outcomeOf(replayStore.add(OTHER, 60, 150))).toEqual(NOT_TOLD)
  })

  test('does not wait for a Redis that hangs, and goes on with one that does so no more', async () => {
    const { replayStore } = await createStores({ url: redis.url, timeLimit: 0.1 })
    redis.pause()
    expect(await outcomeOf(replayStore.add(ID, 60, 150))).toBeInstanceOf(Error)
    redis.resume()
    expect(await isTrueSoon(async () => (await outcomeOf(replayStore.add(OTHER, 60, 150))) === true)).toBe(
      true,
    )
  })

  test('fails at once where it is closed', async () => {
    const stores = await createStores({ url: redis.url })
    await stores.close()
    expect(await outcomeOf(stores.replayStore.add(ID, 60, 150))).toBeInstanceOf(Error)
  })
})

async function findReplicationId(url: string): Promise<string | undefined> {
  return withClient(url, async (client) => /master_replid:(\w+)/.exec(await client.info('replication'))?.[1])
}

/** Has a server take all that another has, and be a master again. */
async function follow(url: string, port: number): Promise<boolean> {
  return withClient(url, async (client) => {
    await client.sendCommand(['REPLICAOF', '127.0.0.1', String(port)])
    const isCopied = await isTrueSoon(async () =>
      (await client.info('replication')).includes('master_link_status:up'),
    )
    await client.sendCommand(['REPLICAOF', 'NO', 'ONE'])
    return isCopied
  })
}
