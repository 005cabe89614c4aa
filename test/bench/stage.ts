import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { STATS } from './apps/app.js'
import { APPS, type AppName } from './apps/apps.js'
import type { Cores } from './cores.js'
import { AUDIENCE, createIssuer, type Algorithm, type Issuer } from './issuer.js'
import { startProgram, type Program } from './program.js'
import type { AppSettings, Usage } from './programs/app.js'
import type { Job, Load, LoadSettings } from './programs/load.js'

/** Applications, and a program that sends requests to them, each a process of its own. */
export interface Stage {
  send(app: AppName, job: Omit<Job, 'port'>): Promise<Measured>
  end(): Promise<void>
}

/** What came of a job. */
export interface Measured extends Load {
  /** Of the application, for each request, in microseconds. */
  readonly cpu: number
  readonly delay: Usage['delay']
}

export interface StageSettings {
  readonly algorithm: Algorithm
  readonly apps: readonly AppName[]
  /** How many tokens to mint; each is on a line. */
  readonly tokens: number
  /** Where the applications stay, and what sends to them. Default: anywhere. */
  readonly cores?: Partial<Cores> | undefined
  /** Whether the delay of event loops is measured. Default: false. */
  readonly watches?: boolean
}

/** Mints, starts, and sees that each application refuses a forged token. */
export async function openStage(settings: StageSettings): Promise<Stage> {
  const { algorithm, cores, watches = false } = settings
  const keys = createServer()
  const { issuer, mint } = await serveKeys(keys, algorithm)
  const folder = await mkdtemp(join(tmpdir(), 'bearward-bench-'))
  const file = join(folder, 'tokens')
  await writeFile(file, (await mint(settings.tokens)).join('\n'))
  const forged = await forge(mint)
  const source = { issuer, audience: AUDIENCE, jwksUri: `${issuer}/jwks`, algorithm, watches }
  const apps = new Map<AppName, Program<Address>>()
  for (const app of settings.apps) {
    const program = await startApp({ ...source, app }, cores?.app)
    await checkApp(app, program.greeting, await mint(1), forged)
    apps.set(app, program)
  }
  const load = await startProgram('load', { file } satisfies LoadSettings, { core: cores?.load })
  return {
    async send(app, job) {
      const program = apps.get(app)
      if (program === undefined) throw new Error(`${app} was not started`)
      await program.ask('begin')
      const done = await load.ask<Load>({ ...job, ...program.greeting } satisfies Job)
      const { cpu, delay } = await program.ask<Usage>('end')
      return { ...done, cpu: cpu / done.requests, delay }
    },
    async end() {
      for (const program of [...apps.values(), load]) program.end()
      keys.close()
      await rm(folder, { recursive: true })
    },
  }
}

interface Address {
  readonly port: number
}

function startApp(settings: AppSettings, core: number | undefined): Promise<Program<Address>> {
  return startProgram('app', settings, { core })
}

async function serveKeys(keys: Server, algorithm: Algorithm): Promise<Issuer> {
  keys.listen(0, '127.0.0.1')
  await once(keys, 'listening')
  const { port } = keys.address() as AddressInfo
  const issuer = await createIssuer(algorithm, { url: `http://127.0.0.1:${String(port)}` })
  keys.on('request', (_request, response: ServerResponse) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [issuer.jwk] }))
  })
  return issuer
}

/** With the signature of another one. */
async function forge(mint: Issuer['mint']): Promise<string> {
  const [token = '', other = ''] = await mint(2)
  return `${token.slice(0, token.lastIndexOf('.'))}${other.slice(other.lastIndexOf('.'))}`
}

/** All have to answer the same; and one that accepts anything would be fast. */
async function checkApp(
  app: AppName,
  { port }: Address,
  [token = '']: readonly string[],
  forged: string,
): Promise<void> {
  const ask = (authorization: string) =>
    fetch(`http://127.0.0.1:${String(port)}/stats`, { headers: { authorization } })
  const good = await ask(`Bearer ${token}`)
  const fields = [...good.headers].filter(([name]) => name !== 'date')
  const answer = JSON.stringify([good.status, Object.fromEntries(fields), await good.text()])
  if (answer !== EXPECTED) throw new Error(`${app} answers ${answer}`)
  const { status } = await ask(`Bearer ${forged}`)
  const expected = APPS[app].bare === app ? 200 : 401
  if (status !== expected) throw new Error(`${app} answers ${String(status)} to a forged token`)
}

const FIELDS = {
  connection: 'keep-alive',
  'content-length': String(JSON.stringify(STATS).length),
  'content-type': 'application/json; charset=utf-8',
  'keep-alive': 'timeout=5',
}
const EXPECTED = JSON.stringify([200, FIELDS, JSON.stringify(STATS)])
