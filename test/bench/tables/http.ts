import { APP_NAMES, APPS, type AppName } from '../apps/apps.js'
import { findCores, type Cores } from '../cores.js'
import type { Job } from '../programs/load.js'
import { takeRounds } from '../rounds.js'
import { openStage, type Measured } from '../stage.js'
import { toDifferences, toMedian, toRatios, toSpread, toText } from '../statistics.js'
import type { Bar, MakeTables, Table } from '../table.js'

type Taken = Record<string, Measured[]>

/** Those that are there for the table of event loops. */
const OTHERS: readonly AppName[] = ['inLine', 'jose']
const NAMES = APP_NAMES.filter((name) => !OTHERS.includes(name))
const CONNECTIONS = 50

/** How much is sent in a round: the first that is reached. */
interface Amount {
  readonly seconds: number
  /** Where every token is new. */
  readonly tokens: number
}

/** Requests to applications on loopback; each application and the load are processes of their own. */
export const compareHttp: MakeTables = async ({ isQuick }) => {
  const rounds = isQuick ? 1 : 3
  const first: Amount = isQuick ? { seconds: 0.2, tokens: 200 } : { seconds: 1, tokens: 4_000 }
  const each: Amount = isQuick ? { seconds: 0.3, tokens: 500 } : { seconds: 2, tokens: 9_000 }
  const cores = findCores()
  const tokens = 2_000 + first.tokens + rounds * each.tokens
  const stage = await openStage({ algorithm: 'RS256', apps: NAMES, tokens, cores })
  const tables: Table[] = []
  for (const situation of SITUATIONS) {
    const subjects = NAMES.map((app) => ({
      name: app,
      sample: (round: number) => {
        const firstLine = round === 0 ? 2_000 : 2_000 + first.tokens + (round - 1) * each.tokens
        return stage.send(app, toJob(situation, app, firstLine, round === 0 ? first : each))
      },
    }))
    tables.push(toTable(situation, await takeRounds(subjects, rounds), cores))
  }
  await stage.end()
  return tables
}

const TITLES = {
  hot: 'One token',
  thousand: '1,000 tokens',
  new: 'Every token new',
}
type Situation = keyof typeof TITLES
const SITUATIONS = Object.keys(TITLES) as readonly Situation[]

/** Line 0 has the token that is hot, the next 1,000 come again, all after 2,000 are sent once to each application. */
function toJob(
  situation: Situation,
  app: AppName,
  firstLine: number,
  { seconds, tokens }: Amount,
): Omit<Job, 'port'> {
  const job = { connections: CONNECTIONS, seconds }
  if (situation === 'hot') return { ...job, firstLine: 0, tokens: 1 }
  if (situation === 'thousand') return { ...job, firstLine: 1, tokens: 1_000 }
  // A bare application sees no difference: it is measured for as long as the others.
  return { ...job, firstLine, tokens, ...(isBare(app) ? {} : { requests: tokens }) }
}

function isBare(app: AppName): boolean {
  return APPS[app].bare === app
}

function toTable(situation: Situation, taken: Taken, cores: Cores | undefined): Table {
  const all = (app: AppName, pick: (measured: Measured) => number) => (taken[app] ?? []).map(pick)
  const rates = (app: AppName) => all(app, ({ requestsPerSecond }) => requestsPerSecond)
  const times = (app: AppName) => all(app, ({ cpu }) => cpu)
  const share = (app: AppName) => toMedian(toRatios(rates(app), rates(APPS[app].bare)))
  const more = (app: AppName) => toMedian(toDifferences(times(app), times(APPS[app].bare)))
  return {
    title: `${TITLES[situation]}: over HTTP, ${String(CONNECTIONS)} connections`,
    caption: describe(Object.values(taken).flat(), cores),
    header: [
      '',
      'Requests/s',
      'Of the bare framework',
      'CPU, µs',
      'More than bare, µs',
      'p50, ms',
      'p99, ms',
    ],
    rows: NAMES.map((app) => [
      APPS[app].title,
      toSpread(rates(app)),
      `${(share(app) * 100).toFixed(1)} %`,
      toSpread(times(app)),
      more(app).toFixed(1),
      toText(toMedian(all(app, ({ p50 }) => p50))),
      toText(toMedian(all(app, ({ p99 }) => p99))),
    ]),
    samples: Object.fromEntries(
      NAMES.flatMap((app) => [
        [`${APPS[app].title}: requests/s`, rates(app)],
        [`${APPS[app].title}: CPU, µs`, times(app)],
      ]),
    ),
    bars: situation === 'thousand' ? [] : toBars(situation, share),
  }
}

/** The bare applications are the whole. */
function toBars(situation: Situation, toShare: (app: AppName) => number): readonly Bar[] {
  return NAMES.filter((app) => !isBare(app)).map((app) => ({
    of: APPS[app].title,
    series: TITLES[situation],
    share: toShare(app),
  }))
}

/** Under which circumstances. */
function describe(all: readonly Measured[], cores: Cores | undefined): string {
  const busiest = Math.max(...all.map(({ busy }) => busy))
  const fewest = Math.min(...all.map(({ requests }) => requests))
  const where = cores
    ? 'The applications are kept on one core by `taskset`, and the load on another.'
    : 'Nothing is kept on a core of its own: without `taskset`, or two cores, these figures mean little.'
  return (
    `${where} At least ${toText(fewest)} requests a sample; the load generator (of the bench, on \`node:net\`) took at most ` +
    `${toText(busiest * 100)} % of a core. CPU is the time on processors of the application, for each request. ` +
    '`@fastify/jwt` has its cache, and the one public key; `jwk` of Hono is given the keys, which it would fetch for each ' +
    'request; all others find them in a key set.'
  )
}
