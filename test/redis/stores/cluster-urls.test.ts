import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createRedisStores } from '@bearward/redis'
import { isTrueSoon } from '../../support/program.js'
import { rule } from '../../support/rule.js'
import { startSmallestCluster } from '../support/cluster.js'
import type { RedisProgram } from '../support/redis-program.js'
import { useRelays } from '../support/relay.js'
import { describeEachServer } from '../support/servers.js'
import { REDIS_OPTIONS, useStores, withClient } from '../support/stores.js'

const PASSWORD = 'a password: with @ / and %'
/** Of the first byte of a connection over TLS: RFC 8446, section 5.1. */
const HANDSHAKE = '\u0016'

describeEachServer('addresses of a cluster of %s', (name) => {
  let node: RedisProgram
  let first: string
  const createStores = useStores()
  const startRelay = useRelays()
  beforeAll(async () => {
    node = await startSmallestCluster(name)
    await withClient(node.url, (client) => client.configSet('requirepass', PASSWORD))
    first = node.url.replace('redis://', `redis://default:${encodeURIComponent(PASSWORD)}@`)
  })
  afterAll(() => node.stop())

  const countConnections = (): Promise<number> =>
    withClient(first, async (client) => (await client.clientList()).length)
  const countListeners = (): Promise<number> =>
    withClient(
      first,
      async (client) => (await client.pubSubNumSub('bearward:forget'))['bearward:forget'] ?? 0,
    )

  test('are all listened to with the user and the password of the first', async () => {
    const relay = await startRelay(node.port)
    const clusterUrls = [first, relay.url, relay.url.replace('redis://', 'redis://nobody:wrong@')]
    const { verdictStore } = await createStores({ clusterUrls })
    verdictStore.subscribe(() => undefined)
    expect(await isTrueSoon(async () => (await countListeners()) === 3)).toBe(true)
  })

  rule('OWN-87', 'get the password over TLS alone where the first says so', async () => {
    const relay = await startRelay(node.port)
    const said: string[] = []
    relay.intercept((text) => said.push(text) > 0)
    const clusterUrls = [first.replace('redis://', 'rediss://'), relay.url]
    const { verdictStore, close } = createRedisStores({ ...REDIS_OPTIONS, clusterUrls })
    verdictStore.subscribe(() => undefined)
    expect(await isTrueSoon(() => said.length >= 2)).toBe(true)
    await close()
    expect(said.map(([byte]) => byte)).toEqual(said.map(() => HANDSHAKE))
    expect(said.join('')).not.toContain(PASSWORD)
  })

  test('have no connection left that was being made when the stores were closed', async () => {
    const isAlone = async (): Promise<boolean> => (await countConnections()) === 1 // who counts
    expect(await isTrueSoon(isAlone)).toBe(true)
    for (let turn = 0; turn < 20; turn += 1) {
      const { close } = createRedisStores({ ...REDIS_OPTIONS, clusterUrls: [first] })
      if (turn % 2 === 1) expect(await isTrueSoon(async () => !(await isAlone()))).toBe(true)
      await close()
    }
    expect(await isTrueSoon(isAlone)).toBe(true)
  })
})
