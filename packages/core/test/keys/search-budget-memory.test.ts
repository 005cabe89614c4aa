import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import { createSearchBudget } from '../../src/keys/search-budget.js'

/** A budget, asked for tokens that are older or newer than the last look. */
function create() {
  const clock = createManualClock()
  const { decide, miss } = createSearchBudget(clock)
  return {
    clock,
    miss,
    older: (kid: string | undefined, hasKeys = false) => decide(kid, false, hasKeys),
    newer: (kid: string | undefined, hasKeys = false) => decide(kid, true, hasKeys),
  }
}

describe('a key that was looked for in vain', () => {
  test('is not looked for again within 30 seconds for a token that is older than the look', () => {
    const { clock, older, miss } = create()
    expect(older('a')).toBe('search')
    clock.advance(10)
    miss('a')
    clock.advance(29.75)
    expect(older('a')).toBe('refuse')
    clock.advance(0.25)
    expect(older('a')).toBe('search')
  })

  test('has the second slot for a token that is newer in a quiet time, and not before', () => {
    const { clock, newer, miss } = create()
    expect(newer('a')).toBe('search')
    miss('a')
    expect([newer('a'), newer('a')]).toEqual([5, 5])
    clock.advance(4.5)
    expect(newer('a')).toBe(5)
    clock.advance(0.5)
    expect(newer('a')).toBe('search')
    expect(newer('a')).toBe(25)
  })

  test('does not count as a stranger, and leaves the second slot to others', () => {
    const { clock, newer, miss } = create()
    expect(newer('a')).toBe('search')
    miss('a')
    for (let index = 0; index < 10; index += 1) newer('a')
    clock.advance(5)
    expect(newer('b')).toBe('search')
  })

  test('counts as asked for before once the 30 seconds are over', () => {
    const { clock, older, newer, miss } = create()
    older('a')
    miss('a')
    clock.advance(30)
    expect(older('b')).toBe('search')
    expect(newer('a')).toBe('search')
  })

  test('leaves no trace where it has no name', () => {
    const { clock, older, miss } = create()
    expect(older(undefined)).toBe('search')
    clock.advance(10)
    miss(undefined)
    clock.advance(20)
    expect(older(undefined)).toBe('search')
  })
})

describe('what is remembered', () => {
  test('is bounded: the last 1,000 unknown keys', () => {
    for (const [others, decision] of [
      [999, 'search'],
      [1_000, 1],
    ] as const) {
      const { older, newer } = create()
      older('first')
      expect(newer('a')).toBe(1)
      for (let index = 0; index < others; index += 1) expect(newer(String(index))).toBe(1)
      expect(newer('a')).toBe(decision)
    }
  })

  test('is no kid of more than 256 characters, which is not looked for either', () => {
    const { older, newer } = create()
    const [long, longer] = ['a'.repeat(256), 'a'.repeat(257)]
    expect([older(longer), newer(longer), newer(longer, true)]).toEqual(['refuse', 'refuse', 'refuse'])
    expect(newer(long)).toBe('search')
    expect([newer(longer), newer(longer)]).toEqual(['refuse', 'refuse'])
    expect([newer(long), newer(long)]).toEqual([1, 'search'])
  })
})
