import { systemClock, type Seconds } from '@bearward/core'
import { ErrorReply } from '@redis/client'
import type { RedisConfig } from './options.js'

/** What is watched: a client of one server. */
export interface Watched {
  readonly isReady: boolean
  destroy(): void
  connect(): Promise<unknown>
  sendCommand(command: readonly string[]): Promise<unknown>
}

/** Between two questions whether somebody is there, in seconds. */
const INTERVAL: Seconds = 1
/** So many of them in a row that get no answer end a connection. */
const MOST_UNANSWERED = 3
/** After which a connection on which nothing was said or heard is over, in milliseconds: one that is still being made. */
export const SILENCE = 5_000

/**
 * Gives up connections that fell silent, and has their clients connect anew.
 *
 * @param all Whose connections they are, at any time.
 *
 * @returns what ends it
 */
export function watch(all: () => readonly Watched[], { report }: Pick<RedisConfig, 'report'>): () => void {
  const unanswered = new WeakMap<Watched, number>()

  function look(client: Watched): void {
    const count = client.isReady ? (unanswered.get(client) ?? 0) : 0
    unanswered.set(client, count)
    if (count >= MOST_UNANSWERED) {
      unanswered.set(client, 0)
      report(new Error('Redis has fallen silent: connecting anew'))
      renew(client, report)
    } else if (client.isReady) {
      unanswered.set(client, count + 1)
      void ping(client).then((isAnswered) => {
        if (isAnswered) unanswered.set(client, 0)
      })
    }
  }

  let cancel: () => void
  function lookAtAll(): void {
    all().forEach(look)
    cancel = systemClock.after(INTERVAL, lookAtAll)
  }
  lookAtAll()
  return () => {
    cancel()
  }
}

/** Ends a connection, with all that waits for an answer on it, and begins to connect anew. */
export function renew(client: Watched, report: RedisConfig['report']): void {
  if (!client.isReady) return // it is connecting already
  client.destroy()
  client.connect().catch(report)
}

/** Who refuses is there. */
async function ping(client: Watched): Promise<boolean> {
  try {
    await client.sendCommand(['PING'])
    return true
  } catch (error) {
    return error instanceof ErrorReply
  }
}
