import { createHook } from 'node:async_hooks'
import { setImmediate } from 'node:timers'

/** Turns of the event loop in which nothing was left to do: two, for what is put off to the next turn. */
const QUIET_TURNS = 2

// Taken now: who fakes timers later fakes those of the tests, not this one.
const nextTurn = setImmediate

/** Ids of the jobs that OpenSSL is at in the thread pool of Node.js. */
const jobs = new Set<number>()
let onLastDone: (() => void) | undefined
let quietTurns = 0
let running: Promise<void> | undefined

const hook = createHook({
  init(id, type, _trigger, job: { run?: () => unknown }) {
    if (type.endsWith('REQUEST')) watchJob(id, job) // SIGNREQUEST, HASHREQUEST, KEYPAIRGENREQUEST, …
  },
  after(id) {
    if (jobs.delete(id) && jobs.size === 0) onLastDone?.()
  },
})

/** Jobs of the same types are done at once for `randomUUID` and `generateKeyPairSync`: their `run` returns a pair. */
function watchJob(id: number, job: { run?: () => unknown }): void {
  const { run } = job
  if (run === undefined) return // a request of HTTP
  job.run = () => {
    const result = run.call(job)
    if (!Array.isArray(result)) jobs.add(id)
    return result
  }
}

/**
 * Watches what is being computed, until there is no more of it. To be called before each piece of work: what began while
 * nobody watched is not seen.
 *
 * The hook makes every promise of the process slower, so it is on while something runs, and at no other time.
 */
export function watch(): void {
  quietTurns = 0
  running ??= run()
}

/** Waits until all promises that can settle have settled: none waits for a microtask or for the thread pool. */
export function untilQuiet(): Promise<void> {
  watch()
  return running ?? Promise.resolve()
}

async function run(): Promise<void> {
  hook.enable()
  while (quietTurns < QUIET_TURNS) {
    const isBusy = jobs.size > 0
    await new Promise<void>((resolve) => {
      if (isBusy) onLastDone = resolve
      else nextTurn(resolve)
    })
    quietTurns = isBusy || jobs.size > 0 ? 0 : quietTurns + 1
  }
  hook.disable()
  running = undefined
}
