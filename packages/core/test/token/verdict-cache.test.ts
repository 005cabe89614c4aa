import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createVerdictCache } from '../../src/token/verdict-cache.js'

const MEGABYTE = 1_048_576
const TAIL = 'A'.repeat(43)
const tokenOf = (number: number, length = 100) =>
  'x'.repeat(length - 43) + createHash('sha256').update(String(number)).digest('base64url')

/** A cache in which these tokens came twice. */
function createFilled(tokens: readonly string[], maxSize = MEGABYTE) {
  const cache = createVerdictCache<string>(maxSize, () => 0)
  for (const token of [...tokens, ...tokens]) cache.store(token, `verdict on ${token}`)
  return cache
}

describe('a verdict', () => {
  test('is kept from the second time that its token comes', () => {
    const cache = createVerdictCache<string>(MEGABYTE, () => 0)
    cache.store(tokenOf(1), 'first')
    expect(cache.find(tokenOf(1))).toBeUndefined()
    cache.store(tokenOf(1), 'second')
    expect(cache.find(tokenOf(1))).toBe('second')
    expect(cache.find(tokenOf(2))).toBeUndefined()
  })

  test('is found by another string of the same characters, and by no longer, shorter or other one', () => {
    const cache = createFilled([tokenOf(1)])
    const token = tokenOf(1)
    expect(cache.find(Buffer.from(token).toString())).toBe(`verdict on ${token}`)
    for (const other of [`x${token}`, token.slice(1), `y${token.slice(1)}`, token.slice(-43), ''])
      expect(cache.find(other)).toBeUndefined()
  })

  test('is not found, put out or dropped by a token with the same end', () => {
    const [known, other] = [`known.${TAIL}`, `other.${TAIL}`]
    const cache = createFilled([known])
    for (let time = 0; time < 3; time += 1) cache.store(other, 'another')
    expect([cache.find(other), cache.find(known)]).toEqual([undefined, `verdict on ${known}`])
    cache.drop(other)
    expect(cache.find(known)).toBe(`verdict on ${known}`)
  })

  test('is replaced by a newer one on the same token, and gone when it is dropped', () => {
    const cache = createFilled([tokenOf(1), tokenOf(2)])
    cache.store(tokenOf(1), 'newer')
    expect(cache.find(tokenOf(1))).toBe('newer')
    cache.drop(tokenOf(1))
    expect([cache.find(tokenOf(1)), cache.find(tokenOf(2))]).toEqual([undefined, `verdict on ${tokenOf(2)}`])
  })
})

describe('the cache', () => {
  test('is bounded in bytes, by what was used least recently', () => {
    const size = 700 + 100 + 400
    const cache = createVerdictCache<number>(3 * size, () => 400)
    for (const time of [1, 2]) for (const number of [1, 2, 3]) cache.store(tokenOf(number), number * time)
    expect(cache.find(tokenOf(1))).toBe(2)
    for (const time of [4, 4]) cache.store(tokenOf(time), time)
    expect([1, 2, 3, 4].map((number) => cache.find(tokenOf(number)))).toEqual([2, undefined, 6, 4])
  })

  test('keeps nothing that is larger than all of it', () => {
    const cache = createFilled([tokenOf(1, 100), tokenOf(2, 1_000)], 1_699)
    expect([cache.find(tokenOf(1, 100)), cache.find(tokenOf(2, 1_000))]).toEqual([
      `verdict on ${tokenOf(1, 100)}`,
      undefined,
    ])
  })

  test('keeps no verdict on any of a hundred thousand tokens that come once, and all of a thousand that come again', () => {
    const cache = createVerdictCache<number>(32 * MEGABYTE, () => 1_000)
    for (let number = 0; number < 100_000; number += 1) cache.store(tokenOf(number), number)
    const numbers = Array.from({ length: 1_000 }, (_, index) => index)
    expect(numbers.filter((number) => cache.find(tokenOf(number)) !== undefined)).toEqual([])
    for (let time = 0; time < 3; time += 1) for (const number of numbers) cache.store(tokenOf(number), number)
    expect(numbers.filter((number) => cache.find(tokenOf(number)) === number).length).toBeGreaterThan(990)
  })
})
