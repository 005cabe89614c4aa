import { createChance, seedOf } from './chance.js'
import { examine, type Target, type Trial } from './target.js'

/** One execution in which Bearward and the reference differ. */
export interface Failure {
  readonly target: string
  readonly seed: number
  readonly index: number
  readonly problem: string
  /** As JSON. */
  readonly input: string
}

/** What came of the executions of a target. */
export interface Tally {
  readonly target: Target
  /** How often each verdict was reached: `accepted`, or a code. */
  readonly verdicts: ReadonlyMap<string, number>
  executions(): number
  note(verdict: string): void
}

/** A run, and what it took. */
export interface Run {
  readonly tally: Tally
  readonly failures: readonly Failure[]
  /** Of one core. */
  readonly seconds: number
}

/** Failures after which a target is given up: most are the same. */
const MOST_FAILURES = 10
/** Fewer executions say nothing of the share of those that are accepted. */
const TELLING = 1_000

export function startTally(target: Target): Tally {
  const verdicts = new Map<string, number>()
  return {
    target,
    verdicts,
    executions: () => [...verdicts.values()].reduce((sum, count) => sum + count, 0),
    note: (verdict) => void verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1),
  }
}

/**
 * Runs a target: each execution follows from seed and index alone.
 *
 * @param from The first index.
 */
export async function runTarget(target: Target, seed: number, executions: number, from = 0): Promise<Run> {
  const tally = startTally(target)
  const failures: Failure[] = []
  const before = process.cpuUsage()
  for (let index = from; index < from + executions && failures.length < MOST_FAILURES; index += 1) {
    const trial = prepare(target, seed, index)
    try {
      const verdict = examine(trial)
      tally.note(typeof verdict === 'string' ? verdict : await verdict)
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      failures.push({ target: target.name, seed, index, problem, input: JSON.stringify(trial.input) })
    }
  }
  const { user, system } = process.cpuUsage(before)
  return { tally, failures, seconds: (user + system) / 1e6 }
}

/** The input of one execution. */
export function prepare(target: Target, seed: number, index: number): Trial {
  return target.prepare(createChance(seedOf(seed, target.name, index)))
}

/** Whether fewer inputs were accepted than the target asks for: a fuzzer that is always refused tests nothing. */
export function isTooOftenRefused({ target, verdicts, executions }: Tally): boolean {
  const accepted = verdicts.get('accepted') ?? 0
  return executions() >= TELLING && accepted < Math.max(1, target.leastAccepted * executions())
}
