import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Forgotten } from '@bearward/core'
import { isTrueSoon } from '../../support/program.js'
import { startCluster, type Cluster } from '../support/cluster.js'
import { untilAccepted, useClient } from '../support/proofs.js'
import { countEach, inTurn, useProcesses, type ApiProcess } from '../support/processes.js'
import { sayFigure } from '../support/say.js'
import { describeEachServer } from '../support/servers.js'
import { open, outcomeOf, useStores } from '../support/stores.js'
import { expectAcceptedOnce, makeUses, present, type Use } from '../support/uses.js'

const COPIES = 200
const PROCESSES = 4
const SHARDS = Array.from({ length: 16 }, (_, index) => index.toString(16))
/** A replica takes over a second or two after its master has gone. */
const FAILOVER_LIMIT = 20_000

describeEachServer('C8: a cluster of three masters, each a %s,', (name) => {
  const client = useClient()
  const startProcesses = useProcesses()
  const createStores = useStores()
  let cluster: Cluster
  let processes: readonly ApiProcess[]
  beforeAll(async () => {
    cluster = await startCluster(name)
    await open({ clusterUrls: cluster.urls })
    processes = await startProcesses(PROCESSES, client().settings({ clusterUrls: cluster.urls }))
    await untilAccepted(processes, client())
  }, 60_000)
  afterAll(() => cluster.stop())

  test('accepts exactly one of 200 copies of a proof at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const proof = await client().prove()
      const copies = Array.from({ length: COPIES }, (_, index) => inTurn(processes, index).get(proof))
      expect(countEach(await Promise.all(copies))).toEqual({ 200: 1, 401: COPIES - 1 })
    }
  })

  test('keeps verdicts on all masters, and tells all processes what to forget', async () => {
    const [one, other] = [
      (await createStores({ clusterUrls: cluster.urls })).verdictStore,
      (await createStores({ clusterUrls: cluster.urls })).verdictStore,
    ]
    const verdict = { claims: { active: true }, askedAt: Math.floor(Date.now() / 1000) - 10 }
    for (const key of SHARDS) await one.store(key, verdict, 60)
    for (const key of SHARDS) expect(await other.find(key)).toEqual(verdict)
    const heard: Forgotten[] = []
    other.subscribe((forgotten) => heard.push(forgotten))
    const isHeard = async (): Promise<boolean> => {
      await one.forget({ digest: '0' })
      return heard.some((each) => each !== 'all' && 'digest' in each && each.digest === '0')
    }
    expect(await isTrueSoon(isHeard)).toBe(true)
    expect([await other.find('0'), await other.find('1')]).toEqual([undefined, verdict])
  })

  test('accepts no proof twice when a replica takes over, and goes on', async () => {
    const { replayStore } = await createStores({ clusterUrls: cluster.urls })
    const uses: Use[] = []
    await present(await makeUses(client(), 100, uses), processes)
    expect(uses.filter(({ answers }) => !answers.includes(200))).toEqual([])
    const underWay = present(await makeUses(client(), 100, uses), processes)
    const killedAt = performance.now()
    await cluster.killMasterOf('bearward:proof:{0}:')
    await underWay
    await present(uses, processes)
    const isAnswered = async (): Promise<boolean> => {
      await present(await makeUses(client(), 10, uses), processes)
      const outcomes = SHARDS.map((shard) =>
        outcomeOf(replayStore.add(`${shard}${String(uses.length)}`, 1, 1)),
      )
      return (await Promise.all(outcomes)).every((outcome) => outcome === true)
    }
    expect(await isTrueSoon(isAnswered, FAILOVER_LIMIT)).toBe(true)
    sayFigure(`all shards answer again after ${((performance.now() - killedAt) / 1000).toFixed(1)} s`)
    await present(uses, processes)
    expectAcceptedOnce(uses)
  }, 60_000)
})
