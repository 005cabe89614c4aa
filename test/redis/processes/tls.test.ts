import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  createCertificateAuthority,
  type CertificateAuthority,
} from '../../interop/support/certificate-authority.js'
import type { RedisOptions } from '@bearward/redis'
import { isTrueSoon } from '../../support/program.js'
import { startSmallestCluster } from '../support/cluster.js'
import { untilAccepted, useClient } from '../support/proofs.js'
import { useProcesses, type ApiProcess } from '../support/processes.js'
import { startRedisProgram, type RedisProgram } from '../support/redis-program.js'
import { describeEachServer } from '../support/servers.js'

type Redis = Pick<RedisOptions, 'clusterUrls'> | Pick<RedisOptions, 'url'>

/** What is said of a cluster beside the reason. */
const SUMMARY = 'All the root nodes are unavailable'
/** Names of another machine. */
const ANOTHER = 'DNS:redis.example.com'

describeEachServer('over TLS, %s', (name) => {
  const client = useClient()
  const startProcesses = useProcesses()
  const running: RedisProgram[] = []
  let folder: string
  let authority: CertificateAuthority
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tls-'))
    authority = await createCertificateAuthority()
  })
  afterAll(async () => {
    for (const redis of running) await redis.stop()
    await rm(folder, { recursive: true })
  })

  async function startRedis(alternativeName?: string): Promise<Redis> {
    const tls = await authority.issue('redis', alternativeName)
    const redis = await startRedisProgram([], { name, tls })
    running.push(redis)
    return { url: redis.url }
  }

  async function startRedisCluster(alternativeName?: string): Promise<Redis> {
    const node = await startSmallestCluster(name, await authority.issue('redis', alternativeName))
    running.push(node)
    return { clusterUrls: [node.url] }
  }

  /** A process that trusts an authority; by default, those that Node.js knows. */
  async function startProcess(redis: Redis, trusted?: CertificateAuthority): Promise<ApiProcess> {
    const file = join(folder, String(running.length))
    if (trusted) await writeFile(file, trusted.certificate)
    const environment = trusted && { NODE_EXTRA_CA_CERTS: file }
    const settings = client().settings({ ...redis, dangerouslyTrustEmptyRedis: true })
    const [process] = await startProcesses(1, settings, environment)
    if (process === undefined) throw new Error('There is no process')
    return process
  }

  async function expectNoBelief(process: ApiProcess, problem: RegExp): Promise<void> {
    const reasons = () => process.problems.filter((each) => each !== SUMMARY)
    expect(await isTrueSoon(() => reasons().length > 0)).toBe(true)
    expect(reasons().filter((each) => !problem.test(each))).toEqual([])
    expect(await process.get(await client().prove())).toBe(503)
  }

  test.each([
    ['a server', startRedis],
    ['a cluster', startRedisCluster],
  ])('%s is believed by its certificate, of an authority of one’s own', async (_name, start) => {
    const process = await startProcess(await start(), authority)
    await untilAccepted([process], client())
    const proof = await client().prove()
    expect([await process.get(proof), await process.get(proof)]).toEqual([200, 401])
  })

  describe('is not believed, and proofs are answered with 503,', () => {
    test('where nobody trusts the authority of its certificate', async () => {
      await expectNoBelief(await startProcess(await startRedis()), /certificate/)
    })

    test('where another authority is trusted', async () => {
      const other = await createCertificateAuthority()
      await expectNoBelief(await startProcess(await startRedis(), other), /certificate/)
    })

    test.each([
      ['server', startRedis],
      ['cluster', startRedisCluster],
    ])('where the certificate of a %s is of another machine', async (_name, start) => {
      await expectNoBelief(
        await startProcess(await start(ANOTHER), authority),
        /^Hostname\/IP does not match/,
      )
    })
  })
})
