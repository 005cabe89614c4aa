import type { Connection } from './connection.js'
import { createScript } from './script.js'

/** As much of a value as a process takes, and one byte more: anybody may have written it. KEYS: its key. ARGV: how much. */
const READ = createScript(`return redis.call('GETRANGE', KEYS[1], 0, ARGV[1])`)

/** The value under a key: `''` where there is none, `undefined` where it is longer than `most` bytes. */
export async function readValue(
  connection: Connection,
  key: string,
  most: number,
): Promise<string | undefined> {
  const value = await connection.run(READ, [key], [most])
  if (typeof value !== 'string') throw new TypeError('Redis gave something that is no value')
  return value.length > most ? undefined : value
}
