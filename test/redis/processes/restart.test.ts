import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { isTrueSoon } from '../../support/program.js'
import { untilAccepted, useClient, type Client } from '../support/proofs.js'
import { countEach, useProcesses, type ApiProcess } from '../support/processes.js'
import { startRedisProgram, type RedisProgram } from '../support/redis-program.js'
import { describeEachServer } from '../support/servers.js'
import { open } from '../support/stores.js'
import { expectAcceptedOnce, makeUses, present, type Use } from '../support/uses.js'

const PROCESSES = 4
/** Proofs that are under way when Redis is killed. */
const UNDER_WAY = 50
const KILLS = 3

/** Written to disk at once, and not at all: a Redis that lost all notes knows less. */
const PERSISTENCES: readonly (readonly [string, readonly string[]])[] = [
  ['forgets everything', []],
  ['forgets nothing', ['--appendonly', 'yes', '--appendfsync', 'always']],
]

describeEachServer('C8: %s', (name) => {
  describe.each(PERSISTENCES)('that is killed under load, and %s', (_what, options) => {
    const client = useClient()
    const startProcesses = useProcesses()
    let redis: RedisProgram
    let processes: readonly ApiProcess[]
    beforeAll(async () => {
      redis = await startRedisProgram(options, { name })
      await open({ url: redis.url })
      processes = await startProcesses(PROCESSES, client().settings({ url: redis.url }))
      await untilAccepted(processes, client())
    })
    afterAll(() => redis.stop())

    test('accepts no proof twice, and calls none used that was not', async () => {
      const uses: Use[] = []
      await present(await makeUses(client(), 10, uses), processes)
      expect(uses.map(({ answers }) => answers.includes(200))).toEqual(uses.map(() => true))
      for (let kills = 0; kills < KILLS; kills += 1) {
        const underWay = present(await makeUses(client(), UNDER_WAY, uses), processes)
        await redis.kill()
        await underWay
        const [lost] = await makeUses(client(), 1, uses)
        if (lost) await present([lost], processes)
        expect(lost && countEach(lost.answers)).toEqual({ 503: 1 })
        const again = present(await makeUses(client(), UNDER_WAY, uses), processes)
        await redis.start()
        await again
        await present(uses, processes) // each proof once more
        await isTrueSoon(() => isHeard(processes, client()))
        await present(uses, processes)
      }
      expectAcceptedOnce(uses)
    }, 60_000)
  })
})

/** Whether each process is connected again: used proofs of before are told then, or cannot be. */
async function isHeard(processes: readonly ApiProcess[], client: Client): Promise<boolean> {
  const proof = await client.prove()
  const answers = await Promise.all(processes.map((process) => process.get(proof)))
  return answers.every((status) => status === 503)
}
