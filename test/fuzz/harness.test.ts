import { describe, expect, test } from '@jest/globals'
import { RefusedError } from '../../packages/core/src/errors.js'
import { createChance, seedOf } from './support/chance.js'
import { isTooOftenRefused, runTarget } from './support/run.js'
import { examine, verdictOf, type Target, type Verdict } from './support/target.js'

/** A target that says this of every number, where the reference says that. */
function targetThat(judge: (input: number) => Verdict, expected: (input: number) => Verdict): Target {
  return {
    name: 'numbers',
    weight: 1,
    leastAccepted: 0.5,
    prepare(chance) {
      const input = chance.below(100)
      return { input, judge: () => judge(input), expect: () => expected(input) }
    },
  }
}

const accept = (input: number): Verdict => ({ accepted: input })
const refuse = (): Verdict => ({ refused: 'ERR_TOKEN_MALFORMED' })
const refuseLarge = (input: number): Verdict => (input < 90 ? accept(input) : refuse())

describe('a run', () => {
  test('counts what is accepted and what is refused', async () => {
    const { tally, failures } = await runTarget(targetThat(refuseLarge, refuseLarge), 1, 1_000)
    expect(failures).toEqual([])
    expect(tally.executions()).toBe(1_000)
    expect([...tally.verdicts.keys()].sort()).toEqual(['ERR_TOKEN_MALFORMED', 'accepted'])
    expect(isTooOftenRefused(tally)).toBe(false)
  })

  test('is no good where less is accepted than should be, or nothing', async () => {
    for (const judge of [refuse, (input: number) => (input < 40 ? accept(input) : refuse())]) {
      const { tally } = await runTarget(targetThat(judge, judge), 1, 1_000)
      expect(isTooOftenRefused(tally)).toBe(true)
    }
  })

  test.each([
    ['accepts what must be refused', accept, refuseLarge, 'accepts what the reference refuses'],
    [
      'refuses what must be accepted',
      refuseLarge,
      accept,
      'refuses with ERR_TOKEN_MALFORMED what the reference accepts',
    ],
    [
      'reads something else',
      () => ({ accepted: 1 }),
      () => ({ accepted: 2 }),
      'reads 1 where the reference reads 2',
    ],
  ])('finds what %s, and finds it again alone', async (_name, judge, expected, problem) => {
    const target = targetThat(judge, expected)
    const { failures } = await runTarget(target, 1, 1_000)
    const [failure] = failures
    expect(failure?.problem).toContain(problem)
    const again = await runTarget(target, 1, 1, failure?.index)
    expect(again.failures).toEqual([failure])
  })

  test('finds what is thrown and is no error of ours, or one with a code that the check does not name', () => {
    const outcomeOf = (error: Error): unknown => {
      const check = () => {
        throw error
      }
      const target = targetThat(() => verdictOf(['ERR_TOKEN_MALFORMED'], check), refuse)
      return examine(target.prepare(createChance(1)))
    }
    expect(outcomeOf(new RefusedError('ERR_TOKEN_MALFORMED'))).toBe('ERR_TOKEN_MALFORMED')
    expect(() => outcomeOf(new RefusedError('ERR_TOKEN_KEY'))).toThrow('refuses with ERR_TOKEN_KEY')
    expect(() => outcomeOf(new TypeError('broken'))).toThrow('throws TypeError: broken')
  })
})

describe('chance', () => {
  test('gives the same numbers for the same seed, each below its limit, and all of them', () => {
    const draw = (seed: number) => {
      const chance = createChance(seed)
      return Array.from({ length: 200 }, () => chance.below(10))
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
    expect([...new Set(draw(7))].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('begins anew for each execution of each target', () => {
    const names = ['json', 'claims']
    const seeds = names.flatMap((name) => Array.from({ length: 1_000 }, (_, index) => seedOf(1, name, index)))
    expect(new Set(seeds).size).toBe(2_000)
    expect(seedOf(1, 'json', 5)).toBe(seedOf(1, 'json', 5))
  })
})
