import { systemClock, type Seconds } from '@bearward/core'
import { ErrorReply, TimeoutError } from '@redis/client'
import { createNode, createNodes, type ClusterClient, type NodeClient } from './clients.js'
import type { RedisConfig } from './options.js'
import { runScript, WrongAnswerError, type Script, type ScriptRunner } from './script.js'
import { listen, type Subscriber } from './subscription.js'
import { renew, watch, type Watched } from './watch.js'

/** A connection to one server, or to a cluster, that comes back by itself. What is sent while it is away fails at once. */
export interface Connection {
  /** Nothing is sent twice: a script whose answer is lost may have run. */
  run(script: Script, keys: readonly string[], parameters: readonly (number | string)[]): Promise<unknown>
  publish(channel: string, message: string): Promise<unknown>
  subscribe(channel: string, subscriber: Subscriber): void
  /** Ends it. */
  readonly close: () => Promise<void>
  isClosed(): boolean
}

/** Between two attempts to connect to a cluster, or to end its connections, in seconds. */
const PAUSE: Seconds = 1

interface Session {
  readonly client: NodeClient | ClusterClient
  /** Those of the nodes that are known by now. */
  nodes(): readonly Watched[]
  connect(isClosed: () => boolean): Promise<unknown>
}

/** Begins to connect. */
export function connect(config: RedisConfig): Connection {
  const { urls, report } = config
  const session = config.isCluster ? openCluster(config) : openServer(config)
  const { client } = session
  // Each node of a cluster has all messages: where one is away, the others tell.
  const subscribers: NodeClient[] = []
  let isClosed = false
  const connected = session.connect(() => isClosed).catch(report)
  const end = createEnding(() => [client, ...subscribers], connected)
  const endWatch = watch(() => [...session.nodes(), ...subscribers], config)

  const runner: ScriptRunner = {
    eval: async (text, options) => client.eval(text, options),
    evalSha: async (sha1, options) => client.evalSha(sha1, options),
  }
  const inTime = <T>(answer: Promise<T>): Promise<T> => limit(answer, config.timeLimit)

  function renewAfter(error: unknown): never {
    if (error instanceof WrongAnswerError || isOfReplica(error))
      for (const node of session.nodes()) renew(node, report)
    throw error
  }

  function openSubscribers(): void {
    subscribers.push(...urls.map((url) => createNode(url, config)))
    for (const each of subscribers) each.connect().catch(report)
  }

  return {
    run: (script, keys, parameters) => inTime(runScript(runner, script, keys, parameters).catch(renewAfter)),
    publish: (channel, message) => inTime(client.publish(channel, message)),
    subscribe(channel, subscriber) {
      if (subscribers.length === 0) openSubscribers()
      for (const each of subscribers) listen(each, channel, subscriber, config)
    },
    close() {
      isClosed = true
      endWatch()
      end()
      return Promise.resolve()
    },
    isClosed: () => isClosed,
  }
}

/** Ends clients. One of a cluster that is ended while it connects goes on with what it has begun: so it is ended again. */
function createEnding(
  clients: () => readonly { destroy(): void }[],
  connected: Promise<unknown>,
): () => void {
  let isConnecting = true
  void connected.then(() => {
    isConnecting = false
  })
  return function end() {
    for (const each of clients()) each.destroy()
    if (isConnecting) systemClock.after(PAUSE, end)
  }
}

/** Whether a master has become a replica: its address may be that of another one by now. */
function isOfReplica(error: unknown): boolean {
  return error instanceof ErrorReply && error.message.startsWith('READONLY ')
}

/** The client itself limits the time of what it has not sent yet, and that alone. */
async function limit<T>(answer: Promise<T>, timeLimit: Seconds): Promise<T> {
  let cancel: (() => void) | undefined
  const late = new Promise<never>((_resolve, reject) => {
    cancel = systemClock.after(timeLimit, () => {
      reject(new TimeoutError(`Redis did not answer within ${String(timeLimit)} seconds`))
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
  return { client, nodes: () => [client], connect: () => client.connect() }
}

/** The client gives up where no node answers at first. */
function openCluster(config: RedisConfig): Session {
  const client = createNodes(config)
  async function connectTo(isClosed: () => boolean): Promise<void> {
    while (!isClosed()) {
      try {
        await client.connect()
        return
      } catch (error) {
        config.report(error)
        await new Promise<void>((resolve) => systemClock.after(PAUSE, resolve))
      }
    }
  }
  const nodes = () => [...client.nodeByAddress.values()].flatMap((node) => node.client ?? [])
  return { client, nodes, connect: connectTo }
}
