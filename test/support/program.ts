import { once } from 'node:events'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** Of util-linux. */
const SETPRIV = 'setpriv'
/** For a start, and between two questions whether it is over, in milliseconds. */
const START_LIMIT = 8000
const PAUSE = 10

/** Whether a program of Debian is there. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined
}

/** Starts a program that ends with the process which started it, however that ends. */
export function startChild(program: string, parameters: readonly string[]): ChildProcess {
  return spawn(SETPRIV, ['--pdeathsig', 'KILL', program, ...parameters], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

/** Asks again until the answer is yes, or it is too late for one. */
export async function isTrueSoon(
  ask: () => boolean | Promise<boolean>,
  limit = START_LIMIT,
): Promise<boolean> {
  const deadline = performance.now() + limit
  while (performance.now() < deadline) {
    if (await ask()) return true
    await setTimeout(PAUSE)
  }
  return false
}

/** Whether a process that was started has not ended. */
export const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode === null && signalCode === null

/** Ends a process as a crash would. */
export async function kill(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** A port that was free just now. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
