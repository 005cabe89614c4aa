import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createResourceServer, type ResourceServer, type SingleIssuerOptions } from '@bearward/core'
import { createRedisStores, type RedisStores } from '@bearward/redis'
import { startAuthorizationServer, type AuthorizationServer } from '@bearward/testing'
import { isTrueSoon } from '../../support/program.js'
import { judge, requestWith, verdictOn } from '../../support/request.js'
import { startSmallestCluster } from '../support/cluster.js'
import { useClient } from '../support/proofs.js'
import type { RedisProgram } from '../support/redis-program.js'
import { createOpaqueApi } from '../support/resource-servers.js'
import { useRedis } from '../support/use-redis.js'
import { describeEachServer } from '../support/servers.js'
import { outcomeOf, REDIS_OPTIONS, useStores, VERDICT_KEYS, withClient } from '../support/stores.js'
import { createUser, OF_CLUSTER, REASON, RIGHTS } from '../support/users.js'

const AUDIENCE = 'https://api.example.com'
const CREDENTIALS = ['on', '>password']
/** What each is for. */
const OF_ALL = ['~bearward:*', '+getrange', '+set', '+eval', '+evalsha']
const OF_PROOFS = [...OF_ALL, '+exists', '+time', '+info']
const OF_VERDICTS = [...OF_ALL, '+pttl']
const OF_NEWS = ['&bearward:forget', '+publish', '+subscribe']
const OF_SEARCHES = [
  ...OF_ALL.slice(0, 1),
  '&bearward:search',
  '+set',
  '+pttl',
  '+eval',
  '+evalsha',
  '+publish',
  '+subscribe',
]
const without = (right: string): readonly string[] => RIGHTS.filter((each) => each !== right)

describeEachServer('a user of %s', (name) => {
  const createStores = useStores()
  const client = useClient()
  let authorizationServer: AuthorizationServer
  const redis = useRedis(name)
  let token: string
  let reported: Error[]
  beforeAll(async () => {
    authorizationServer = await startAuthorizationServer({ audience: AUDIENCE })
  })
  afterAll(() => authorizationServer.close())
  beforeEach(async () => {
    reported = []
    token = authorizationServer.mintOpaque()
    authorizationServer.resetCounters()
    await withClient(redis().url, async (admin) => {
      await admin.scriptFlush()
    })
  })

  /** Stores of one who has these rights alone. */
  async function createStoresOf(rights: readonly string[]): Promise<RedisStores> {
    const url = await createUser(redis().url, rights)
    return createStores({ url, dangerouslyTrustEmptyRedis: true, onError })
  }

  const createApi = async (rights: readonly string[]) =>
    createOpaqueApi(authorizationServer, AUDIENCE, await createStoresOf(rights))

  async function createApiWithProofs(rights: readonly string[]): Promise<ResourceServer> {
    const { replayStore } = await createStoresOf(rights)
    const { issuer, audience } = client().settings({})
    const options: SingleIssuerOptions = { ...issuer, audience }
    return createResourceServer({ ...options, dpop: { origin: AUDIENCE, replayStore } })
  }

  const onError = (error: Error): void => void reported.push(error)
  const isReported = (): boolean => reported.some(({ message }) => REASON.test(message))

  test('has each right that the page of the package names for something', () => {
    expect(
      new Set([...OF_PROOFS, ...OF_VERDICTS, ...OF_NEWS, ...OF_SEARCHES, 'resetchannels', ...CREDENTIALS]),
    ).toEqual(new Set(RIGHTS))
  })

  test('can have proofs accepted once', async () => {
    const api = await createApiWithProofs(RIGHTS)
    const request = requestWith(await client().prove())
    expect([await verdictOn(api, request), await verdictOn(api, request)]).toEqual([
      'accepted',
      'ERR_PROOF_REPLAYED',
    ])
    expect(reported).toEqual([])
  })

  test.each(OF_PROOFS)(
    'has no proof accepted without %s, nor called used, and the reason is told',
    async (right) => {
      const api = await createApiWithProofs(without(right))
      const outcome = await judge(api, requestWith(await client().prove()))
      if (outcome.verdict !== 'unavailable') throw new Error(outcome.verdict)
      expect(outcome.error.code).toBe('ERR_REPLAY_STORE')
      expect(String(outcome.error.cause)).toMatch(REASON)
    },
  )

  test('can share verdicts, and have them forgotten', async () => {
    const [one, other] = [await createApi(RIGHTS), await createApi(RIGHTS)]
    expect(await verdictOn(one, token)).toBe('accepted')
    const isShared = () =>
      withClient(redis().url, async (admin) => (await admin.keys(VERDICT_KEYS)).length > 0)
    expect(await isTrueSoon(isShared)).toBe(true)
    expect([await verdictOn(other, token), authorizationServer.requests.introspection]).toEqual([
      'accepted',
      1,
    ])
    authorizationServer.revoke(token)
    one.forget(token)
    expect(await isTrueSoon(async () => (await verdictOn(other, token)) === 'ERR_TOKEN_INACTIVE')).toBe(true)
    expect(reported).toEqual([])
  })

  test.each(OF_VERDICTS)(
    'has the authorization server asked without %s, and the reason is told',
    async (right) => {
      const [one, other] = [await createApi(without(right)), await createApi(without(right))]
      expect(await verdictOn(one, token)).toBe('accepted')
      expect(await isTrueSoon(isReported)).toBe(true)
      expect([await verdictOn(other, token), authorizationServer.requests.introspection]).toEqual([
        'accepted',
        2,
      ])
    },
  )

  test.each(OF_NEWS)(
    'has others not told what to forget without %s, and the reason is told',
    async (right) => {
      const api = await createApi(without(right))
      expect(await verdictOn(api, token)).toBe('accepted')
      authorizationServer.revoke(token)
      api.forget(token)
      expect(await isTrueSoon(isReported)).toBe(true)
      expect(await verdictOn(api, token)).toBe('ERR_TOKEN_INACTIVE')
    },
  )

  test('has proofs accepted as soon as the password is right', async () => {
    const url = await createUser(redis().url, [...RIGHTS, '<password', '>another password'])
    const { replayStore, close } = createRedisStores({
      ...REDIS_OPTIONS,
      url,
      dangerouslyTrustEmptyRedis: true,
      onError,
    })
    expect(await isTrueSoon(() => reported.length > 0)).toBe(true)
    expect(await outcomeOf(replayStore.add('a', 60, 1))).toBeInstanceOf(Error)
    expect(reported[0]?.message).toMatch(/^WRONGPASS/)
    await createUser(redis().url, RIGHTS)
    expect(await isTrueSoon(async () => (await outcomeOf(replayStore.add('a', 60, 1))) === true)).toBe(true)
    await close()
  })

  test('can share looks for unknown keys', async () => {
    const [one, other] = [await createStoresOf(RIGHTS), await createStoresOf(RIGHTS)]
    const heard: unknown[] = []
    other.keySearchStore.subscribe((sighting) => void heard.push(sighting))
    expect([await one.keySearchStore.take('a', 30), await other.keySearchStore.take('a', 30)]).toEqual([
      0,
      expect.any(Number),
    ])
    const isHeard = async () => {
      await one.keySearchStore.announce({ keySet: 'a', fingerprint: 'b', lookedAt: 1 })
      return heard.length > 0
    }
    expect(await isTrueSoon(isHeard)).toBe(true)
    expect(reported).toEqual([])
  })

  describe('of a cluster', () => {
    let node: RedisProgram
    beforeAll(async () => {
      node = await startSmallestCluster(name)
    })
    afterAll(() => node.stop())

    test('needs to ask for its nodes as well', async () => {
      const clusterUrls = [await createUser(node.url, [...RIGHTS, ...OF_CLUSTER])]
      const { replayStore } = await createStores({ clusterUrls, dangerouslyTrustEmptyRedis: true, onError })
      expect([await replayStore.add('a', 60, 1), await replayStore.add('a', 60, 1)]).toEqual([true, false])
      expect(reported).toEqual([])
    })

    test('has proofs neither accepted nor called used where it may not, and the reason is told', async () => {
      const clusterUrls = [await createUser(node.url, RIGHTS)]
      const { replayStore, close } = createRedisStores({ ...REDIS_OPTIONS, clusterUrls, onError })
      expect(await isTrueSoon(isReported)).toBe(true)
      expect(await outcomeOf(replayStore.add('a', 60, 1))).toBeInstanceOf(Error)
      await close()
    })
  })
})
