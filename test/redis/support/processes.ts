import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'
import { kill } from '../../support/program.js'
import type { ApiSettings } from '../programs/api.js'

const PROGRAM = join(import.meta.dirname, '../programs/dist/api.js')

/** A process of an API. */
export interface ApiProcess {
  /** Status of the answer to a request. */
  get(headers: Readonly<Record<string, string>>): Promise<number>
  /** Has it forget what it knows of a token. */
  forget(token: string): void
}

/** Starts processes of an API, which end with the tests of a file. */
export function useProcesses(): (count: number, settings: ApiSettings) => Promise<readonly ApiProcess[]> {
  const children: ReturnType<typeof fork>[] = []
  afterAll(async () => {
    for (const child of children) await kill(child)
  })

  async function startProcess(settings: ApiSettings): Promise<ApiProcess> {
    if (!existsSync(PROGRAM))
      throw new Error(`${PROGRAM} is missing: run npx pnpm@10 interop, which builds it`)
    const child = fork(PROGRAM, [JSON.stringify(settings)], { execArgv: [] })
    children.push(child)
    const [port] = (await once(child, 'message')) as [number]
    return {
      get: async (headers) => {
        const response = await fetch(`http://127.0.0.1:${String(port)}/stats`, { headers })
        await response.arrayBuffer()
        return response.status
      },
      forget: (token) => void child.send(token),
    }
  }

  return (count, settings) => Promise.all(Array.from({ length: count }, () => startProcess(settings)))
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
