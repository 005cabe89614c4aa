import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startProgram } from './program.js'

/** What the Debian packages bring along. */
const PROGRAMS = { glewlwyd: 'glewlwyd', sqlite: 'sqlite3' } as const
/** Statements that make a new database. */
const DATABASE_SCRIPT = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3'
const MODULES = '/usr/lib/glewlwyd'

/** Glewlwyd as a process, with a database of its own and nothing in it yet. */
export interface GlewlwydProgram {
  readonly origin: string
  /** Ends the process, and removes its files. */
  stop(): Promise<void>
}

/** Starts it at a free port of this machine, in a temporary folder. */
export async function startGlewlwydProgram(): Promise<GlewlwydProgram> {
  const { port, stop } = await startProgram({
    name: 'Glewlwyd',
    command: PROGRAMS.glewlwyd,
    packages: 'glewlwyd dbconfig-sqlite3',
    async configure(folder, port) {
      const [database, file] = [join(folder, 'database'), join(folder, 'configuration')]
      await rm(database, { force: true })
      execFileSync(PROGRAMS.sqlite, [database], { input: readDatabaseScript() })
      await writeFile(file, toConfiguration(port, toOrigin(port), database))
      return ['--config-file', file]
    },
    async isUp(port, deadline) {
      const answer = await fetch(`${toOrigin(port)}/config/`, { signal: deadline }).then(
        (response) => response.text(),
        () => '',
      )
      return answer.includes('api_prefix')
    },
  })
  return { origin: toOrigin(port), stop }
}

const toOrigin = (port: number): string => `http://127.0.0.1:${String(port)}`

/** In one transaction: it takes a tenth of the time. */
function readDatabaseScript(): string {
  return `BEGIN;\n${readFileSync(DATABASE_SCRIPT, 'utf8')}\nCOMMIT;\n`
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
