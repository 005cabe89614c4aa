import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { untilAccepted, useClient } from '../support/proofs.js'
import { countEach, inTurn, useProcesses, type ApiProcess } from '../support/processes.js'
import { startRedisProgram, type RedisProgram } from '../support/redis-program.js'
import { sayFigure } from '../support/say.js'
import { describeEachServer } from '../support/servers.js'
import { open } from '../support/stores.js'

const COPIES = 200
const PROCESSES = 4
/** `ROUNDS=100 npx pnpm@10 interop -t '200 copies'` takes longer. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 10)

describeEachServer('C8: of 200 copies of one proof at once, over four processes and one %s', (name) => {
  const client = useClient()
  const startProcesses = useProcesses()
  let redis: RedisProgram
  let processes: readonly ApiProcess[]
  beforeAll(async () => {
    redis = await startRedisProgram([], { name })
    await open({ url: redis.url })
    processes = await startProcesses(PROCESSES, client().settings({ url: redis.url }))
    await untilAccepted(processes, client())
  })
  afterAll(() => redis.stop())

  test(`exactly one is accepted, ${String(ROUNDS)} times in a row`, async () => {
    const startedAt = performance.now()
    for (let round = 0; round < ROUNDS; round += 1) {
      const proof = await client().prove()
      const copies = Array.from({ length: COPIES }, (_, index) => inTurn(processes, index).get(proof))
      expect(countEach(await Promise.all(copies))).toEqual({ 200: 1, 401: COPIES - 1 })
    }
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
    sayFigure(`${String(ROUNDS * COPIES)} requests in ${seconds} s`)
  }, 600_000)
})
