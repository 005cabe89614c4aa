import type { Seconds } from '@bearward/core'
import { createClient, createCluster, type RedisClientType, type RedisClusterType } from '@redis/client'
import type { RedisConfig } from './options.js'
import { SILENCE } from './watch.js'

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

/** Makes one that is not connected yet. */
export function createNode(url: string, config: RedisConfig): NodeClient {
  return createClient({ ...toClientOptions(config), url })
}

/** Makes one that is not connected yet. */
export function createNodes(config: RedisConfig): ClusterClient {
  const { protocol, username, password } = new URL(config.urls[0])
  const { socket, commandOptions, ...options } = toClientOptions(config)
  return createCluster({
    rootNodes: config.urls.map((url) => ({ url })),
    defaults: {
      ...options,
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
      socket: protocol === 'rediss:' ? { ...socket, tls: true } : socket,
    },
    commandOptions,
    topologyRefreshOnReconnectionAttemptStrategy: TOPOLOGY_PAUSE,
  })
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
