import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { findFreePort, isRunning, kill } from '../../support/program.js'

/** Something that npm does not install. */
export interface InstalledProgram {
  readonly name: string
  readonly command: string
  /** The Debian packages that it comes in. */
  readonly packages: string
}

/** A server that npm does not install, and how to start it. */
export interface ProgramDescription extends InstalledProgram {
  /** Writes what it needs into a folder of its own, which is empty before the first attempt. Returns its arguments. */
  configure(folder: string, port: number): Promise<readonly string[]>
  /** Asks whether it answers yet. */
  isUp(port: number, deadline: AbortSignal): Promise<boolean>
}

/** A server as a process, on this machine. */
export interface Program {
  readonly port: number
  /** Ends the process, and removes its files. */
  stop(): Promise<void>
}

/** Ends a program with the process that started it, however that ends. Part of util-linux. */
const SETPRIV = ['setpriv', '--pdeathsig', 'KILL'] as const
/** Where Debian has servers, which is not in the path of everybody. */
const ENVIRONMENT = { ...process.env, PATH: [process.env['PATH'], '/usr/sbin'].join(delimiter) }
/** Another program may take the port that was free. */
const ATTEMPTS = 3
/** For a start and between two questions whether it is over, in milliseconds. */
const START_LIMIT = 8000
const PAUSE = 10

/**
 * Starts a program at a free port of this machine, in a temporary folder.
 *
 * @throws Error that names the Debian packages, where it is not installed
 */
export async function startProgram(description: ProgramDescription): Promise<Program> {
  checkIsInstalled(description)
  const folder = await mkdtemp(join(tmpdir(), `${description.command}-`))
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  try {
    const { port, stop } = await startAnywhere(description, folder)
    return { port, stop: () => stop().finally(removeFolder) }
  } catch (error) {
    await removeFolder()
    throw error
  }
}

/** @throws Error that names the Debian packages, where it is not installed */
export function checkIsInstalled({ name, command, packages }: InstalledProgram): void {
  if (spawnSync(command, ['--version'], { env: ENVIRONMENT }).error === undefined) return
  throw new Error(`${name} is not installed. On Debian: apt-get install --no-install-recommends ${packages}`)
}

async function startAnywhere(
  description: ProgramDescription,
  folder: string,
  attempts = ATTEMPTS,
): Promise<Program> {
  const port = await findFreePort()
  const [command, ...options] = SETPRIV
  const child = spawn(
    command,
    [...options, description.command, ...(await description.configure(folder, port))],
    { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let log = ''
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => (log += text))
  }
  if (await isUp(child, (deadline) => description.isUp(port, deadline))) {
    return { port, stop: () => kill(child) }
  }
  await kill(child)
  if (attempts === 1) throw new Error(`${description.name} did not start:\n${log}`)
  return startAnywhere(description, folder, attempts - 1)
}

/** Asks until it answers: it may say that it started before it listens. */
async function isUp(child: ChildProcess, ask: (deadline: AbortSignal) => Promise<boolean>): Promise<boolean> {
  const deadline = AbortSignal.timeout(START_LIMIT)
  while (isRunning(child) && !deadline.aborted) {
    if (await ask(deadline)) return true
    await setTimeout(PAUSE)
  }
  return false
}
