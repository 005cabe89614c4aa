import { describe, expect, test } from '@jest/globals'
import { AskedPauseError, ClosedError, UnavailableError } from '../../src/errors.js'
import { askAwake, retry } from '../../src/http/retry.js'
import { broken, createScript, outage, settle, timeOut, watch } from './scripted-document.js'

/** A question that fails with these errors, one after the other, and is answered then. */
function createQuestion(...errors: readonly Error[]) {
  const script = createScript()
  const asked: number[] = []
  const ask = () => {
    asked.push(script.clock.monotonic())
    const error = errors[asked.length - 1]
    return error === undefined ? Promise.resolve('answered') : Promise.reject(error)
  }
  return { ...script, asked, ask }
}

describe('a retry', () => {
  test('is made after each broken connection, so often as may be', async () => {
    for (const [most, outcome, questions] of [
      [2, 'answered', 3],
      [1, broken, 2],
      [0, broken, 1],
    ] as const) {
      const { clock, ask, asked, pass } = createQuestion(broken, broken)
      const result = watch(retry(clock, most, ask))
      for (let turn = 0; turn < 3; turn += 1) await pass(0.25)
      expect([result(), asked.length]).toEqual([outcome, questions])
    }
  })

  test.each([
    ['an answer', outage],
    ['a time-out', timeOut],
    ['a mistake', new TypeError('x')],
  ])('is not made after anything else: %s', async (_name, error) => {
    const { clock, ask, asked, pass } = createQuestion(error)
    const result = watch(retry(clock, 5, ask))
    await pass(1)
    expect([result(), asked.length]).toEqual([error, 1])
  })

  test.each([
    [[false], 0],
    [[true, false], 1],
  ])('is not made where it may not be, before the pause or after it: %j', async (answers, timers) => {
    const { clock, ask, asked, pass } = createQuestion(outage)
    const left = [...answers]
    const result = watch(retry(clock, 5, ask, () => left.shift() === true))
    await settle()
    expect(clock.timers).toBe(timers)
    await pass(1)
    expect([result(), asked.length, left]).toEqual([outage, 1, []])
  })
})

describe('a question that was slept through', () => {
  const asking = (retryAfter: number) =>
    new AskedPauseError('ERR_AUTHORIZATION_SERVER_RESPONSE', 'busy', { retryAfter })
  const closed = new ClosedError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', 'closed')

  /** Sleeps through the first question. */
  async function sleepThrough(error: Error, seconds: number): Promise<readonly unknown[]> {
    const { clock, sleep } = createScript()
    let asked = 0
    const result = watch(
      askAwake(clock, async () => {
        asked += 1
        if (asked > 1) return 'answered'
        await settle()
        sleep(seconds)
        throw error
      }),
    )
    while (result() === 'pending') await settle()
    expect(clock.timers).toBe(0)
    return [result(), asked]
  }

  test.each([
    ['a time-out', timeOut],
    ['a broken connection', broken],
  ])('is asked again where nobody answered: %s', async (_name, error) => {
    expect(await sleepThrough(error, 5)).toEqual(['answered', 2])
    expect(await sleepThrough(error, 0.4)).toEqual([error, 1]) // no more than a busy process
  })

  test.each([
    ['a status', outage, 60],
    ['a pause that is over', asking(1), 60],
    ['a pause', asking(300), 300],
    ['no keys', new UnavailableError('ERR_KEY_SET_INVALID', 'x'), 60],
    ['a mistake', new TypeError('x'), 60],
  ])(
    'is asked again after an answer where that is old: %s, after %d seconds',
    async (_name, error, seconds) => {
      expect(await sleepThrough(error, seconds + 0.199)).toEqual([error, 1]) // of which a moment is none
      expect(await sleepThrough(error, seconds + 0.201)).toEqual(['answered', 2])
    },
  )

  test('is not asked again of one that is closed', async () => {
    expect(await sleepThrough(closed, 3_600)).toEqual([closed, 1])
  })

  test('is asked three times at most', async () => {
    const { clock, sleep } = createScript()
    let asked = 0
    const result = watch(
      askAwake(clock, () => {
        asked += 1
        sleep(10)
        return Promise.reject(timeOut)
      }),
    )
    await settle()
    expect([result(), asked]).toEqual([timeOut, 3])
  })

  test('is not asked again where somebody says so', async () => {
    const { clock, sleep } = createScript()
    const told: unknown[] = []
    const ask = () => {
      sleep(10)
      return Promise.reject(timeOut)
    }
    const mayAskAgain = (error: unknown, slept: number): boolean => {
      told.push(error, slept)
      return false
    }
    const result = watch(askAwake(clock, ask, mayAskAgain))
    await settle()
    expect([result(), told]).toEqual([timeOut, [timeOut, expect.closeTo(9.8, 6)]])
  })
})
