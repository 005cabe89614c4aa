import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'
import { kill } from '../../support/program.js'
import type { ApiMessage, ApiSettings } from '../programs/api.js'

const PROGRAM = join(import.meta.dirname, '../programs/dist/api.js')

/** A process of an API. */
export interface ApiProcess {
  /** Status of the answer to a request. */
  get(headers: Readonly<Record<string, string>>): Promise<number>
  /** Has it forget what it knows of a token. */
  forget(token: string): void
  /** What went wrong with Redis. */
  readonly problems: readonly string[]
}

type StartProcesses = (
  count: number,
  settings: ApiSettings,
  environment?: Readonly<Record<string, string>>,
) => Promise<readonly ApiProcess[]>

/**
 * Starts processes of an API.
 *
 * @param after When they end. Default: with the tests of a file.
 */
export function useProcesses(after: typeof afterAll = afterAll): StartProcesses {
  const children: ReturnType<typeof fork>[] = []
  after(async () => {
    for (const child of children.splice(0)) await kill(child)
  })
  return (count, settings, environment = {}) => {
    if (!existsSync(PROGRAM))
      throw new Error(`${PROGRAM} is missing: run npx pnpm@10 interop, which builds it`)
    const start = (): Promise<ApiProcess> => {
      const env = { ...process.env, ...environment }
      const child = fork(PROGRAM, [JSON.stringify(settings)], { execArgv: [], env })
      children.push(child)
      return createApiProcess(child)
    }
    return Promise.all(Array.from({ length: count }, start))
  }
}

async function createApiProcess(child: ReturnType<typeof fork>): Promise<ApiProcess> {
  const problems: string[] = []
  const port = await new Promise<number>((resolve) => {
    child.on('message', (message: ApiMessage) => {
      if (message.problem !== undefined) problems.push(message.problem)
      if (message.port !== undefined) resolve(message.port)
    })
  })
  return {
    problems,
    get: async (headers) => {
      const response = await fetch(`http://127.0.0.1:${String(port)}/stats`, { headers })
      await response.arrayBuffer()
      return response.status
    },
    forget: (token) => void child.send(token),
  }
}

/** How often each value comes. */
export function countEach(values: readonly number[]): Readonly<Record<number, number>> {
  const counts: Record<number, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

/** One of a list, in turns. */
export function inTurn<T>(list: readonly T[], index: number): T {
  const member = list[index % list.length]
  if (member === undefined) throw new TypeError('The list is empty')
  return member
}
