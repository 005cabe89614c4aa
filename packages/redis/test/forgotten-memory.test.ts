import { expect, test } from '@jest/globals'
import { createForgottenMemory, MOST_TOKENS } from '../src/forgotten-memory.js'

const NOW = Date.now()

test('keeps what is forgotten, of one verdict or of all, and the latest time of each', () => {
  const memory = createForgottenMemory()
  expect(memory.until('a')).toBe(-Infinity)
  memory.note({ digest: 'a' }, NOW + 10)
  memory.note({ digest: 'b' }, NOW + 20)
  expect(['a', 'b', 'c'].map(memory.until)).toEqual([NOW + 10, NOW + 20, -Infinity])
  memory.note({ criteria: { subject: 'alice' } }, NOW + 15)
  expect(['a', 'b', 'c'].map(memory.until)).toEqual([NOW + 15, NOW + 20, NOW + 15])
  memory.note('all', NOW + 30)
  expect(['a', 'b', 'c'].map(memory.until)).toEqual([NOW + 30, NOW + 30, NOW + 30])
})

test('keeps a number of keys, and takes those beyond for all from before', () => {
  const memory = createForgottenMemory()
  for (let index = 0; index < MOST_TOKENS; index += 1) memory.note({ digest: String(index) }, NOW + index)
  expect([memory.until('0'), memory.until('another')]).toEqual([NOW, -Infinity])
  memory.note({ digest: '0' }, NOW + MOST_TOKENS)
  memory.note({ digest: 'one more' }, NOW + MOST_TOKENS)
  expect([memory.until('0'), memory.until('1'), memory.until('another')]).toEqual([
    NOW + MOST_TOKENS,
    NOW + 1,
    NOW + 1,
  ])
})
