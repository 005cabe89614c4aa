import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import { createSearchBudget } from '../../src/keys/search-budget.js'

/** A budget, asked for tokens that are older or newer than the last look. */
function create() {
  const clock = createManualClock()
  const { decide } = createSearchBudget(clock)
  return {
    clock,
    older: (kid: string | undefined, hasKeys = false) => decide(kid, false, hasKeys),
    newer: (kid: string | undefined, hasKeys = false) => decide(kid, true, hasKeys),
  }
}

describe('the first slot', () => {
  test.each([
    ['an older token', 'older', 'a', false],
    ['a newer token', 'newer', 'a', false],
    ['an older token without kid', 'older', undefined, false],
    ['a newer token without kid', 'newer', undefined, true],
    ['a token that a key in hand should have signed', 'newer', 'a', true],
  ] as const)('is given to %s', (_name, age, kid, hasKeys) => {
    expect(create()[age](kid, hasKeys)).toBe('search')
  })

  test('is given once in 30 seconds', () => {
    const { clock, older } = create()
    expect(older('a')).toBe('search')
    expect(older('b')).toBe('refuse')
    clock.advance(29.75)
    expect(older('c')).toBe('refuse')
    clock.advance(0.25)
    expect(older('d')).toBe('search')
    clock.advance(29.75)
    expect(older('e')).toBe('refuse')
  })

  test('is the only one for older tokens, however often they come', () => {
    const { clock, older } = create()
    older('first')
    clock.advance(5)
    expect([older('a'), older('a'), older('a')]).toEqual(['refuse', 'refuse', 'refuse'])
  })

  test('is the only one for tokens without kid, and those that a key in hand should have signed', () => {
    const { clock, older, newer } = create()
    older('first')
    clock.advance(10)
    expect([newer(undefined), newer(undefined)]).toEqual([20, 20])
    expect([newer('a', true), newer('a', true)]).toEqual([20, 20])
    expect([older(undefined), older('a', true)]).toEqual(['refuse', 'refuse'])
    clock.advance(20)
    expect(newer(undefined)).toBe('search')
  })
})

describe('the second slot', () => {
  test('is given to a newer token whose key is asked for again', () => {
    const { older, newer } = create()
    older('first')
    expect(newer('a')).toBe(1)
    expect(newer('b')).toBe(1)
    expect(newer('a')).toBe('search')
  })

  test('is given to a newer token that comes 5 seconds after the first slot, in quiet times', () => {
    const { clock, older, newer } = create()
    older('first')
    clock.advance(4.75)
    expect(newer('a')).toBe(1)
    clock.advance(0.25)
    expect(newer('b')).toBe('search')
  })

  test('is given to the fourth stranger since the first slot, and not to the fifth', () => {
    for (const [strangers, decision] of [
      [3, 'search'],
      [4, 1],
    ] as const) {
      const { clock, older, newer } = create()
      older('first')
      for (let index = 0; index < strangers; index += 1) expect(newer(String(index))).toBe(1)
      clock.advance(5)
      expect(newer('a')).toBe(decision)
    }
  })

  test('is not kept from newer tokens by older ones, by those without kid, or by bad signatures', () => {
    const { clock, older, newer } = create()
    older('first')
    for (let index = 0; index < 10; index += 1) {
      older(String(index))
      newer(undefined)
      newer(String(index), true)
    }
    clock.advance(5)
    expect(newer('a')).toBe('search')
  })

  test('counts the strangers anew with each first slot', () => {
    const { clock, older, newer } = create()
    older('first')
    for (let index = 0; index < 10; index += 1) newer(String(index))
    clock.advance(30)
    expect(older('another')).toBe('search')
    clock.advance(5)
    expect(newer('a')).toBe('search')
  })

  test('is given once in 30 seconds, and says after that when the next one is due', () => {
    const { clock, older, newer } = create()
    older('first')
    clock.advance(10)
    expect(newer('a')).toBe('search')
    clock.advance(2)
    expect([newer('b'), newer('b'), newer('b')]).toEqual([18, 18, 18])
    clock.advance(18)
    expect(older('c')).toBe('search') // the first slot, at 30
    clock.advance(5)
    expect([newer('d'), newer('d')]).toEqual([5, 5])
    clock.advance(4.5)
    expect(newer('d')).toBe(0.5)
    clock.advance(0.5)
    expect(newer('d')).toBe('search') // the second slot, at 40
  })

  test('is free in a second at the soonest, also where it has become free this moment', () => {
    const { clock, older, newer } = create()
    older('first')
    clock.advance(5)
    expect(newer('a')).toBe('search')
    clock.advance(27)
    expect(older('b')).toBe('search') // the first slot, at 32
    clock.advance(3)
    expect(newer('c')).toBe(1)
  })
})
