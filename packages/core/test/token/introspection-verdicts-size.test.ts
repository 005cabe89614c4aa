import { describe, expect, test } from '@jest/globals'
import { createVerdictStore } from './verdict-store.js'

describe('the size', () => {
  /** An object of 64 bytes, with a member of 32 and its name, and a string of 32 and 2 for each character. */
  const claimsOf = (characters: number) => ({ sub: 'a'.repeat(characters) })
  const SIZE = 512 + 64 + (32 + 3) + (32 + 2 * 100)

  test('of a verdict counts as 512 bytes, and what its claims take', () => {
    for (const [maxSize, found] of [
      [SIZE, 'active'],
      [SIZE - 1, 'unknown'],
    ] as const) {
      const { storeActive, look } = createVerdictStore({ maxSize })
      storeActive('1', claimsOf(100))
      expect(look('1')).toBe(found)
    }
  })

  test('counts each member, however short it is: many small ones take more than their text', () => {
    const claims = { list: Array.from({ length: 100 }, () => ({})) } // 300 characters
    const { storeActive, look } = createVerdictStore({ maxSize: 100 * 64 })
    storeActive('1', claims)
    expect(look('1')).toBe('unknown')
    const larger = createVerdictStore({ maxSize: 3 * 100 * 64 })
    larger.storeActive('1', claims)
    expect(larger.look('1')).toBe('active')
  })

  test('of all active verdicts is bounded: those that were used least recently go', () => {
    const { storeActive, look } = createVerdictStore({ maxSize: 3 * SIZE - 1 })
    storeActive('1', claimsOf(100))
    storeActive('2', claimsOf(100))
    look('1')
    storeActive('3', claimsOf(100))
    expect([look('1'), look('2'), look('3')]).toEqual(['active', 'unknown', 'active'])
    const larger = createVerdictStore({ maxSize: 2 * SIZE })
    larger.storeActive('1', claimsOf(100))
    larger.storeActive('2', claimsOf(100))
    expect([larger.look('1'), larger.look('2')]).toEqual(['active', 'active'])
  })

  test('of the inactive verdicts is 10,000: the oldest goes, and no active one', () => {
    const { storeActive, storeInactive, look } = createVerdictStore()
    storeActive('active')
    for (let index = 0; index < 10_000; index += 1) storeInactive(String(index))
    expect([look('0'), look('9999')]).toEqual(['inactive', 'inactive'])
    storeActive('another')
    expect(look('0')).toBe('inactive')
    storeInactive('one more')
    expect([look('0'), look('1'), look('one more')]).toEqual(['unknown', 'inactive', 'inactive'])
    expect([look('active'), look('another')]).toEqual(['active', 'active'])
  })
})
