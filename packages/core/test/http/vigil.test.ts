import { describe, expect, test } from '@jest/globals'
import { createMachineClock } from '../../../../test/contracts/support/clock.js'
import { keepVigil, withinAwake, type Vigil } from '../../src/http/vigil.js'
import { createScript, watch } from './scripted-document.js'

const measure = ({ awakeFor, sleptFor }: Vigil) => [awakeFor(), sleptFor()]

describe('a vigil', () => {
  test('sees a process that is awake', async () => {
    const { clock, pass } = createScript()
    await pass(7)
    const vigil = keepVigil(clock)
    expect(measure(vigil)).toEqual([0, 0])
    await pass(0.1)
    await pass(1_000)
    expect(measure(vigil)).toEqual([1_000.1, 0])
    vigil.end()
  })

  test.each([
    [0.4, [0.4, 0]],
    [0.41, [0.2, 0.21]],
    [3_600, [0.2, 3_599.8]],
  ])(
    'takes most of %d seconds without a timer for sleep: %j',
    async (seconds, [awake = NaN, slept = NaN]) => {
      const { clock, sleep, pass } = createScript()
      const vigil = keepVigil(clock)
      sleep(seconds)
      const expectMeasured = (more: number): void => {
        expect(vigil.awakeFor()).toBeCloseTo(awake + more, 6)
        expect(vigil.sleptFor()).toBeCloseTo(slept, 6)
      }
      expectMeasured(0)
      await pass(10)
      expectMeasured(10)
      vigil.end()
    },
  )

  test('notices with its next timer what nobody asks about, and adds it up', async () => {
    const { clock, sleep, pass } = createScript()
    const vigil = keepVigil(clock)
    for (let turn = 0; turn < 3; turn += 1) {
      sleep(100)
      await pass(10)
    }
    expect(vigil.sleptFor()).toBeCloseTo(300, 6)
    expect(vigil.awakeFor()).toBeCloseTo(30, 6)
    vigil.end()
  })

  test('measures from where it begins again, and has one timer with all others', () => {
    const { clock, sleep } = createScript()
    const [vigil, other] = [keepVigil(clock), keepVigil(clock)]
    sleep(100)
    vigil.beginAgain()
    expect([...measure(vigil), clock.timers]).toEqual([0, 0, 1])
    sleep(100)
    expect(other.sleptFor()).toBeCloseTo(199.6, 6)
    vigil.end()
    expect(clock.timers).toBe(1)
    other.end()
    expect(clock.timers).toBe(0)
  })

  test('knows nothing of the time in which nobody kept one', () => {
    const { clock, sleep } = createScript()
    keepVigil(clock).end()
    sleep(100)
    const vigil = keepVigil(clock)
    expect(measure(vigil)).toEqual([0, 0])
    vigil.end()
  })
})

describe('a wait in a process that is awake', () => {
  const late = new Error('late')
  /** Waits 3 seconds for what comes when the test says so; timers that fall due in a sleep run after it. */
  function wait() {
    const clock = createMachineClock(1)
    let settle: { resolve(value: string): void; reject(error: Error): void } | undefined
    const promise = new Promise<string>((resolve, reject) => (settle = { resolve, reject }))
    const outcome = watch(withinAwake(clock, 3, promise, () => late))
    const [pass, sleep] = [clock.advance, clock.sleep]
    return {
      clock,
      outcome,
      pass,
      sleep,
      resolve: () => settle?.resolve('here'),
      fail: () => settle?.reject(new Error('x')),
    }
  }

  test('ends with what comes in time, and leaves no timer', async () => {
    const { outcome, resolve, pass, clock } = wait()
    await pass(2.9)
    resolve()
    await pass(0)
    expect([outcome(), clock.timers]).toEqual(['here', 0])
  })

  test('ends when its time is over', async () => {
    const { outcome, pass, clock } = wait()
    await pass(2.9)
    expect(outcome()).toBe('pending')
    await pass(0.2)
    expect([outcome(), clock.timers]).toEqual([late, 0])
  })

  test('goes on for as long after a sleep as it would have without', async () => {
    const { outcome, pass, sleep, clock } = wait()
    await pass(0.5)
    for (let turn = 0; turn < 2; turn += 1) {
      sleep(3_600)
      await pass(0.7) // and a moment before each sleep
      expect(outcome()).toBe('pending')
    }
    await pass(0.9)
    expect([outcome(), clock.timers]).toEqual([late, 0])
  })

  test('ends after a sleep with what comes then, also where that is an error', async () => {
    const [one, other] = [wait(), wait()]
    for (const { sleep, pass } of [one, other]) {
      sleep(3_600)
      await pass(1)
    }
    one.resolve()
    other.fail()
    await one.pass(0)
    await other.pass(0)
    expect([one.outcome(), other.outcome()]).toEqual(['here', new Error('x')])
    expect([one.clock.timers, other.clock.timers]).toEqual([0, 0])
  })
})
