import { APPS, type AppName } from '../apps/apps.js'
import { PROOF_ALGORITHMS, type ProofAlgorithm } from '../clients.js'
import { findCores } from '../cores.js'
import { prepareProofs } from '../field-lines.js'
import type { Job } from '../programs/load.js'
import { takeRounds } from '../rounds.js'
import { openStage, type Measured } from '../stage.js'
import { toMedian, toRatios, toText } from '../statistics.js'
import type { MakeTables, Scale, Table } from '../table.js'
import { describeLoad, toApplicationTable, toRates, toTimes } from './applications.js'
import { compareProofs } from './proofs.js'

const NAMES = [
  'express',
  'bearwardExpress',
  'bearwardDpop',
  'expressOauth2JwtBearer',
  'expressOauth2JwtBearerDpop',
] as const satisfies readonly AppName[]
/** Bearward, and the one beside it. */
const PROOFS = ['bearwardDpop', 'expressOauth2JwtBearerDpop'] as const
const BEARER = ['bearwardExpress', 'expressOauth2JwtBearer'] as const
const CLIENTS = 100
const CONNECTIONS = 50

/** Requests with a proof each: without HTTP, and to applications on loopback. */
export const compareDpop: MakeTables = async (scale) => {
  const tables = [...(await compareProofs(scale))]
  for (const algorithm of PROOF_ALGORITHMS) tables.push(await measure(algorithm, scale))
  return tables
}

/** No longer than proofs are good for: all are signed before. */
async function measure(algorithm: ProofAlgorithm, { isQuick }: Scale): Promise<Table> {
  const [rounds, first, each] = isQuick ? [1, 200, 500] : [5, 2_000, 6_000]
  const seconds = isQuick ? 0.3 : 2
  const cores = findCores()
  const prepare = prepareProofs(algorithm, CLIENTS, first + rounds * each)
  const stage = await openStage({ algorithm: 'RS256', apps: NAMES, prepare, cores })
  const subjects = NAMES.map((app) => ({
    name: app,
    sample: (round: number) => {
      const lines = round === 0 ? first : each
      const firstLine = CLIENTS + (round === 0 ? 0 : first + (round - 1) * each)
      return stage.send(app, { connections: CONNECTIONS, seconds, ...toLines(app, firstLine, lines) })
    },
  }))
  const taken = await takeRounds(subjects, rounds)
  await stage.end()
  return toTable(algorithm, taken, describeLoad(Object.values(taken).flat(), cores))
}

/** Each proof is sent once, and Bearer tokens again and again. A bare application sees no difference. */
function toLines(
  app: AppName,
  firstLine: number,
  lines: number,
): Pick<Job, 'firstLine' | 'lines' | 'requests'> {
  if (app === 'express') return { firstLine, lines }
  return APPS[app].proofs === undefined
    ? { firstLine: 0, lines: CLIENTS }
    : { firstLine, lines, requests: lines }
}

function toTable(algorithm: ProofAlgorithm, taken: Record<string, Measured[]>, load: string): Table {
  const all = (app: AppName) => taken[app] ?? []
  const answered = (app: AppName, other: AppName) =>
    toText(toMedian(toRatios(toRates(all(app)), toRates(all(other)))))
  const needed = (app: AppName, other: AppName) =>
    toText(toMedian(toRatios(toTimes(all(other)), toTimes(all(app)))))
  const caption =
    `${load} ${String(CLIENTS)} clients, each with a key and a token, take turns; each proof comes once, each token again and again. ` +
    `For a request with a proof, \`express-oauth2-jwt-bearer\` takes ${needed(...PROOFS)} × the CPU of Bearward, which answers ` +
    `${answered(...PROOFS)} × as many; with Bearer tokens, ${needed(...BEARER)} × and ${answered(...BEARER)} ×.`
  const rows = NAMES.map((app) => ({
    title: APPS[app].title,
    taken: all(app),
    bare: all(APPS[app].bare),
  }))
  return toApplicationTable(
    `DPoP, proofs by ${algorithm}: over HTTP, ${String(CONNECTIONS)} connections`,
    caption,
    rows,
  )
}
