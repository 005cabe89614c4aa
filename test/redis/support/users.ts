import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withClient } from './stores.js'

const README = join(import.meta.dirname, '../../../packages/redis/README.md')
const LINE = /^ACL SETUSER stats-api (?<rights>.+)$/gm
const [OF_SERVER, OF_BOTH] = Array.from(readFileSync(README, 'utf8').matchAll(LINE), ({ groups }) =>
  String(groups?.['rights']).split(' '),
)

/** What the page of the package says that a user needs. */
export const RIGHTS: readonly string[] = OF_SERVER ?? []
/** And of a cluster. */
export const OF_CLUSTER: readonly string[] = OF_BOTH ?? []
/** How servers say that a right is lacking. */
export const REASON = /permission|can't run this command/

/**
 * Makes a user who has these rights alone, in place of the one before.
 *
 * @param url Of who may.
 *
 * @returns The URL of the user.
 */
export async function createUser(url: string, rights: readonly string[]): Promise<string> {
  await withClient(url, (client) => client.aclSetUser('stats-api', ['reset', ...rights]))
  return url.replace('redis://', 'redis://stats-api:password@')
}
