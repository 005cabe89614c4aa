import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { KeyAndCertificate } from '../../interop/support/certificate-authority.js'
import { findFreePort, isTrueSoon } from '../../support/program.js'
import { startRedisProgram, type RedisProgram } from './redis-program.js'
import { withClient } from './stores.js'

/** Three masters, and a replica of each. */
export interface Cluster {
  readonly urls: readonly string[]
  /** Ends the master that has a key as a crash would. */
  killMasterOf(key: string): Promise<void>
  stop(): Promise<void>
}

const MASTERS = 3
const NODES = 2 * MASTERS
const OPTIONS = [
  '--cluster-enabled',
  'yes',
  '--cluster-node-timeout',
  '1000',
  '--repl-diskless-sync-delay',
  '0',
]
const SLOTS = 16_384
/** A node talks to the others at its port and so many. */
const BUS = 10_000
const START_LIMIT = 30_000

/** Starts one on this machine, and waits until each replica has what its master has. */
export async function startCluster(name: string): Promise<Cluster> {
  const nodes: RedisProgram[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()))
  }
  try {
    while (nodes.length < NODES) nodes.push(await startRedisProgram(OPTIONS, { name, findPort }))
    const addresses = nodes.map(({ port }) => `127.0.0.1:${String(port)}`)
    const create = ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes']
    await promisify(execFile)(name.replace(/-server$/, '-cli'), create)
    for (const { url } of nodes) {
      if (!(await isTrueSoon(() => isReady(url), START_LIMIT))) throw new Error('The cluster did not start')
    }
  } catch (error) {
    await stop()
    throw error
  }
  return {
    urls: nodes.map(({ url }) => url),
    stop,
    async killMasterOf(key) {
      const [first] = nodes
      if (first === undefined) return
      const port = await withClient(first.url, async (client) => {
        const slot = await client.clusterKeySlot(key)
        const ranges = await client.clusterSlots()
        return ranges.find(({ from, to }) => slot >= from && slot <= to)?.master.port
      })
      await nodes.find((node) => node.port === port)?.kill()
    },
  }
}

/** Starts one of a single master, which has all keys. */
export async function startSmallestCluster(name: string, tls?: KeyAndCertificate): Promise<RedisProgram> {
  const options = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']
  const node = await startRedisProgram(tls ? [...options, '--tls-cluster', 'yes'] : options, {
    name,
    findPort,
    ...(tls && { tls }),
  })
  await withClient(node.url, (client) =>
    client.clusterAddSlots(Array.from({ length: SLOTS }, (_, slot) => slot)),
  )
  const isUp = () =>
    withClient(node.url, async (client) => (await client.clusterInfo()).includes('cluster_state:ok'))
  if (!(await isTrueSoon(isUp))) throw new Error('The cluster did not start')
  return node
}

/** The other port must be one as well. */
async function findPort(): Promise<number> {
  const port = await findFreePort()
  return port + BUS < 65_536 ? port : findPort()
}

async function isReady(url: string): Promise<boolean> {
  return withClient(url, async (client) => {
    const [cluster, replication] = [await client.clusterInfo(), await client.info('replication')]
    const link = replication.includes('role:master') ? 'connected_slaves:1' : 'master_link_status:up'
    return cluster.includes('cluster_state:ok') && replication.includes(link)
  })
}
