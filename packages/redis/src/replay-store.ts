import { systemClock, type ReplayStore, type Seconds } from '@bearward/core'
import { TimeoutError } from '@redis/client'
import type { Connection } from './connection.js'
import type { RedisConfig } from './options.js'
import { createScript } from './script.js'

/**
 * Notes an identifier, unless it is noted, and tells whether it did: 1, 0; -1 where it cannot be told.
 *
 * A Redis that starts anew, or takes over from another, may lack notes, and has another replication ID. `since` says from
 * when on it has all: what may have been noted before, as far as `longest` goes, it knows nothing of. KEYS: the identifier,
 * and what is known of this Redis, in one slot. ARGV: lifetime and longest lifetime in milliseconds, whether an empty Redis
 * is trusted. Answers with the verdict, and whether this Redis was new.
 */
const NOTE = createScript(`
local replication = redis.call('INFO', 'replication')
local id = string.match(replication, 'master_replid:(%x+)')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local stored = redis.call('GETRANGE', KEYS[2], 0, 63)
local known, since = string.match(stored, '^(%x+) (%d+)$')
local isNew = 0
since = tonumber(since)
if known ~= id then
  isNew = 1
  since = now
  if stored == '' and ARGV[3] == '1' then
    since = 0
  elseif stored == '' and string.match(replication, 'second_repl_offset:%-1') then
    local uptime = string.match(redis.call('INFO', 'server'), 'uptime_in_seconds:(%d+)')
    since = now - tonumber(uptime) * 1000
  end
  redis.call('SET', KEYS[2], id .. ' ' .. string.format('%.0f', since))
end
local lifetime = tonumber(ARGV[1])
if lifetime == 0 then return {-1, isNew} end
if redis.call('EXISTS', KEYS[1]) == 1 then return {0, isNew} end
if now + lifetime <= since + tonumber(ARGV[2]) then return {-1, isNew} end
if not redis.call('SET', KEYS[1], '', 'NX', 'PX', ARGV[1]) then return {0, isNew} end
return {1, isNew}
`)

/** Hash tags, so that all masters of a cluster have their share. */
const SHARDS = 16
/** The longest lifetime of any configuration of the core, in seconds. */
const LONGEST: Seconds = 3_690

/** Between two reports that Redis does not answer in time, in seconds. */
const REPORT_INTERVAL: Seconds = 1

/** Makes a store of used proofs. */
export function createReplayStore(connection: Connection, config: RedisConfig): ReplayStore {
  const trust = config.trustsEmptyRedis ? 1 : 0
  let reportsAt: Seconds = -Infinity

  async function note(shard: number, id: string, lifetime: Seconds, longest: Seconds): Promise<number> {
    const scope = `${config.prefix}:proof:{${String(shard)}}`
    const parameters = [Math.ceil(lifetime * 1000), Math.ceil(longest * 1000), trust]
    const keys = [`${scope}:${id}`, `${scope}.since`]
    const answer = await connection.run(NOTE, keys, parameters).catch(reportLateness)
    const [verdict, isNew] = readNumbers(answer)
    if (isNew === 1 && id !== '') await noteSince(shard)
    return verdict ?? -1
  }

  function reportLateness(error: unknown): never {
    if (error instanceof TimeoutError && systemClock.monotonic() >= reportsAt) {
      reportsAt = systemClock.monotonic() + REPORT_INTERVAL
      config.report(error)
    }
    throw error
  }

  /** Has the other masters say from when on they have all notes: later would be too late. */
  async function noteSince(shard: number): Promise<void> {
    const others = Array.from({ length: SHARDS }, (_, index) => index).filter((index) => index !== shard)
    await Promise.allSettled(others.map((other) => note(other, '', 0, 0)))
  }

  return {
    async add(id, lifetime, longest = LONGEST) {
      const shard = (id.codePointAt(0) ?? 0) % SHARDS
      const verdict = await note(shard, id, lifetime, longest)
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
