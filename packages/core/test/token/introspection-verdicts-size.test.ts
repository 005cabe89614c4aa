import { describe, expect, test } from '@jest/globals'
import { createVerdictStore } from './verdict-store.js'

describe('the size', () => {
  /** `{"sub":"…"}` of this many characters. */
  const claimsOf = (characters: number) => ({ sub: 'a'.repeat(characters - '{"sub":""}'.length) })

  test('of a verdict counts as 512 bytes and 4 for each character of its claims', () => {
    for (const [maxSize, found] of [
      [912, 'active'],
      [911, 'unknown'],
    ] as const) {
      const { storeActive, look } = createVerdictStore({ maxSize })
      storeActive('1', claimsOf(100))
      expect(look('1')).toBe(found)
    }
  })

  test('of all active verdicts is bounded: those that were used least recently go', () => {
    const { storeActive, look } = createVerdictStore({ maxSize: 3 * 912 - 1 })
    storeActive('1', claimsOf(100))
    storeActive('2', claimsOf(100))
    look('1')
    storeActive('3', claimsOf(100))
    expect([look('1'), look('2'), look('3')]).toEqual(['active', 'unknown', 'active'])
    const larger = createVerdictStore({ maxSize: 2 * 912 })
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
