import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { startAuthorizationServer, type AuthorizationServer } from '@bearward/testing'
import { isTrueSoon } from '../../support/program.js'
import { countEach, inTurn, useProcesses, type ApiProcess } from '../support/processes.js'
import { startRedisProgram, type RedisProgram } from '../support/redis-program.js'
import { describeEachServer } from '../support/servers.js'
import { SECRET, withClient } from '../support/stores.js'

const AUDIENCE = 'https://api.example.com'
const PROCESSES = 4
const REQUESTS = 400
/** So that a token is newer than any look of this second. */
const AHEAD = 5

describeEachServer('looks for unknown keys, shared through %s', (name) => {
  const startProcesses = useProcesses(afterEach)
  let authorizationServer: AuthorizationServer
  let redis: RedisProgram
  beforeEach(async () => {
    authorizationServer = await startAuthorizationServer({ audience: AUDIENCE })
    await withClient(redis.url, (client) => client.flushAll())
  })
  afterEach(() => authorizationServer.close())
  beforeAll(async () => {
    redis = await startRedisProgram([], { name })
  })
  afterAll(() => redis.stop())

  const mint = (options = {}) =>
    authorizationServer.mint({ iat: Math.floor(Date.now() / 1000) + AHEAD }, options)
  const get = async (process: ApiProcess, token: string) => process.get({ authorization: `Bearer ${token}` })
  const fetches = (): number => authorizationServer.requests.jwks

  /** Processes that have their keys and, where they share, their connections. */
  async function start(looksAlone = false): Promise<readonly ApiProcess[]> {
    await untilListening(0)
    const processes = await startProcesses(PROCESSES, {
      issuer: { issuer: authorizationServer.issuer, waitLimit: 10 },
      audience: AUDIENCE,
      looksAlone,
      redis: { url: redis.url, secrets: [SECRET], timeLimit: 2 },
    })
    const token = await mint()
    for (const process of processes) expect(await get(process, token)).toBe(200)
    if (!looksAlone) await untilListening(PROCESSES)
    authorizationServer.resetCounters()
    return processes
  }

  async function untilListening(processes: number): Promise<void> {
    const channel = 'bearward:search'
    const count = () => withClient(redis.url, async (client) => (await client.pubSubNumSub(channel))[channel])
    if (!(await isTrueSoon(async () => (await count()) === processes))) {
      throw new Error(`${String(await count())} processes listen, and not ${String(processes)}`)
    }
  }

  /** Made-up kids, each of which comes twice, to all processes. */
  async function flood(processes: readonly ApiProcess[]): Promise<readonly number[]> {
    const statuses: number[] = []
    for (let sent = 0; sent < REQUESTS; sent += 40) {
      const tokens = await Promise.all(
        Array.from({ length: 20 }, (_, index) => mint({ kid: `made up ${String(sent + index)}` })),
      )
      const answers = [...tokens, ...tokens].map((token, index) => get(inTurn(processes, index), token))
      statuses.push(...(await Promise.all(answers)))
    }
    return statuses
  }

  test('a flood of made-up kids costs the authorization server two fetches of the key set, and no more', async () => {
    const statuses = await flood(await start())
    expect(fetches()).toBeGreaterThanOrEqual(1)
    expect(fetches()).toBeLessThanOrEqual(2)
    expect(countEach(statuses)[200]).toBeUndefined()
  })

  test('where each process looks as if it were alone, it costs more', async () => {
    const statuses = await flood(await start(true))
    expect(fetches()).toBeGreaterThanOrEqual(PROCESSES)
    expect(countEach(statuses)[200]).toBeUndefined()
  })

  test('a key that is rotated in is accepted by all processes, after one of them has looked', async () => {
    const [one, ...others] = await start()
    if (one === undefined) throw new Error('There are no processes')
    await authorizationServer.rotateKeys()
    const token = await mint()
    expect(await get(one, token)).toBe(200)
    for (const other of others) expect(await get(other, token)).toBe(200)
    expect(fetches()).toBe(PROCESSES) // a look, and each other process has followed it
    const slots = await withClient(redis.url, (client) => client.keys('bearward:search:*'))
    expect(slots).toEqual([expect.stringMatching(/\.first$/)])
  })

  test('it is accepted by all processes at once as well, and nobody is refused', async () => {
    const processes = await start()
    await authorizationServer.rotateKeys()
    const token = await mint()
    const statuses = await Promise.all(
      Array.from({ length: 40 }, (_, index) => get(inTurn(processes, index), token)),
    )
    expect(countEach(statuses)).toEqual({ 200: 40 })
    expect(fetches()).toBe(PROCESSES)
  })

  test.each(['away', 'hanging'])('it is accepted by all processes while Redis is %s', async (what) => {
    const processes = await start()
    if (what === 'away') await redis.kill()
    else redis.pause()
    await authorizationServer.rotateKeys()
    const token = await mint()
    const statuses = await Promise.all(processes.map((process) => get(process, token)))
    expect(countEach(statuses)).toEqual({ 200: PROCESSES })
    expect(fetches()).toBe(PROCESSES)
    if (what === 'away') await redis.start()
    else redis.resume()
  })
})
