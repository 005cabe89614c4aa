import { APP_NAMES, APPS, type AppName } from '../apps/apps.js'
import { findCores, type Cores } from '../cores.js'
import { prepareTokens } from '../field-lines.js'
import type { Job } from '../programs/load.js'
import { takeRounds } from '../rounds.js'
import { openStage, type Measured } from '../stage.js'
import type { Bar, MakeTables, Table } from '../table.js'
import { describeLoad, toApplicationTable, toShare } from './applications.js'

type Taken = Record<string, Measured[]>

/** Those that are there for other tables. */
const OTHERS: readonly AppName[] = ['bearwardDpop', 'expressOauth2JwtBearerDpop', 'inLine', 'jose']
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
  const stage = await openStage({ algorithm: 'RS256', apps: NAMES, prepare: prepareTokens(tokens), cores })
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
  if (situation === 'hot') return { ...job, firstLine: 0, lines: 1 }
  if (situation === 'thousand') return { ...job, firstLine: 1, lines: 1_000 }
  // A bare application sees no difference: it is measured for as long as the others.
  return { ...job, firstLine, lines: tokens, ...(isBare(app) ? {} : { requests: tokens }) }
}

function isBare(app: AppName): boolean {
  return APPS[app].bare === app
}

function toTable(situation: Situation, taken: Taken, cores: Cores | undefined): Table {
  const toRow = (app: AppName) => ({
    title: APPS[app].title,
    taken: taken[app] ?? [],
    bare: taken[APPS[app].bare] ?? [],
  })
  const caption = `${describeLoad(Object.values(taken).flat(), cores)} ${PEERS}`
  const table = toApplicationTable(
    `${TITLES[situation]}: over HTTP, ${String(CONNECTIONS)} connections`,
    caption,
    NAMES.map(toRow),
  )
  const bars = situation === 'thousand' ? [] : toBars(situation, (app) => toShare(toRow(app)))
  return { ...table, bars }
}

const PEERS =
  '`@fastify/jwt` has its cache, and the one public key; `jwk` of Hono is given the keys, which it would fetch for each ' +
  'request; all others find them in a key set.'

/** The bare applications are the whole. */
function toBars(situation: Situation, toShare: (app: AppName) => number): readonly Bar[] {
  return NAMES.filter((app) => !isBare(app)).map((app) => ({
    of: APPS[app].title,
    series: TITLES[situation],
    share: toShare(app),
  }))
}
