import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppName } from './apps/apps.js'
import type { Cores } from './cores.js'
import type { PrepareMaterial } from './field-lines.js'
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
  /** What is to be sent. */
  readonly prepare: PrepareMaterial
  /** Where the applications stay, and what sends to them. Default: anywhere. */
  readonly cores?: Partial<Cores> | undefined
  /** Whether the delay of event loops is measured. Default: false. */
  readonly watches?: boolean
}

/** Signs, starts, and sees that each application refuses what is forged. */
export async function openStage(settings: StageSettings): Promise<Stage> {
  const { algorithm, cores, watches = false } = settings
  const keys = createServer()
  const issuer = await serveKeys(keys, algorithm)
  const { lines, check } = await settings.prepare(issuer)
  const folder = await mkdtemp(join(tmpdir(), 'bearward-bench-'))
  const file = join(folder, 'lines')
  await writeFile(file, lines.join('\n'))
  const { issuer: url } = issuer
  const source = { issuer: url, audience: AUDIENCE, jwksUri: `${url}/jwks`, algorithm, watches }
  const apps = new Map<AppName, Program<Address>>()
  for (const app of settings.apps) {
    const program = await startApp({ ...source, app }, cores?.app)
    await check(app, program.greeting.port)
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
