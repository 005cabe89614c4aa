import { afterAll, beforeAll, beforeEach } from '@jest/globals'
import { startRedisProgram, type RedisProgram } from './redis-program.js'
import { withClient } from './stores.js'

/** A server for the tests around the call, with nothing in it before each of them. */
export function useRedis(name: string): () => RedisProgram {
  let redis: RedisProgram
  beforeAll(async () => {
    redis = await startRedisProgram([], { name })
  })
  beforeEach(() => withClient(redis.url, (client) => client.flushAll()))
  afterAll(() => redis.stop())
  return () => redis
}
