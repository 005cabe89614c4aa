import type { Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Forgotten } from '@bearward/core'
import { isTrueSoon } from '../../support/program.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { startRedisProgram, type RedisProgram } from '../support/redis-program.js'
import { useRelays } from '../support/relay.js'
import { describeEachServer } from '../support/servers.js'
import { outcomeOf, toVerdictPlace, useStores, withClient } from '../support/stores.js'

describeEachServer('a connection to %s', (name) => {
  let redis: RedisProgram
  let reported: string[]
  const createStores = useStores()
  const startRelay = useRelays()
  beforeAll(async () => {
    redis = await startRedisProgram([], { name })
  })
  afterAll(() => redis.stop())
  beforeEach(async () => {
    reported = []
    await withClient(redis.url, (client) => client.flushAll())
  })

  const onError = ({ message }: Error): void => void reported.push(message)

  /** What happens to the first attempts. */
  const failures: Readonly<Record<string, { readonly problem: string; fail(client: Socket): void }>> = {
    breaks: { problem: 'Socket closed unexpectedly', fail: (client) => void client.destroy() },
    'gets an error': {
      problem: 'ERR max number of clients',
      fail: (client) => void client.write('-ERR max number of clients\r\n'),
    },
  }
  const deafness = 'listens in the end where it %s as it begins to, and says so'
  ruleForEach('OWN-76', failures, deafness, async ({ problem, fail }) => {
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
    const forgotten = { digest: 'of a verdict' }
    const isHeard = async (): Promise<boolean> => {
      await one.verdictStore.forget(forgotten)
      return heard.some((each) => each !== 'all')
    }
    expect(await isTrueSoon(isHeard)).toBe(true)
    expect(heard[0]).toBe('all')
    expect(heard).toContainEqual(forgotten)
    expect(reported).toContain(problem)
  })

  rule('OWN-77', 'is given up where nothing is heard on it any more, and made anew', async () => {
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

  /** What Redis says to a command, in place of its answer, or before it. */
  const oddities: Readonly<Record<string, { readonly answer: string; readonly isInPlace: boolean }>> = {
    'no answer of Redis': { answer: 'HTTP/1.1 200 OK\r\n\r\n', isInPlace: true },
    'half an answer': { answer: '$100\r\nabc', isInPlace: true },
    'an answer that is nested too deep': { answer: `${'*1\r\n'.repeat(20_000)}:1\r\n`, isInPlace: true },
    'an answer too many': { answer: '*2\r\n:1\r\n:0\r\n', isInPlace: false },
    'an answer that was not asked for': { answer: '*1\r\n:1\r\n', isInPlace: false },
  }
  const wrongAnswers = 'takes no answer for that to another question after %s'
  ruleForEach('OWN-73', oddities, wrongAnswers, async ({ answer, isInPlace }) => {
    const relay = await startRelay(redis.port)
    const options = { url: relay.url, timeLimit: 0.2, dangerouslyTrustEmptyRedis: true, onError }
    const { replayStore } = await createStores(options)
    const id = `${answer.length} used`
    expect(await replayStore.add(id, 60, 1)).toBe(true)
    let isDone = false
    relay.intercept((text, client) => {
      if (isDone || !/evalsha/i.test(text)) return false
      isDone = true
      client.write(answer)
      return isInPlace
    })
    const outcomes = await Promise.all(['a', id, 'b'].map((each) => outcomeOf(replayStore.add(each, 60, 1))))
    expect(outcomes[1]).not.toBe(true)
    const isBack = async (): Promise<boolean> => (await outcomeOf(replayStore.add(id, 60, 1))) === false
    expect(await isTrueSoon(isBack)).toBe(true)
    const fresh = `${answer.length} fresh`
    expect([await replayStore.add(fresh, 60, 1), await replayStore.add(fresh, 60, 1)]).toEqual([true, false])
    expect(relay.count()).toBe(2)
  })

  test('is made anew where a master has become a replica: its address may be that of another', async () => {
    const relay = await startRelay(redis.port)
    const { replayStore } = await createStores({ url: relay.url, dangerouslyTrustEmptyRedis: true, onError })
    expect(await replayStore.add('a', 60, 1)).toBe(true)
    let demoted: Socket | undefined
    relay.intercept((text, client) => {
      if (!/evalsha/i.test(text) || client !== (demoted ??= client)) return false
      return client.write("-READONLY You can't write against a read only replica.\r\n")
    })
    expect(await outcomeOf(replayStore.add('b', 60, 1))).toMatchObject({
      message: expect.stringMatching(/^READONLY /) as unknown,
    })
    expect(await isTrueSoon(async () => (await outcomeOf(replayStore.add('a', 60, 1))) === false)).toBe(true)
    expect(relay.count()).toBe(2)
  })

  rule('OWN-74', 'is not used to fetch what no store has written', async () => {
    const relay = await startRelay(redis.port)
    const { verdictStore, replayStore } = await createStores({
      url: relay.url,
      dangerouslyTrustEmptyRedis: true,
      onError,
    })
    const verdict = { claims: { active: true }, askedAt: Math.floor(Date.now() / 1000) - 10 }
    await verdictStore.store('good', verdict, 60)
    expect(await verdictStore.find('good')).toEqual(verdict)
    const before = relay.size()
    await withClient(redis.url, async (client) => {
      const good = toVerdictPlace('good').sinceKey
      for (const key of [toVerdictPlace('long').key, good, 'bearward:proof:{1}.since']) {
        await client.setRange(key, 20_000_000, 'x')
      }
    })
    expect(await verdictStore.find('long')).toBeUndefined()
    await verdictStore.store('long', verdict, 60)
    await outcomeOf(replayStore.add('a', 60, 1))
    await verdictStore.forget('all')
    expect(await verdictStore.find('good')).toBeUndefined()
    expect(relay.size() - before).toBeLessThan(200_000)
    expect(reported).toEqual([])
  })
})
