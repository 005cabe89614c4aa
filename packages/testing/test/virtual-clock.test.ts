import { describe, expect, test } from '@jest/globals'
import { createVirtualClock } from '@bearward/testing'

describe('a virtual clock', () => {
  test('stands still, beginning with 2026', () => {
    const clock = createVirtualClock()
    expect([clock.now(), clock.monotonic()]).toEqual([Date.UTC(2026, 0) / 1000, 0])
    expect([clock.now(), clock.monotonic()]).toEqual([Date.UTC(2026, 0) / 1000, 0])
  })

  test('begins where it is told to', () => {
    expect(createVirtualClock({ start: 5.25 }).now()).toBe(5.25)
  })

  test('moves both clocks', async () => {
    const clock = createVirtualClock({ start: 1000 })
    await clock.advance(0.5)
    await clock.advance(0)
    expect([clock.now(), clock.monotonic()]).toEqual([1000.5, 0.5])
  })

  test('steps the wall clock alone, and runs nothing', async () => {
    const clock = createVirtualClock({ start: 1000 })
    const ran: number[] = []
    clock.after(5, () => ran.push(clock.monotonic()))
    clock.step(3600)
    await clock.settle()
    expect([clock.now(), clock.monotonic(), ran]).toEqual([4600, 0, []])
    clock.step(-7200.5)
    await clock.advance(4)
    expect([clock.now(), clock.monotonic(), ran]).toEqual([-2596.5, 4, []])
    await clock.advance(1)
    expect(ran).toEqual([5])
  })

  test.each([
    [0.1, 0.2, 0.3],
    [0.001, 1.001, 1.002],
  ])('does not lose time in small parts: %d and %d seconds', async (first, second, both) => {
    const clock = createVirtualClock({ start: 0 })
    const ran: number[] = []
    clock.after(both, () => ran.push(clock.monotonic()))
    await clock.advance(first)
    await clock.advance(second)
    expect([clock.now(), clock.monotonic(), ran]).toEqual([both, both, [both]])
  })

  test.each([
    ['seed', () => createVirtualClock({ seed: 0.5 })],
    ['start', () => createVirtualClock({ start: NaN })],
    ['delay', () => createVirtualClock().after(NaN, () => {})],
    ['seconds', () => createVirtualClock().step(Infinity)],
  ])('names a number that it cannot use: %s', (name, use) => {
    expect(use).toThrow(new RegExp(`^${name}: must `))
  })

  test.each([-1, NaN, Infinity])('does not move by %d seconds', async (seconds) => {
    const clock = createVirtualClock()
    await expect(clock.advance(seconds)).rejects.toThrow(/^seconds: must /)
    expect(clock.monotonic()).toBe(0)
  })
})

describe('chance', () => {
  const numbers = (seed?: number) => {
    const { random } = createVirtualClock(seed === undefined ? {} : { seed })
    return Array.from({ length: 2000 }, random)
  }

  test('is the same for the same seed, and another one for another', () => {
    expect(numbers(7)).toEqual(numbers(7))
    expect(numbers(7)).not.toEqual(numbers(8))
    expect(numbers()).toEqual(numbers(1))
    expect(createVirtualClock({ seed: 7 }).seed).toBe(7)
  })

  test.each([0, -1, 7, 2 ** 40])('is spread from 0 up to 1, with the seed %d', (seed) => {
    const drawn = numbers(seed)
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...drawn)).toBeLessThan(1)
    const tenths = Array.from({ length: 10 }, (_, tenth) => drawn.filter((n) => Math.floor(n * 10) === tenth))
    for (const { length } of tenths) expect(Math.abs(length - 200)).toBeLessThan(70)
  })
})
