import { test } from '@jest/globals'
import fc from 'fast-check'
import type { Schedule } from './schedule.js'
import { withoutStacks } from './stacks.js'

/** Schedules of the main property of a contract. */
const RUNS = 1_000
/** In milliseconds: for a machine that is busy. */
const TIME_LIMIT = 300_000

/**
 * A test that a promise holds for every schedule: `check` throws where it does not.
 *
 * Prints the seed that it begins with. `BEARWARD_SEED` repeats a run, and `BEARWARD_PATH` begins with the schedule that
 * failed in it; then alone errors have stacks.
 *
 * @param runs How many schedules. Default: 1,000.
 */
export function property<T extends Schedule>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  check: (schedule: T) => Promise<void>,
  { runs = RUNS }: { readonly runs?: number } = {},
): void {
  const seed = readSeed()
  const path = process.env['BEARWARD_PATH']
  const run = path === undefined ? (schedule: T) => withoutStacks(() => check(schedule)) : check
  test(
    name,
    async () => {
      process.stdout.write(`seed ${String(seed)}: ${name}\n`)
      await fc.assert(fc.asyncProperty(arbitrary, run), {
        seed,
        numRuns: runs,
        ...(path !== undefined && { path }),
      })
    },
    TIME_LIMIT,
  )
}

function readSeed(): number {
  const seed = process.env['BEARWARD_SEED']
  return seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(seed)
}
