import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@redis/client'
import type { KeyAndCertificate } from '../../interop/support/certificate-authority.js'
import { findFreePort, isInstalled, isRunning, isTrueSoon, kill, startChild } from '../../support/program.js'

/** To test this one, and no other: `BEARWARD_REDIS_SERVER=/opt/valkey/bin/valkey-server npx pnpm@10 interop`. */
const CHOSEN = process.env['BEARWARD_REDIS_SERVER']

/** What tests run on. All have the same options. Debian 13 has both, Debian 12 the first. */
export const SERVERS: readonly string[] =
  CHOSEN === undefined ? ['redis-server', ...['valkey-server'].filter(isInstalled)] : [CHOSEN]

/** Says that a server is not there. */
export function toMissing(server: string): string {
  if (server === CHOSEN) return `BEARWARD_REDIS_SERVER is no program: ${server}`
  return `${server} is not installed. On Debian: apt-get install --no-install-recommends ${server}`
}

/** A server as a process, with nothing in it. */
export interface RedisProgram {
  readonly port: number
  readonly url: string
  /** Ends it as a crash would. */
  kill(): Promise<void>
  /** Starts it again, at the same port: with what it had written to disk. */
  start(): Promise<void>
  /** Stops it where it is: its connections stay open, and nothing answers. */
  pause(): void
  resume(): void
  /** Ends it, and removes its files. */
  stop(): Promise<void>
}

/** Another program may take the port that was free. */
const ATTEMPTS = 3

interface StartOptions {
  /** Has it listen for TLS alone. */
  readonly tls?: KeyAndCertificate
  readonly name?: string
  readonly findPort?: () => Promise<number>
  readonly attempts?: number
}

/**
 * Starts it at a free port of this machine, in a temporary directory.
 *
 * @param options Of its configuration. Default: nothing is written to disk.
 *
 * @throws Error that names the Debian package, where it is not installed
 */
export async function startRedisProgram(
  options: readonly string[] = [],
  startOptions: StartOptions = {},
): Promise<RedisProgram> {
  const { name = SERVERS[0] ?? '', tls, findPort = findFreePort, attempts = ATTEMPTS } = startOptions
  if (!isInstalled(name)) throw new Error(toMissing(name))
  const folder = await mkdtemp(join(tmpdir(), 'redis-'))
  const port = await findPort()
  const listening = tls ? await configureTls(folder, port, tls) : ['--port', String(port)]
  const parameters = [...listening, '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...options]
  const url = `${tls ? 'rediss' : 'redis'}://127.0.0.1:${String(port)}`
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    child = startChild(name, parameters)
    if (!(await isUp(child, url))) throw new Error(`${name} did not start`)
  }

  async function stop(): Promise<void> {
    if (child !== undefined) await kill(child)
    await rm(folder, { recursive: true, force: true })
  }

  try {
    await start()
  } catch (error) {
    await stop()
    if (attempts === 1) throw error
    return startRedisProgram(options, { ...startOptions, attempts: attempts - 1 })
  }
  return {
    port,
    url,
    start,
    stop,
    kill: async () => (child === undefined ? undefined : kill(child)),
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
  }
}

async function configureTls(
  folder: string,
  port: number,
  { cert, key }: KeyAndCertificate,
): Promise<readonly string[]> {
  const [certificate, privateKey] = [join(folder, 'certificate'), join(folder, 'key')]
  await writeFile(certificate, cert)
  await writeFile(privateKey, key, { mode: 0o600 })
  const files = [
    '--tls-cert-file',
    certificate,
    '--tls-key-file',
    privateKey,
    '--tls-ca-cert-file',
    certificate,
  ]
  return ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no', ...files]
}

async function isUp(child: ChildProcess, url: string): Promise<boolean> {
  const isOver = await isTrueSoon(async () => !isRunning(child) || (await answers(url)))
  return isOver && isRunning(child)
}

/** For a client that believes whoever is there: tests look at its certificate. */
export function toTlsOptions(url: string) {
  return url.startsWith('rediss:') ? ({ tls: true, rejectUnauthorized: false } as const) : {}
}

async function answers(url: string): Promise<boolean> {
  const client = createClient({ url, socket: { reconnectStrategy: false, ...toTlsOptions(url) } })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.ping()) === 'PONG'
  } catch {
    return false
  } finally {
    if (client.isOpen) client.destroy()
  }
}
