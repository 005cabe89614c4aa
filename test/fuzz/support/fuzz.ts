import { describe, expect, test } from '@jest/globals'
import fc, { type GeneratorValue } from 'fast-check'
import { withoutStacks } from '../../contracts/support/stacks.js'
import type { Chance } from './chance.js'
import { isTooOftenRefused, startTally } from './run.js'
import { examine, type Target } from './target.js'
import { TARGETS } from '../targets/targets.js'

/** Executions of all targets together. */
const EXECUTIONS = 100_000
/** In milliseconds: for a machine that is busy. */
const TIME_LIMIT = 300_000

/**
 * Tests that Bearward and the reference agree on what is made for these targets, and that enough of it is accepted.
 *
 * Prints the seed that it begins with. `BEARWARD_SEED` repeats a run, and `BEARWARD_PATH` begins with the input that failed
 * in it; then alone errors have stacks.
 */
export function fuzz(...targets: readonly Target[]): void {
  describe.each(targets)('$name', (target) => {
    const seed = readSeed()
    const path = process.env['BEARWARD_PATH']
    const run = () => runBounded(target, { seed, ...(path !== undefined && { path }) })
    test(
      `never differs from the reference, which accepts ${String(target.leastAccepted * 100)} % and more`,
      async () => {
        process.stdout.write(`seed ${String(seed)}: ${target.name}\n`)
        const tally = await (path === undefined ? withoutStacks(run) : run())
        expect({ ...tally, isTooOftenRefused: isTooOftenRefused(tally) }).toMatchObject({
          isTooOftenRefused: false,
        })
      },
      TIME_LIMIT,
    )
  })
}

async function runBounded(target: Target, parameters: fc.Parameters<[GeneratorValue]>) {
  const tally = startTally(target)
  const check = async (generate: GeneratorValue) => {
    const trial = target.prepare(toChance(generate))
    try {
      tally.note(await examine(trial))
    } catch (error) {
      throw new Error(`${String(error)}\n${JSON.stringify(trial.input)}`, { cause: error })
    }
  }
  await fc.assert(fc.asyncProperty(fc.gen(), check), { ...parameters, numRuns: countOf(target) })
  return tally
}

function countOf({ weight }: Target): number {
  return Math.ceil((EXECUTIONS * weight) / TARGETS.reduce((sum, target) => sum + target.weight, 0))
}

/** Numbers of fast-check, which knows how to make them smaller. */
function toChance(generate: GeneratorValue): Chance {
  return { below: (limit) => generate(fc.nat, { max: Math.max(0, limit - 1) }) }
}

function readSeed(): number {
  const seed = process.env['BEARWARD_SEED']
  return seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(seed)
}
