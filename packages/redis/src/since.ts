/**
 * For scripts: tells from when on this Redis knows all that was written under keys of a slot, in milliseconds since the epoch.
 *
 * One that starts anew, or takes over from another, may lack what was written last, and has another replication ID; one that
 * is empty may have been put in place of another, or be given the slot of a master that is lost. So what is known begins
 * `now` where nothing says otherwise, however long it has run. A replication ID also changes where nothing is lost, as a first
 * replica or a backup comes, or the last replica stays away: then it is the same run of a server that was no replica before.
 * Gives the time, what it stands behind, and whether it was new.
 */
export const READ_SINCE = `
-- By the clocks of the processes, as far as that is not much later than the own one.
local function nowOr(given)
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  return math.min(math.max(now, tonumber(given)), now + 3720000)
end

local function readSince(key, now, isEmptyTrusted)
  local replication = redis.call('INFO', 'replication')
  local id = string.match(replication, 'master_replid:(%x+)')
  local stored = redis.call('GETRANGE', key, 0, 127)
  local known, knownRun, since = string.match(stored, '^(%x+) (%x+) (%d+)$')
  since = tonumber(since)
  if known == id then return since, id .. ' ' .. knownRun .. ' ', 0 end
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
  local isSame = knownRun == run and string.match(replication, 'second_repl_offset:%-1')
  if not isSame then since = now end
  if stored == '' and isEmptyTrusted == '1' then since = 0 end
  local origin = id .. ' ' .. run .. ' '
  redis.call('SET', key, origin .. string.format('%.0f', since))
  return since, origin, isSame and 0 or 1
end
`

/** Hash tags, so that all masters of a cluster have their share. */
export const SHARDS: readonly number[] = Array.from({ length: 16 }, (_, index) => index)

/** Where something is kept: in one slot with what tells from when on that is known. */
export interface Place {
  readonly key: string
  readonly sinceKey: string
}

/** @param scope What the keys begin with. */
export function toPlace(scope: string, id: string): Place {
  const shard = (id.codePointAt(0) ?? 0) % SHARDS.length
  return { key: `${scope}:{${String(shard)}}:${id}`, sinceKey: toSinceKey(scope, shard) }
}

/** The key that tells from when on all is known of a shard. */
export function toSinceKey(scope: string, shard: number): string {
  return `${scope}:{${String(shard)}}.since`
}
