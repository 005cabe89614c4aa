import { describe, expect, test } from '@jest/globals'
import { keepVigil } from '../../src/http/vigil.js'
import { createScript } from './scripted-document.js'

describe('a vigil', () => {
  test('sees a process that is awake from its begin', async () => {
    const { clock, pass } = createScript()
    await pass(7)
    const { awakeSince, end } = keepVigil(clock)
    for (const seconds of [0, 0.1, 10, 0.3]) {
      await pass(seconds)
      expect(awakeSince()).toBe(7)
    }
    end()
  })

  test.each([
    [0.4, 0],
    [0.41, 0.41],
    [3_600, 3_600],
  ])('takes %d seconds without a timer for a sleep that ended after %d', async (seconds, expected) => {
    const { clock, sleep, pass } = createScript()
    const { awakeSince, end } = keepVigil(clock)
    sleep(seconds)
    expect(awakeSince()).toBe(expected)
    await pass(10)
    expect(awakeSince()).toBe(expected)
    end()
  })

  test('notices with its next timer what nobody asks about', async () => {
    const { clock, sleep, pass } = createScript()
    const { awakeSince, end } = keepVigil(clock)
    sleep(100)
    await pass(10)
    expect(awakeSince()).toBeCloseTo(100.2, 9)
    end()
  })

  test('sees nothing, and has no timer, after its end', () => {
    const { clock, sleep } = createScript()
    const { awakeSince, end } = keepVigil(clock)
    expect(clock.timers).toBe(1)
    end()
    sleep(100)
    expect([awakeSince(), clock.timers]).toEqual([0, 0])
  })

  test('sees a sleep up to its end', () => {
    const { clock, sleep } = createScript()
    const { awakeSince, end } = keepVigil(clock)
    sleep(100)
    end()
    expect(awakeSince()).toBe(100)
  })
})
