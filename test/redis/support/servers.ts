import { relative } from 'node:path'
import { describe, expect } from '@jest/globals'
import { isInstalled } from '../../support/program.js'
import { SERVERS, toMissing } from './redis-program.js'
import { say } from './say.js'

/**
 * Runs tests on each server that is there. Where Redis is not, says so, and counts them as skipped, which CI takes for a
 * failure.
 *
 * @param title `%s` in it is the server.
 */
export function describeEachServer(title: string, tests: (server: string) => void): void {
  for (const server of SERVERS) {
    const isSkipped = server === 'redis-server' && !isInstalled(server)
    if (isSkipped) say(`Skipped: ${findFile()}. ${toMissing(server)}`)
    const run = isSkipped ? describe.skip : describe
    run(title.replace('%s', server), () => {
      tests(server)
    })
  }
}

/** The test file that runs. */
function findFile(): string {
  return relative(process.cwd(), expect.getState().testPath ?? '')
}
