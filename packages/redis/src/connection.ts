import { systemClock, type Seconds } from '@bearward/core'
import { createClient, createCluster } from '@redis/client'
import type { RedisConfig } from './options.js'
import { runScript, type Script, type ScriptRunner } from './script.js'

/** A connection to one server, or to a cluster, that comes back by itself. What is sent while it is away fails at once. */
export interface Connection {
  /** Nothing is sent twice: a script whose answer is lost may have run. */
  run(script: Script, keys: readonly string[], parameters: readonly (number | string)[]): Promise<unknown>
  get(key: string): Promise<string | null>
  publish(channel: string, message: string): Promise<unknown>
  /**
   * @param onMessage Told of messages.
   * @param onGap Told when messages may have been missed.
   */
  subscribe(channel: string, onMessage: (message: string) => void, onGap: () => void): void
  /** Ends it. */
  readonly close: () => Promise<void>
  isClosed(): boolean
}

/** Commands that wait for an answer; beyond that, they fail at once. */
const MOST_WAITING = 10_000
/** Between two attempts to connect: in milliseconds, and of a cluster in seconds. */
const PAUSES = { first: 50, longest: 1_000 }
const PAUSE: Seconds = 1
/** After which a cluster is asked for its new masters, in milliseconds. */
const TOPOLOGY_PAUSE = 500

interface Session {
  readonly client: ReturnType<typeof createNode> | ReturnType<typeof createNodes>
  connect(isClosed: () => boolean): Promise<unknown>
}

/** Begins to connect. */
export function connect(config: RedisConfig): Connection {
  const { urls, report } = config
  const session = config.isCluster ? openCluster(config) : openServer(config)
  const { client } = session
  // Each node of a cluster has all messages: where one is away, the others tell.
  const subscribers = new Map<ReturnType<typeof createNode>, Promise<unknown>>()
  let isClosed = false
  client.on('error', report)
  session.connect(() => isClosed).catch(report)

  const runner: ScriptRunner = {
    eval: async (text, options) => client.eval(text, options),
    evalSha: async (sha1, options) => client.evalSha(sha1, options),
  }
  const inTime = <T>(answer: Promise<T>): Promise<T> => limit(answer, config.timeLimit)

  return {
    run: (script, keys, parameters) => inTime(runScript(runner, script, keys, parameters)),
    get: (key) => inTime(client.get(key)),
    publish: (channel, message) => inTime(client.publish(channel, message)),
    subscribe(channel, onMessage, onGap) {
      if (subscribers.size === 0) {
        for (const url of urls) {
          const subscriber = createNode(url, config).on('error', report)
          subscribers.set(subscriber, subscriber.connect())
        }
      }
      for (const [subscriber, connected] of subscribers) {
        subscriber.on('ready', onGap)
        connected.then(() => subscriber.subscribe(channel, onMessage)).then(onGap, report)
      }
    },
    close() {
      isClosed = true
      for (const each of [client, ...subscribers.keys()]) if (each.isOpen) each.destroy()
      return Promise.resolve()
    },
    isClosed: () => isClosed,
  }
}

/** The client itself limits the time of what it has not sent yet, and that alone. */
async function limit<T>(answer: Promise<T>, timeLimit: Seconds): Promise<T> {
  let cancel: (() => void) | undefined
  const late = new Promise<never>((_resolve, reject) => {
    cancel = systemClock.after(timeLimit, () => {
      reject(new Error(`Redis did not answer within ${String(timeLimit)} seconds`))
    })
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    cancel?.()
  }
}

/** Tries for as long as it takes. */
function openServer(config: RedisConfig): Session {
  const client = createNode(config.urls[0], config)
  return { client, connect: () => client.connect() }
}

/** The client gives up where no node answers at first. */
function openCluster(config: RedisConfig): Session {
  const client = createNodes(config)
  async function connectTo(isClosed: () => boolean): Promise<void> {
    try {
      await client.connect()
    } catch (error) {
      config.report(error)
      systemClock.after(PAUSE, () => {
        if (!isClosed()) void connectTo(isClosed)
      })
    }
  }
  return { client, connect: connectTo }
}

/** What applies to each connection. */
function toClientOptions({ timeLimit }: RedisConfig) {
  return {
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_WAITING,
    commandOptions: { timeout: timeLimit * 1000 },
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: Math.max(1, timeLimit) * 1000,
      reconnectStrategy: (retries: number) => Math.min(PAUSES.first * 2 ** retries, PAUSES.longest),
    },
  } as const
}

function createNode(url: string, config: RedisConfig) {
  return createClient({ ...toClientOptions(config), url })
}

function createNodes(config: RedisConfig) {
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
