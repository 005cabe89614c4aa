import { afterEach } from '@jest/globals'
import { createRedisStores, type RedisOptions, type RedisStores } from '@bearward/redis'
import { createClient, ErrorReply } from '@redis/client'
import { isTrueSoon } from '../../support/program.js'
import { toTlsOptions } from './redis-program.js'

export const SECRET = 'a secret of thirty-two characters'
/** With the longest time limit: a busy machine must not make a test one of speed. */
export const REDIS_OPTIONS = { secrets: [SECRET], timeLimit: 3 } as const

/** Keys of verdicts in Redis. */
export const VERDICT_KEYS = 'bearward:verdict:{*}:*'
const SHARDS = 16

/** Where a verdict stands in Redis, and where it says from when on it knows all of those beside it. */
export function toVerdictPlace(key: string): { readonly key: string; readonly sinceKey: string } {
  const scope = `bearward:verdict:{${String((key.codePointAt(0) ?? 0) % SHARDS)}}`
  return { key: `${scope}:${key}`, sinceKey: `${scope}.since` }
}

/** Makes stores that a test closes. */
export function useStores(): (options: Partial<RedisOptions>) => Promise<RedisStores> {
  const open: RedisStores[] = []
  afterEach(async () => {
    for (const stores of open.splice(0)) await stores.close()
  })
  return async (options) => {
    const stores = createRedisStores({ ...REDIS_OPTIONS, ...options })
    open.push(stores)
    await isTrueSoon(() => isAnswering(stores))
    return stores
  }
}

/** It may be that it cannot tell yet, or that it refuses. */
async function isAnswering({ replayStore }: RedisStores): Promise<boolean> {
  const outcome = await outcomeOf(replayStore.add('a probe', 0.001, 1))
  if (typeof outcome === 'boolean' || outcome instanceof ErrorReply) return true
  return outcome.message.startsWith('Redis has started')
}

/** Marks a new Redis as one that nobody has used before. */
export async function open(options: Partial<RedisOptions>): Promise<void> {
  const stores = createRedisStores({
    ...REDIS_OPTIONS,
    dangerouslyTrustEmptyRedis: true,
    ...options,
  })
  await isTrueSoon(async () => (await outcomeOf(stores.replayStore.add('0', 1, 1))) === true)
  for (let shard = 0; shard < SHARDS; shard += 1) await stores.verdictStore.find(String.fromCodePoint(shard))
  await stores.close()
}

/** What a promise comes to: its value, or its error. */
export async function outcomeOf<T>(promise: T | Promise<T>): Promise<Error | T> {
  return Promise.resolve(promise).catch((error: unknown) => error as Error)
}

/** Asks Redis itself. */
export async function withClient<T>(
  url: string,
  ask: (client: ReturnType<typeof createClient>) => Promise<T>,
): Promise<T> {
  const client = createClient({ url, socket: toTlsOptions(url) })
  await client.connect()
  try {
    return await ask(client as ReturnType<typeof createClient>)
  } finally {
    client.destroy()
  }
}
