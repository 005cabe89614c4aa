import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { APP_NAMES, APPS, type AppName } from '../apps/apps.js'
import { AUDIENCE, createIssuer } from '../issuer.js'
import { askProgram, startProgram, type Program } from '../program.js'
import type { AppSettings } from '../programs/app.js'
import type { Load, LoadSettings } from '../programs/load.js'
import { toMedian, toRatios, toSpread, toText } from '../statistics.js'
import type { MakeTables, Table } from '../table.js'

type Loads = Partial<Record<AppName, Load[]>>

const CONNECTIONS = 50

/** Requests to applications on loopback; each application and the load are processes of their own. */
export const compareHttp: MakeTables = async ({ isQuick }) => {
  const [rounds, each] = isQuick ? [1, 1_000] : [3, 2_000]
  const keys = createServer()
  const { issuer, file, remove } = await prepare(keys, 2_000 + (rounds + 1) * each)
  const apps = await Promise.all(
    APP_NAMES.map((app) => start({ app, issuer, audience: AUDIENCE, jwksUri: `${issuer}/jwks` })),
  )
  const send = (index: number, load: Omit<LoadSettings, 'connections' | 'file' | 'url'>) => {
    const url = `http://127.0.0.1:${String(apps[index]?.greeting.port)}/stats`
    return askProgram<Load>('load', { url, file, connections: CONNECTIONS, ...load } satisfies LoadSettings)
  }
  const loads: Record<Situation, Loads> = { hot: {}, thousand: {}, new: {} }
  for (let round = 0; round <= rounds; round += 1)
    for (const situation of SITUATIONS)
      for (const [index, app] of APP_NAMES.entries()) {
        const load = await send(index, toLoad(situation, round, each))
        if (round > 0) (loads[situation][app] ??= []).push(load)
      }
  for (const app of apps) app.end()
  keys.close()
  await remove()
  return SITUATIONS.map((situation) => toTable(situation, loads[situation]))
}

const TITLES = {
  hot: 'One token',
  thousand: '1,000 tokens',
  new: 'Every token new',
}
type Situation = keyof typeof TITLES
const SITUATIONS = Object.keys(TITLES) as readonly Situation[]

/** Line 0 has the token that is hot, the next 1,000 come again, all after 2,000 are sent once. */
function toLoad(
  situation: Situation,
  round: number,
  each: number,
): Omit<LoadSettings, 'connections' | 'file' | 'url'> {
  if (situation === 'hot') return { firstLine: 0, tokens: 1, requests: 2 * each }
  if (situation === 'thousand') return { firstLine: 1, tokens: 1_000, requests: 2 * each }
  return { firstLine: 2_000 + round * each, tokens: each, requests: each }
}

/** A key set that is served, and tokens in a file. */
async function prepare(keys: Server, count: number) {
  keys.listen(0, '127.0.0.1')
  await once(keys, 'listening')
  const { port } = keys.address() as AddressInfo
  const { issuer, jwk, mint } = await createIssuer('RS256', `http://127.0.0.1:${String(port)}`)
  keys.on('request', (_request, response: ServerResponse) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }))
  })
  const folder = await mkdtemp(join(tmpdir(), 'bearward-bench-'))
  const file = join(folder, 'tokens')
  await writeFile(file, (await mint(count)).join('\n'))
  return { issuer, file, remove: () => rm(folder, { recursive: true }) }
}

function start(settings: AppSettings): Promise<Program<{ readonly port: number }>> {
  return startProgram('app', settings)
}

function toTable(situation: Situation, loads: Loads): Table {
  const rates = (app: AppName) => (loads[app] ?? []).map(({ requestsPerSecond }) => requestsPerSecond)
  return {
    title: `${TITLES[situation]}: over HTTP, ${String(CONNECTIONS)} connections`,
    header: ['', 'Requests/s', 'Of the bare framework', 'p50, ms', 'p99, ms'],
    rows: APP_NAMES.map((app) => {
      const share = toMedian(toRatios(rates(app), rates(APPS[app].bare)))
      const latency = (pick: (load: Load) => number) => toText(toMedian((loads[app] ?? []).map(pick)))
      return [
        APPS[app].title,
        toSpread(rates(app)),
        `${(share * 100).toFixed(1)} %`,
        latency(({ p50 }) => p50),
        latency(({ p99 }) => p99),
      ]
    }),
    samples: Object.fromEntries(APP_NAMES.map((app) => [APPS[app].title, rates(app)])),
  }
}
