import { isTooOftenRefused, prepare, runTarget, type Failure, type Run } from './run.js'
import type { Target } from './target.js'

/**
 * Runs targets one after another, and prints a row for each, and what was found.
 *
 * @param executions Of all of them, by their weights.
 * @param index Runs that execution alone, and prints its input.
 *
 * @returns Whether nothing was found, and enough was accepted
 */
export async function printRuns(
  targets: readonly Target[],
  seed: number,
  executions: number,
  index?: number,
): Promise<boolean> {
  const weights = targets.reduce((sum, { weight }) => sum + weight, 0)
  console.log(`seed ${String(seed)}\n`)
  console.log('| Target | Executions | Accepted | Refused | Findings | Executions/s |')
  console.log('| ------ | ---------: | -------: | ------- | -------: | -----------: |')
  const runs: Run[] = []
  for (const target of targets) {
    const count = index === undefined ? Math.ceil((executions * target.weight) / weights) : 1
    const run = await runTarget(target, seed, count, index)
    console.log(toRow(run))
    runs.push(run)
  }
  if (index !== undefined)
    for (const target of targets) console.log(`\n${JSON.stringify(prepare(target, seed, index).input)}`)
  const failures = runs.flatMap((run) => run.failures)
  const idle = runs.filter(({ tally }) => isTooOftenRefused(tally))
  const sum = runs.reduce((total, run) => total + countOf(run), 0)
  console.log(`\n${format(sum)} executions, ${format(failures.length)} findings, seed ${String(seed)}`)
  for (const failure of failures) console.log(`\n${describe(failure)}`)
  for (const { tally } of idle)
    console.log(
      `\n${tally.target.name}: less than ${String(tally.target.leastAccepted * 100)} % were accepted`,
    )
  return failures.length + idle.length === 0
}

function toRow(run: Run): string {
  const { tally, failures, seconds } = run
  const accepted = tally.verdicts.get('accepted') ?? 0
  const refused = [...tally.verdicts]
    .filter(([verdict]) => verdict !== 'accepted')
    .sort(([, one], [, other]) => other - one)
    .map(([code, count]) => `${code} ${format(count)}`)
  const cells = [
    tally.target.name,
    format(countOf(run)),
    `${format(accepted)} (${String(Math.round((100 * accepted) / countOf(run)))} %)`,
    refused.join(', '),
    format(failures.length),
    format(Math.round(countOf(run) / seconds)),
  ]
  return `| ${cells.join(' | ')} |`
}

function countOf({ tally, failures }: Run): number {
  return tally.executions() + failures.length
}

function describe({ target, seed, index, problem, input }: Failure): string {
  const replay = `npx pnpm@10 fuzz ${target} --seed ${String(seed)} --index ${String(index)}`
  return `${target}: ${problem}\n  ${input}\n  ${replay}`
}

function format(count: number): string {
  return count.toLocaleString('en')
}
