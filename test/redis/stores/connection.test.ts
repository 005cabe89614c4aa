import type { Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Forgotten } from '@bearward/core'
import { isTrueSoon } from '../../support/program.js'
import { startRedisProgram, type RedisProgram } from '../support/redis-program.js'
import { useRelays } from '../support/relay.js'
import { describeEachServer } from '../support/servers.js'
import { outcomeOf, useStores } from '../support/stores.js'

describeEachServer('a connection to %s', (name) => {
  let redis: RedisProgram
  let reported: string[]
  const createStores = useStores()
  const startRelay = useRelays()
  beforeAll(async () => {
    redis = await startRedisProgram([], { name })
  })
  afterAll(() => redis.stop())
  beforeEach(() => {
    reported = []
  })

  const onError = ({ message }: Error): void => void reported.push(message)

  test.each<[string, string, (client: Socket) => void]>([
    ['breaks', 'Socket closed unexpectedly', (client) => client.destroy()],
    [
      'gets an error',
      'ERR max number of clients',
      (client) => client.write('-ERR max number of clients\r\n'),
    ],
  ])('listens in the end where it %s as it begins to, and says so', async (_what, problem, fail) => {
    const relay = await startRelay(redis.port)
    let attempts = 0
    relay.intercept((text, client) => {
      if (!/subscribe/i.test(text)) return false
      attempts += 1
      if (attempts <= 2) fail(client)
      return attempts <= 2
    })
    const [one, other] = [
      await createStores({ url: redis.url }),
      await createStores({ url: relay.url, onError }),
    ]
    const heard: Forgotten[] = []
    other.verdictStore.subscribe((forgotten) => heard.push(forgotten))
    expect(await isTrueSoon(() => attempts === 3)).toBe(true)
    const forgotten = { key: 'of a verdict' }
    const isHeard = async (): Promise<boolean> => {
      await one.verdictStore.forget(forgotten)
      return heard.some((each) => each !== 'all')
    }
    expect(await isTrueSoon(isHeard)).toBe(true)
    expect(heard[0]).toBe('all')
    expect(heard).toContainEqual(forgotten)
    expect(reported).toContain(problem)
  })

  test('is given up where nothing is heard on it any more, and made anew', async () => {
    const relay = await startRelay(redis.port)
    const options = { url: relay.url, timeLimit: 0.2, dangerouslyTrustEmptyRedis: true, onError }
    const { replayStore, verdictStore } = await createStores(options)
    const heard: Forgotten[] = []
    verdictStore.subscribe((forgotten) => heard.push(forgotten))
    expect(await isTrueSoon(() => heard.length >= 2)).toBe(true)
    expect(await replayStore.add('a', 60, 1)).toBe(true)
    relay.silence()
    expect(await outcomeOf(replayStore.add('b', 60, 1))).toBeInstanceOf(Error)
    expect(reported).toContain('Redis did not answer within 0.2 seconds')
    const before = heard.length
    expect(await isTrueSoon(async () => (await outcomeOf(replayStore.add('c', 60, 1))) === true)).toBe(true)
    expect(await isTrueSoon(() => heard.length > before)).toBe(true)
    expect([relay.count(), await replayStore.add('a', 60, 1)]).toEqual([4, false])
    expect(reported.filter((each) => each.startsWith('Redis has fallen silent'))).toHaveLength(2)
  })
})
