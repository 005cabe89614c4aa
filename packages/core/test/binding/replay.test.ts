import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import { createMemoryReplayStore, noteUse, type ReplayStore } from '../../src/binding/replay.js'
import { UnavailableError } from '../../src/errors.js'

/** Lets all promises settle that can. */
const flush = () => new Promise((resolve) => setImmediate(resolve))

const MESSAGE = 'It cannot be told whether a DPoP proof was used before'
const FULL = new UnavailableError('ERR_REPLAY_STORE', 'the memory for used proofs is full')

describe('the memory for used proofs', () => {
  test('takes an identifier once, for as long as it lives', () => {
    const clock = createManualClock()
    const store = createMemoryReplayStore(clock)
    expect([store.add('a', 60), store.add('a', 60), store.add('b', 60)]).toEqual([true, false, true])
    clock.advance(59)
    expect([store.add('a', 60), store.add('b', 1)]).toEqual([false, false])
  })

  test.each([1, 7, 59, 60, 61, 100, 119, 120, 121])(
    'never forgets one before its time, whatever else comes every %d seconds',
    (step) => {
      const clock = createManualClock()
      const store = createMemoryReplayStore(clock)
      const until = new Map<string, number>()
      for (let count = 0; count < 40; count += 1) {
        const lifetime = 1 + ((count * 37) % 120)
        const id = `id-${count}`
        expect(store.add(id, lifetime)).toBe(true)
        until.set(id, clock.monotonic() + lifetime)
        clock.advance(step)
        const alive = [...until].filter(([, time]) => time > clock.monotonic())
        expect(alive.filter(([known]) => store.add(known, 1) !== false)).toEqual([])
      }
    },
  )

  test('forgets in the end, so that it does not grow with time', () => {
    const clock = createManualClock()
    const store = createMemoryReplayStore(clock, 40)
    for (let count = 0; count < 400; count += 1) {
      expect(store.add(`id-${count}`, 60)).toBe(true)
      clock.advance(10)
    }
    expect(store.add('id-0', 60)).toBe(true)
  })

  test('takes no more than it may hold, and accepts again when there is room', () => {
    const clock = createManualClock()
    const store = createMemoryReplayStore(clock, 2)
    expect([store.add('a', 60), store.add('b', 60)]).toEqual([true, true])
    expect(() => store.add('c', 60)).toThrow(FULL)
    expect(store.add('a', 60)).toBe(false)
    clock.advance(59.9)
    expect(() => store.add('c', 60)).toThrow(FULL)
    clock.advance(7.6) // an eighth of the lifetime later, at most
    expect(store.add('c', 60)).toBe(true)
  })
})

describe('a use', () => {
  const clock = createManualClock()
  const useWith = (add: (...given: Parameters<ReplayStore['add']>) => unknown) =>
    noteUse('id', { lifetime: 60, longest: 150 }, { add } as ReplayStore, clock)
  const rejectedAs = (detail: string) => ({
    name: 'UnavailableError',
    code: 'ERR_REPLAY_STORE',
    message: `${MESSAGE}: ${detail}`,
  })

  test('is the first where the store says so, at once or later', async () => {
    expect(await useWith(() => true)).toBe(true)
    expect(await useWith(() => Promise.resolve(true))).toBe(true)
    expect(await useWith(() => false)).toBe(false)
    expect(await useWith(() => Promise.resolve(false))).toBe(false)
  })

  test.each([undefined, null, 0, 1, 'OK', 'true', {}])(
    'cannot be told where the store answers %j',
    async (answer) => {
      const rejected = rejectedAs('it answered neither true nor false')
      await expect(useWith(() => answer)).rejects.toMatchObject(rejected)
      await expect(useWith(() => Promise.resolve(answer))).rejects.toMatchObject(rejected)
    },
  )

  test('cannot be told where the store fails', async () => {
    const cause = new Error('down')
    const fail = (): never => {
      throw cause
    }
    const rejected = { ...rejectedAs('it threw'), cause }
    await expect(useWith(fail)).rejects.toMatchObject(rejected)
    await expect(useWith(() => Promise.reject(cause))).rejects.toMatchObject(rejected)
  })

  test('cannot be told for the reason that the store gives', async () => {
    await expect(useWith(() => Promise.reject(FULL))).rejects.toBe(FULL)
    const store = createMemoryReplayStore(clock, 0)
    await expect(useWith((...given) => store.add(...given))).rejects.toMatchObject({ message: FULL.message })
  })

  test('waits for the store for three seconds, and no longer', async () => {
    let settled: unknown
    void useWith(() => new Promise(() => undefined)).catch((error: unknown) => (settled = error))
    clock.advance(2.9)
    await flush()
    expect(settled).toBeUndefined()
    clock.advance(0.1)
    await flush()
    expect(settled).toMatchObject(rejectedAs('it did not answer within 3 seconds'))
  })
})
