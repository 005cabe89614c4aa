import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { startAuthorizationServer, type AuthorizationServer } from '@bearward/testing'
import { isTrueSoon } from '../../support/program.js'
import { useProcesses, type ApiProcess } from '../support/processes.js'
import { startRedisProgram, type RedisProgram } from '../support/redis-program.js'
import { describeEachServer } from '../support/servers.js'
import { open, SECRET, VERDICT_KEYS, withClient } from '../support/stores.js'

const AUDIENCE = 'https://api.example.com'

describeEachServer('what introspection says, shared through %s', (name) => {
  const startProcesses = useProcesses()
  let authorizationServer: AuthorizationServer
  let redis: RedisProgram
  let one: ApiProcess
  let other: ApiProcess
  let token: string
  beforeAll(async () => {
    authorizationServer = await startAuthorizationServer({ audience: AUDIENCE })
    redis = await startRedisProgram([], { name })
    await open({ url: redis.url })
    const introspection = { clientId: 'client', clientSecret: 'secret', cache: { maxAge: 600 } }
    const [first, second] = await startProcesses(2, {
      issuer: { issuer: authorizationServer.issuer, accessTokens: 'opaque', introspection },
      audience: AUDIENCE,
      redis: { url: redis.url, secrets: [SECRET] },
    })
    if (first === undefined || second === undefined) throw new Error('There are no processes')
    ;[one, other] = [first, second]
    await isListened()
  })
  afterAll(async () => {
    await authorizationServer.close()
    await redis.stop()
  })
  beforeEach(() => {
    token = authorizationServer.mintOpaque()
    authorizationServer.resetCounters()
  })

  const get = (process: ApiProcess): Promise<number> => process.get({ authorization: `Bearer ${token}` })
  const questions = (): number => authorizationServer.requests.introspection

  /** Both hear what the other forgets. */
  async function isListened(): Promise<void> {
    const isSubscribed = async () =>
      withClient(
        redis.url,
        async (client) => (await client.pubSubNumSub('bearward:forget'))['bearward:forget'] === 2,
      )
    expect(await isTrueSoon(isSubscribed)).toBe(true)
  }

  async function isStored(): Promise<boolean> {
    return withClient(redis.url, async (client) => (await client.keys(VERDICT_KEYS)).length > 0)
  }

  test('is asked once for both processes', async () => {
    expect(await get(one)).toBe(200)
    expect(await isTrueSoon(isStored)).toBe(true)
    expect(await get(other)).toBe(200)
    expect(questions()).toBe(1)
  })

  test('is forgotten by both where one is told to', async () => {
    expect([await get(one), await get(other)]).toEqual([200, 200])
    authorizationServer.revoke(token)
    expect([await get(one), await get(other)]).toEqual([200, 200])
    one.forget(token)
    expect(await isTrueSoon(async () => (await get(other)) === 401)).toBe(true)
    expect(await isTrueSoon(async () => (await get(one)) === 401)).toBe(true)
  })

  test('is asked for by each process while Redis is away, and nobody is refused for that', async () => {
    await redis.kill()
    expect([await get(one), await get(other)]).toEqual([200, 200])
    expect(questions()).toBe(2)
    await redis.start()
    await isListened()
  })

  test('is asked for by each process while Redis hangs', async () => {
    redis.pause()
    expect([await get(one), await get(other)]).toEqual([200, 200])
    expect(questions()).toBe(2)
    redis.resume()
  })
})
