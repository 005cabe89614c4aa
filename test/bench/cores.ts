import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Two cores: one for what is measured, one for what measures. */
export interface Cores {
  readonly app: number
  readonly load: number
}

/** Where `taskset` (Linux) can keep a program on a core, and this process may use two. */
export function findCores(): Cores | undefined {
  const [load, ...others] = readAllowed()
  const app = others.at(-1)
  if (load === undefined || app === undefined) return undefined
  const { status } = spawnSync('taskset', ['-c', String(app), 'true'])
  return status === 0 ? { app, load } : undefined
}

/** Numbers of cores, from a list such as `0-3,8`. */
function readAllowed(): readonly number[] {
  let status: string
  try {
    status = readFileSync('/proc/self/status', 'utf8')
  } catch {
    return []
  }
  const list = /^Cpus_allowed_list:\s*(\S+)$/mu.exec(status)?.[1] ?? ''
  return list.split(',').flatMap((range) => {
    const [first = NaN, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 || 0 }, (_, index) => first + index)
  })
}
