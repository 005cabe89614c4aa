import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** What the Debian package brings along, and `setpriv` of util-linux. */
const PROGRAMS = { glewlwyd: 'glewlwyd', setpriv: 'setpriv', sqlite: 'sqlite3' } as const
/** Statements that make a new database. */
const DATABASE_SCRIPT = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3'
const MODULES = '/usr/lib/glewlwyd'
/** Another program may take the port that was free. */
const ATTEMPTS = 3
/** For a start and between two questions whether it is over, in milliseconds. */
const START_LIMIT = 8000
const PAUSE = 10

/** Glewlwyd as a process, with a database of its own and nothing in it yet. */
export interface GlewlwydProgram {
  readonly origin: string
  /** Ends the process, and removes its files. */
  stop(): Promise<void>
}

/**
 * Starts it at a free port of this machine, in a temporary directory.
 *
 * @throws Error that names the Debian package, where it is not installed
 */
export async function startGlewlwydProgram(): Promise<GlewlwydProgram> {
  checkIsInstalled()
  const folder = await mkdtemp(join(tmpdir(), 'glewlwyd-'))
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  try {
    const database = join(folder, 'database')
    execFileSync(PROGRAMS.sqlite, [database], { input: readDatabaseScript() })
    const { origin, kill } = await startAnywhere(join(folder, 'configuration'), database)
    return { origin, stop: () => kill().finally(removeFolder) }
  } catch (error) {
    await removeFolder()
    throw error
  }
}

function checkIsInstalled(): void {
  if (spawnSync(PROGRAMS.glewlwyd, ['--version']).error === undefined) return
  throw new Error(
    'Glewlwyd is not installed. On Debian: apt-get install --no-install-recommends glewlwyd dbconfig-sqlite3',
  )
}

/** In one transaction: it takes a tenth of the time. */
function readDatabaseScript(): string {
  return `BEGIN;\n${readFileSync(DATABASE_SCRIPT, 'utf8')}\nCOMMIT;\n`
}

interface Running {
  readonly origin: string
  kill(): Promise<void>
}

async function startAnywhere(file: string, database: string, attempts = ATTEMPTS): Promise<Running> {
  const port = await findFreePort()
  const origin = `http://127.0.0.1:${String(port)}`
  await writeFile(file, toConfiguration(port, origin, database))
  // It ends with the process that started it, however that ends.
  const child = spawn(PROGRAMS.setpriv, ['--pdeathsig', 'KILL', PROGRAMS.glewlwyd, '--config-file', file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text))
  if (await isUp(child, origin)) return { origin, kill: () => kill(child) }
  await kill(child)
  if (attempts === 1) throw new Error(`Glewlwyd did not start:\n${log}`)
  return startAnywhere(file, database, attempts - 1)
}

/** Asks until it answers: it says that it started before it listens. */
async function isUp(child: ChildProcess, origin: string): Promise<boolean> {
  const deadline = AbortSignal.timeout(START_LIMIT)
  while (isRunning(child) && !deadline.aborted) {
    const answer = await fetch(`${origin}/config/`, { signal: deadline }).then(
      (response) => response.text(),
      () => '',
    )
    if (answer.includes('api_prefix')) return true
    await setTimeout(PAUSE)
  }
  return false
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode === null && signalCode === null

async function kill(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function toConfiguration(port: number, origin: string, database: string): string {
  return `
    port = ${String(port)}
    bind_address = "127.0.0.1"
    external_url = "${origin}"
    api_prefix = "api"
    login_url = "login.html"
    log_mode = "console"
    log_level = "INFO"
    cookie_secure = 0
    session_key = "session"
    session_expiration = 3600
    admin_scope = "g_admin"
    profile_scope = "g_profile"
    hash_algorithm = "SHA512"
    user_module_path = "${MODULES}/user"
    client_module_path = "${MODULES}/client"
    user_auth_scheme_module_path = "${MODULES}/scheme"
    plugin_module_path = "${MODULES}/plugin"
    static_files_mime_types = ()
    database = { type = "sqlite3"; path = "${database}" }
  `
}
