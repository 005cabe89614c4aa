import { APPS, type AppName } from '../apps/apps.js'
import { findCores } from '../cores.js'
import { prepareTokens } from '../field-lines.js'
import type { Algorithm } from '../issuer.js'
import { takeRounds } from '../rounds.js'
import { openStage, type Measured } from '../stage.js'
import { toMedian, toSpread, toText } from '../statistics.js'
import type { MakeTables, Table } from '../table.js'

const ALGORITHMS = ['RS256', 'ES256'] as const satisfies readonly Algorithm[]
const NAMES = ['bearwardExpress', 'inLine', 'jose'] as const satisfies readonly AppName[]
const CONNECTIONS = 50
/** What each application has seen before it is measured. */
const WARM_UP = 3_000

/** How late the event loop is while every token is new and requests never cease: in line, and on the pool. */
export const compareEventLoops: MakeTables = async ({ isQuick }) => {
  const [rounds, each] = isQuick ? [1, 500] : [5, 8_000]
  const taken: Record<string, Record<string, Measured[]>> = {}
  for (const algorithm of ALGORITHMS) taken[algorithm] = await measure(algorithm, rounds, each)
  return [toTable(taken, each)]
}

async function measure(
  algorithm: Algorithm,
  rounds: number,
  each: number,
): Promise<Record<string, Measured[]>> {
  const warmUp = Math.min(WARM_UP, each)
  const tokens = warmUp + rounds * each
  const cores = findCores()
  // The applications may use all cores: a thread pool is for them.
  const stage = await openStage({
    algorithm,
    apps: NAMES,
    prepare: prepareTokens(tokens),
    cores: cores && { load: cores.load },
    watches: true,
  })
  const subjects = NAMES.map((app) => ({
    name: app,
    sample: (round: number) =>
      stage.send(app, {
        connections: CONNECTIONS,
        firstLine: round === 0 ? 0 : warmUp + (round - 1) * each,
        ...(round === 0 ? toAmount(warmUp) : toAmount(each)),
      }),
  }))
  const performances = await takeRounds(subjects, rounds)
  await stage.end()
  return performances
}

function toAmount(count: number) {
  return { lines: count, requests: count }
}

function toTable(taken: Readonly<Record<string, Record<string, Measured[]>>>, each: number): Table {
  const all = Object.entries(taken).flatMap(([algorithm, performances]) =>
    NAMES.map((app) => ({ algorithm, app, samples: performances[app] ?? [] })),
  )
  return {
    title: `The event loop under ${String(CONNECTIONS)} connections, every token new: by how much it is late`,
    caption:
      `${each.toLocaleString('en')} requests a sample. The applications may use all cores; what sends the requests is kept ` +
      'on one where `taskset` is at hand.',
    header: ['', 'Algorithm', 'Requests/s', 'CPU, µs', 'p50, ms', 'p99, ms', 'Longest, ms'],
    rows: all.map(({ algorithm, app, samples }) => [
      APPS[app].title,
      algorithm,
      toSpread(samples.map(({ requestsPerSecond }) => requestsPerSecond)),
      toText(toMedian(samples.map(({ cpu }) => cpu))),
      toSpread(samples.map(({ delay }) => delay.p50)),
      toSpread(samples.map(({ delay }) => delay.p99)),
      toSpread(samples.map(({ delay }) => delay.max)),
    ]),
    samples: Object.fromEntries(
      all.map(({ algorithm, app, samples }) => [
        `${algorithm}: ${APPS[app].title}: p99`,
        samples.map(({ delay }) => delay.p99),
      ]),
    ),
  }
}
