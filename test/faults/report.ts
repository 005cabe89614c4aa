import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { CACHE_SECONDS } from './apps/api.js'
import { LIBRARIES, LIBRARY_NAMES, type LibraryName } from './apps/libraries.js'
import type { Results } from './run.js'
import type { PhaseTally, Tally } from './tally.js'
import type { Verdict } from './truth.js'

/** Answers that are not true. A 503 is none of them: it says that nobody can tell. */
export function countWrongAnswers(results: Results, libraries: readonly LibraryName[]): number {
  const wrong = libraries.map((library) => {
    const { refused, believed } = sum(results, library)
    return refused + believed + countWrongStatuses(results, library)
  })
  return wrong.reduce((total, count) => total + count, 0)
}

/** Good tokens said to be at fault in an outage, and bad ones answered as if the API were broken while there was none. */
function countWrongStatuses(results: Results, library: LibraryName): number {
  const inOutage = sum(results, library, true)
  return inOutage.refused + sum(results, library).broken - inOutage.broken
}

/** The tables of `docs/reliability.md`. */
export async function toMarkdown(results: Results): Promise<string> {
  const seconds = results.phases.reduce((total, phase) => total + phase.seconds, 0)
  const [cpu] = cpus()
  return [
    `${new Date().toISOString().slice(0, 10)}, Node.js ${process.versions.node}, ${String(cpus().length)} × ${cpu?.model ?? 'unknown'}, ${String(seconds)} seconds.`,
    `Versions: ${await listVersions()}.`,
    toSummary(results),
    '### Good tokens that were not accepted, and bad ones that were',
    toPhaseTable(results, describeFailures),
    '### Fetches',
    toPhaseTable(results, ({ fetches }) => String(fetches)),
    '### Longest wait, in seconds',
    toPhaseTable(results, ({ longestWait }) => toSeconds(longestWait)),
  ].join('\n\n')
}

function toSummary(results: Results): string {
  const header = [
    'Library',
    'Requests',
    'Good tokens refused',
    'Good tokens failed (500, or no answer)',
    'Wrong status',
    'Bad tokens accepted',
    '503 with `Retry-After`, to good and bad tokens',
    'Withdrawn key believed',
    'Fetches',
    'Longest wait',
  ]
  const rows = LIBRARY_NAMES.map((library) => {
    const total = sum(results, library)
    return [
      LIBRARIES[library].title,
      String(total.requests),
      String(total.refused),
      String(total.failed),
      String(countWrongStatuses(results, library)),
      String(total.believed),
      `${String(total.unavailable)}, ${String(total.undecided)}`,
      toBelief(results.tallies[library]),
      String(total.fetches),
      `${toSeconds(total.longestWait)} s`,
    ]
  })
  return toTable(header, rows)
}

/** Past the time that keys are kept, it is as good as for ever. */
function toBelief({ longestBelief }: Tally): string {
  return longestBelief > CACHE_SECONDS
    ? `more than ${String(CACHE_SECONDS)} s`
    : `${longestBelief.toFixed(0)} s`
}

function toPhaseTable({ phases, tallies }: Results, describe: (tally: PhaseTally) => string): string {
  const header = ['Phase', 'Seconds', ...LIBRARY_NAMES.map((library) => LIBRARIES[library].title)]
  const rows = phases.map(({ name, seconds }) => [
    name,
    String(seconds),
    ...LIBRARY_NAMES.map((library) => {
      const tally = tallies[library].phases[name]
      return tally ? describe(tally) : ''
    }),
  ])
  return toTable(header, rows)
}

function describeFailures({ failures, verdicts }: PhaseTally): string {
  const parts = Object.entries(failures).map(([status, count]) =>
    status === '0' ? `${String(count)} × no answer` : `${String(count)} × ${status}`,
  )
  if (verdicts.believed > 0) parts.push(`${String(verdicts.believed)} accepted`)
  return parts.length === 0 ? '–' : parts.join(', ')
}

type Sums = Record<Verdict, number> & Pick<PhaseTally, 'fetches' | 'longestWait' | 'requests'>

/** @param isOutage Whether to take outages alone. Default: all phases. */
function sum({ phases, tallies }: Results, library: LibraryName, isOutage = false): Sums {
  const wanted = phases.filter((phase) => phase.isOutage || !isOutage)
  const found = wanted.flatMap(({ name }) => tallies[library].phases[name] ?? [])
  const add = (pick: (tally: PhaseTally) => number) => found.reduce((total, tally) => total + pick(tally), 0)
  const verdicts = Object.fromEntries(
    Object.keys(found[0]?.verdicts ?? {}).map((verdict) => [
      verdict,
      add((tally) => tally.verdicts[verdict as Verdict]),
    ]),
  ) as Record<Verdict, number>
  return {
    ...verdicts,
    requests: add(({ requests }) => requests),
    fetches: add(({ fetches }) => fetches),
    longestWait: Math.max(0, ...found.map(({ longestWait }) => longestWait)),
  }
}

async function listVersions(): Promise<string> {
  const names = new Set(LIBRARY_NAMES.flatMap((library) => LIBRARIES[library].packages))
  const versions = [...names, 'express', 'oidc-provider', 'autocannon'].map(async (name) => {
    const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
    const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string }
    return `${name} ${version}`
  })
  return (await Promise.all(versions)).join(', ')
}

function toSeconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1)
}

function toTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
