import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { createManualClock } from '../../../test/support/manual-clock.js'
import { systemClock, within } from '../src/time.js'

const settle = () => new Promise<void>((resolve) => void setImmediate(resolve))

describe('within', () => {
  const late = () => new Error('late')

  test('waits for the promise', async () => {
    const clock = createManualClock()
    expect(await within(clock, 3, Promise.resolve('a'), late)).toBe('a')
    await expect(within(clock, 3, Promise.reject(new Error('bad')), late)).rejects.toThrow('bad')
    expect(clock.timers).toBe(0)
  })

  test.each([3, 0, -1])('waits no longer than %d seconds', async (limit) => {
    const clock = createManualClock()
    const waiting = within(clock, limit, new Promise(() => undefined), late)
    let error: unknown
    waiting.catch((reason: unknown) => (error = reason))
    expect(clock.timers).toBe(1)
    clock.advance(Math.max(0, limit - 0.1))
    await settle()
    expect(error === undefined).toBe(limit > 0)
    clock.advance(0.1)
    await settle()
    expect(error).toEqual(late())
    expect(clock.timers).toBe(0)
  })

  test('waits for ever, with no timer', async () => {
    const clock = createManualClock()
    const promise = Promise.resolve('a')
    const waiting = within(clock, Infinity, promise, late)
    expect(clock.timers).toBe(0)
    expect(await waiting).toBe('a')
  })
})

describe('the clock of this machine', () => {
  const timer = { unref: jest.fn() }
  afterEach(() => {
    timer.unref.mockClear()
  })

  test('counts seconds', () => {
    jest.spyOn(Date, 'now').mockReturnValue(1_500)
    jest.spyOn(performance, 'now').mockReturnValue(2_500)
    jest.spyOn(Math, 'random').mockReturnValue(0.25)
    expect([systemClock.now(), systemClock.monotonic(), systemClock.random()]).toEqual([1.5, 2.5, 0.25])
  })

  test.each([
    [0.5, 500],
    [2_147_483, 2_147_483_000],
    [2_147_484, 2_147_483_000],
    [Infinity, 2_147_483_000],
  ])('sets a timer for %d seconds that keeps no process alive', (delay, milliseconds) => {
    const set = jest.spyOn(globalThis, 'setTimeout').mockReturnValue(timer as never)
    const clear = jest.spyOn(globalThis, 'clearTimeout').mockReturnValue(undefined)
    const run = () => undefined
    const cancel = systemClock.after(delay, run)
    expect(set.mock.calls).toEqual([[run, milliseconds]])
    expect(timer.unref).toHaveBeenCalledTimes(1)
    expect(clear).not.toHaveBeenCalled()
    cancel()
    expect(clear.mock.calls).toEqual([[timer]])
  })
})
