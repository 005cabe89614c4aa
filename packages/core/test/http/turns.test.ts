import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import { createTurns } from '../../src/http/turns.js'
import { settle } from './scripted-document.js'

/** Turns of which each waits for 3 seconds; notes who got one, and who did not. */
function create(most: number) {
  const clock = createManualClock()
  const turns = createTurns(most, 3, clock, () => new Error('busy'))
  const outcomes: string[] = []
  const given = new Map<string, () => void>()
  return {
    clock,
    outcomes,
    async take(...names: readonly string[]) {
      for (const name of names) {
        turns.take().then(
          (giveBack) => {
            outcomes.push(name)
            given.set(name, giveBack)
          },
          (error: unknown) => outcomes.push(`${name}: ${(error as Error).message}`),
        )
      }
      await settle()
    },
    giveBack: (name: string) => given.get(name)?.(),
    async pass(seconds: number) {
      clock.advance(seconds)
      await settle()
    },
  }
}

describe('turns', () => {
  test.each([1, 2, 50])('are given to %d at once, and the next one waits', async (most) => {
    const { take, giveBack, outcomes } = create(most)
    const names = Array.from({ length: most }, (_, index) => String(index))
    await take(...names, 'next')
    expect(outcomes).toEqual(names)
    giveBack('0')
    await settle()
    expect(outcomes).toEqual([...names, 'next'])
  })

  test('are given first come, first served', async () => {
    const { take, giveBack, outcomes } = create(1)
    await take('a', 'b', 'c', 'd')
    for (const name of ['a', 'b', 'c']) {
      giveBack(name)
      await settle()
    }
    expect(outcomes).toEqual(['a', 'b', 'c', 'd'])
  })

  test('are as many after all were given back as before', async () => {
    const { take, giveBack, outcomes, clock } = create(2)
    await take('a', 'b', 'c')
    for (const name of ['a', 'b', 'c']) {
      giveBack(name)
      await settle()
    }
    await take('d', 'e', 'f')
    expect(outcomes).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(clock.timers).toBe(1)
  })

  test('are waited for until the limit, by each for itself', async () => {
    const { take, giveBack, pass, outcomes, clock } = create(1)
    await take('a', 'b')
    await pass(1)
    await take('c')
    await pass(1.999)
    expect(outcomes).toEqual(['a'])
    await pass(0.001)
    expect(outcomes).toEqual(['a', 'b: busy'])
    giveBack('a')
    await settle()
    expect(outcomes).toEqual(['a', 'b: busy', 'c'])
    expect(clock.timers).toBe(0)
  })

  test('are not lost on who was admitted at the very moment when the time was over', async () => {
    const { take, giveBack, clock, outcomes } = create(1)
    await take('a', 'b')
    clock.advance(3)
    giveBack('a')
    await settle()
    expect(outcomes).toEqual(['a', 'b'])
    await take('c')
    giveBack('b')
    await settle()
    expect(outcomes).toEqual(['a', 'b', 'c'])
  })

  test('are waited for by 1,000 at most; whoever comes then is told at once', async () => {
    const { take, giveBack, outcomes } = create(1)
    await take('a', ...Array.from({ length: 1_000 }, (_, index) => String(index)))
    expect(outcomes).toEqual(['a'])
    await take('x')
    expect(outcomes).toEqual(['a', 'x: busy'])
    giveBack('a')
    await settle()
    await take('y', 'z')
    expect(outcomes).toEqual(['a', 'x: busy', '0', 'z: busy'])
  })
})
