import { systemClock, type ReplayStore, type Seconds } from '@bearward/core'
import { TimeoutError } from '@redis/client'
import type { Connection } from './connection.js'
import type { RedisConfig } from './options.js'
import { createScript } from './script.js'
import { READ_SINCE, SHARDS, toPlace, toSinceKey, type Place } from './since.js'

/**
 * Notes an identifier, unless it is noted, and tells whether it did: 1, 0; -1 where it cannot be told, because it may have been
 * noted before this Redis knows all, as far as `longest` goes. KEYS: the identifier, and from when on this Redis knows all, in
 * one slot. ARGV: lifetime and longest lifetime in milliseconds, whether an empty Redis is trusted. Answers with the verdict,
 * and whether this Redis was new.
 */
const NOTE = createScript(`
${READ_SINCE.trim()}
local now = nowOr(0)
local since, _, isNew = readSince(KEYS[2], now, ARGV[3])
local lifetime = tonumber(ARGV[1])
if lifetime == 0 then return {-1, isNew} end
if redis.call('EXISTS', KEYS[1]) == 1 then return {0, isNew} end
if now + lifetime <= since + tonumber(ARGV[2]) then return {-1, isNew} end
if not redis.call('SET', KEYS[1], '', 'NX', 'PX', ARGV[1]) then return {0, isNew} end
return {1, isNew}
`)

/** The longest lifetime of any configuration of the core, in seconds. */
const LONGEST: Seconds = 3_690

/** Between two reports that Redis does not answer in time, in seconds. */
const REPORT_INTERVAL: Seconds = 1

/** Makes a store of used proofs. */
export function createReplayStore(connection: Connection, config: RedisConfig): ReplayStore {
  const scope = `${config.prefix}:proof`
  const trust = config.trustsEmptyRedis ? 1 : 0
  let reportsAt: Seconds = -Infinity

  async function note({ key, sinceKey }: Place, lifetime: Seconds, longest: Seconds) {
    const parameters = [Math.ceil(lifetime * 1000), Math.ceil(longest * 1000), trust]
    const answer = await connection.run(NOTE, [key, sinceKey], parameters).catch(reportLateness)
    const [verdict, isNew] = readNumbers(answer)
    return { verdict, isNew: isNew === 1 }
  }

  function reportLateness(error: unknown): never {
    if (error instanceof TimeoutError && systemClock.monotonic() >= reportsAt) {
      reportsAt = systemClock.monotonic() + REPORT_INTERVAL
      config.report(error)
    }
    throw error
  }

  /** Has all masters say from when on they have all notes: later would be too late. */
  async function noteSince(): Promise<void> {
    const places = SHARDS.map((shard) => toSinceKey(scope, shard)).map((key) => ({ key, sinceKey: key }))
    await Promise.allSettled(places.map((place) => note(place, 0, 0)))
  }

  return {
    async add(id, lifetime, longest = LONGEST) {
      const { verdict, isNew } = await note(toPlace(scope, id), lifetime, longest)
      if (isNew) await noteSince()
      if (verdict === 1 || verdict === 0) return verdict === 1
      throw new Error('Redis has started, or taken over, too lately to know of all proofs that were used')
    },
  }
}

/** None where the answer is not two integers. */
function readNumbers(answer: unknown): readonly number[] {
  const isGood = Array.isArray(answer) && answer.length === 2 && answer.every(Number.isInteger)
  return isGood ? (answer as readonly number[]) : []
}
