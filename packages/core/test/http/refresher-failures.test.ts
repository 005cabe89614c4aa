import { describe, expect, test } from '@jest/globals'
import { AskedPauseError, UnavailableError } from '../../src/errors.js'
import { toPause } from '../../src/http/outcome.js'
import { createRefresher } from '../../src/http/refresher.js'
import { createScript, fetched, outage, POLICY, settle } from './scripted-document.js'

function create() {
  const script = createScript()
  const refresher = createRefresher(script.fetch, POLICY, script.clock, () => undefined)
  refresher.plan()
  return { ...script, refresher }
}

const asking = (retryAfter: number) =>
  new AskedPauseError('ERR_AUTHORIZATION_SERVER_RESPONSE', 'busy', { retryAfter })

describe('after a failure, a refresher', () => {
  test.each([
    [1, [5, 10, 20, 40, 60, 60, 60]],
    [0.5, [4.5, 9, 18, 36, 54, 54, 54]],
    [0, [4, 8, 16, 32, 48, 48, 48]],
  ])('tries again, with the chance %d after these pauses: %p', async (chance, pauses) => {
    const { refresher, fetches, setChance, end, pass } = create()
    setChance(chance)
    refresher.start()
    for (const [index, pause] of pauses.entries()) {
      await end(outage)
      expect(refresher.nextFetch()).toBeCloseTo(pause, 9)
      await pass(pause - 0.01)
      expect(fetches).toHaveLength(index + 1)
      await pass(0.011)
      expect(fetches).toHaveLength(index + 2)
    }
  })

  test('keeps its copy, and says what failed, how often and when', async () => {
    const { refresher, end, pass } = create()
    refresher.start()
    await end()
    await pass(100)
    refresher.start()
    await pass(2)
    await end(outage)
    expect(refresher.copy()).toMatchObject({ content: 'a', fetchedAt: 0 })
    expect(refresher.failure()).toEqual({ error: outage, count: 1, at: 102, atTime: 1_000_102 })
    expect(refresher.failure()?.error).toBe(outage)
    refresher.start()
    await end(outage)
    expect(refresher.failure()).toMatchObject({ count: 2 })
    expect(refresher.attempt()).toBeUndefined()
  })

  test('forgets it with the next good fetch, and begins with the shortest pause again', async () => {
    const { refresher, setChance, end } = create()
    setChance(1)
    for (const result of [outage, outage, fetched()]) {
      refresher.start()
      await end(result)
    }
    expect(refresher.failure()).toBeUndefined()
    expect(refresher.nextFetch()).toBeCloseTo(480, 9)
    refresher.start()
    await end(outage)
    expect(refresher.failure()).toMatchObject({ count: 1 })
    expect(refresher.nextFetch()).toBeCloseTo(5, 9)
  })

  test('takes any other error for an outage, and keeps it as the cause', async () => {
    const { refresher, end } = create()
    const cause = new TypeError('broken')
    refresher.start()
    await end(cause)
    expect(refresher.failure()?.error).toBeInstanceOf(UnavailableError)
    expect(refresher.failure()?.error).toMatchObject({
      code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE',
      message: 'The authorization server did not answer: see the cause',
      cause,
    })
  })

  test('takes a fetch that throws at once for one that failed', async () => {
    const { clock } = createScript()
    const refresher = createRefresher<string>(
      () => {
        throw outage
      },
      POLICY,
      clock,
      () => undefined,
    )
    refresher.start()
    await settle()
    expect(refresher.failure()).toMatchObject({ error: outage, count: 1 })
    expect(refresher.attempt()).toBeUndefined()
  })

  test('has no copy where the server says that the copy, of which there is none, still holds', async () => {
    const { refresher, end } = create()
    refresher.start()
    await end(fetched({ content: undefined }))
    expect(refresher.copy()).toBeUndefined()
    expect(refresher.failure()?.error).toMatchObject({
      code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE',
      cause: new TypeError('There is no copy that could still hold'),
    })
  })

  test('tries no more after the end', async () => {
    const { refresher, fetches, clock, end, pass } = create()
    refresher.start()
    refresher.stop()
    await end(outage)
    expect([clock.timers, refresher.nextFetch()]).toEqual([0, undefined])
    await pass(1_000)
    expect(fetches).toHaveLength(1)
  })

  test.each([0, 0.5, 1])('asks when Retry-After is over, whatever the chance: %d', async (chance) => {
    const { refresher, setChance, end } = create()
    setChance(chance)
    refresher.start()
    await end(asking(120))
    expect(refresher.nextFetch()).toBeCloseTo(120, 9)
  })

  test('keeps its own pause where Retry-After is shorter', async () => {
    const { refresher, setChance, end } = create()
    setChance(0)
    for (const retryAfter of [6, 6, 6]) {
      refresher.start()
      await end(asking(retryAfter))
    }
    expect(refresher.nextFetch()).toBeCloseTo(16, 9)
  })
})

describe('the pause after a failure', () => {
  test.each([
    [1, 60, 5],
    [2, 60, 10],
    [3, 60, 20],
    [4, 60, 40],
    [5, 60, 60],
    [1_100, 60, 60],
    [1, 10, 5],
    [2, 10, 10],
    [3, 10, 10],
  ])('number %d, of %d seconds at most, is %d seconds', (count, longest, seconds) => {
    expect(toPause({ error: asking(1), count, at: 0, atTime: 0 }, longest)).toBe(seconds)
  })

  test.each([
    [4, 5],
    [5, 5],
    [6, 6],
    [300, 300],
  ])('is as long as the server asks for, where that is longer: %d', (retryAfter, seconds) => {
    expect(toPause({ error: asking(retryAfter), count: 1, at: 0, atTime: 0 }, 10)).toBe(seconds)
  })

  test('is not that of an outage in which the server asks for nothing', () => {
    const error = new UnavailableError('ERR_AUTHORIZATION_SERVER_RESPONSE', 'down', { retryAfter: 300 })
    expect(toPause({ error, count: 1, at: 0, atTime: 0 }, 10)).toBe(5)
  })

  test('is shortened by chance, unless the server asks for more', () => {
    const failure = { error: asking(9), count: 2, at: 0, atTime: 0 }
    expect(toPause({ ...failure, error: asking(1) }, 60, 0.8)).toBe(8)
    expect(toPause(failure, 60, 0.8)).toBe(9)
    expect(toPause(failure, 60)).toBe(10)
  })
})
