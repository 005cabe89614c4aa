import type { Seconds } from '@bearward/core'
import { createClient, createCluster, type RedisClientType, type RedisClusterType } from '@redis/client'
import type { RedisConfig } from './options.js'
import { renew, SILENCE } from './watch.js'

/** A client of one server, or of one node of a cluster. It connects again by itself. */
export type NodeClient = RedisClientType
/** A client of a cluster. */
export type ClusterClient = RedisClusterType

/** Commands that wait for an answer; beyond that, they fail at once. */
const MOST_WAITING = 10_000
/** Between two attempts to connect, in milliseconds. */
const PAUSES = { first: 50, longest: 1_000 }
/** After which a cluster is asked for its new masters, in milliseconds. */
const TOPOLOGY_PAUSE = 500

interface Address {
  readonly host: string
  readonly port: number
}

/**
 * Makes one that is not connected yet, and has its errors reported.
 *
 * An error on a connection that goes on is an answer that cannot be read. The client drops that answer, and would take each
 * later one for the answer to the question before: so the connection is made anew.
 */
export function createNode(url: string, config: RedisConfig): NodeClient {
  const client: NodeClient = createClient({ ...toClientOptions(config), url })
  return client.on('error', (error: unknown) => {
    config.report(error)
    renew(client, config.report)
  })
}

/** Makes one that is not connected yet, and has its errors reported. Its nodes are as those above. */
export function createNodes(config: RedisConfig): ClusterClient {
  const client: ClusterClient = createCluster(toClusterOptions(config)).on('error', config.report)
  return client.on('node-error', (error: unknown, { host, port }: Address) => {
    const node = client.nodeByAddress.get(`${host}:${String(port)}`)?.client
    if (node?.isReady !== true) return // one that is away: it comes back, or another takes over
    config.report(error)
    renew(node, config.report)
  })
}

function toClusterOptions(config: RedisConfig) {
  const { protocol, username, password } = new URL(config.urls[0])
  const { socket, commandOptions, ...options } = toClientOptions(config)
  return {
    rootNodes: config.urls.map((url) => ({ url })),
    defaults: {
      ...options,
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
      socket: protocol === 'rediss:' ? { ...socket, tls: true } : socket,
    },
    commandOptions,
    topologyRefreshOnReconnectionAttemptStrategy: TOPOLOGY_PAUSE,
  }
}

/** What applies to each connection. */
function toClientOptions({ timeLimit }: { readonly timeLimit: Seconds }) {
  return {
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_WAITING,
    commandOptions: { timeout: timeLimit * 1000 },
    maintNotifications: 'disabled',
    socket: {
      socketTimeout: SILENCE,
      connectTimeout: Math.max(1, timeLimit) * 1000,
      reconnectStrategy: (retries: number) => Math.min(PAUSES.first * 2 ** retries, PAUSES.longest),
    },
  } as const
}
