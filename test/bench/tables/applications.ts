import type { Cores } from '../cores.js'
import type { Measured } from '../stage.js'
import { toDifferences, toMedian, toRatios, toSpread, toText } from '../statistics.js'
import type { Table } from '../table.js'

/** What was taken of an application, and of the one without a library on the same framework. */
export interface Row {
  readonly title: string
  readonly taken: readonly Measured[]
  readonly bare: readonly Measured[]
}

/** Applications beside each other, in a table that says what each costs more than the bare one. */
export function toApplicationTable(title: string, caption: string, rows: readonly Row[]): Table {
  return {
    title,
    caption,
    header: [
      '',
      'Requests/s',
      'Of the bare framework',
      'CPU, µs',
      'More than bare, µs',
      'p50, ms',
      'p99, ms',
    ],
    rows: rows.map((row) => [
      row.title,
      toSpread(toRates(row.taken)),
      `${(toShare(row) * 100).toFixed(1)} %`,
      toSpread(toTimes(row.taken)),
      toMedian(toDifferences(toTimes(row.taken), toTimes(row.bare))).toFixed(1),
      toText(toMedian(row.taken.map(({ p50 }) => p50))),
      toText(toMedian(row.taken.map(({ p99 }) => p99))),
    ]),
    samples: Object.fromEntries(
      rows.flatMap((row) => [
        [`${row.title}: requests/s`, toRates(row.taken)],
        [`${row.title}: CPU, µs`, toTimes(row.taken)],
      ]),
    ),
  }
}

/** Of the requests of the bare application, from 0 to 1. */
export function toShare({ taken, bare }: Row): number {
  return toMedian(toRatios(toRates(taken), toRates(bare)))
}

/** Requests/s. */
export function toRates(taken: readonly Measured[]): readonly number[] {
  return taken.map(({ requestsPerSecond }) => requestsPerSecond)
}

/** On processors, in µs. */
export function toTimes(taken: readonly Measured[]): readonly number[] {
  return taken.map(({ cpu }) => cpu)
}

/** Under which circumstances. */
export function describeLoad(all: readonly Measured[], cores: Cores | undefined): string {
  const busiest = Math.max(...all.map(({ busy }) => busy))
  const fewest = Math.min(...all.map(({ requests }) => requests))
  const where = cores
    ? 'The applications are kept on one core by `taskset`, and the load on another.'
    : 'Nothing is kept on a core of its own: without `taskset`, or two cores, these figures mean little.'
  return (
    `${where} At least ${toText(fewest)} requests a sample; the load generator (of the bench, on \`node:net\`) took at most ` +
    `${toText(busiest * 100)} % of a core. CPU is the time on processors of the application, for each request.`
  )
}
