import { describe, expect, test } from '@jest/globals'
import type { RefreshPolicy } from '../../src/http/outcome.js'
import { createRefresher } from '../../src/http/refresher.js'
import { createScript, fetched, outage, POLICY, settle, timeOut } from './scripted-document.js'

/** A refresher, and what it said when fetches ended. */
function create(changes: Partial<RefreshPolicy> = {}) {
  const script = createScript()
  const ends: unknown[] = []
  const refresher = createRefresher(script.fetch, { ...POLICY, ...changes }, script.clock, () => {
    ends.push({ copy: refresher.copy()?.content, isRunning: refresher.attempt() !== undefined })
  })
  return { ...script, refresher, ends }
}

describe('a refresher', () => {
  test('does nothing before it is told to', async () => {
    const { refresher, fetches, clock } = create()
    await settle()
    expect(fetches).toEqual([])
    expect(clock.timers).toBe(0)
    expect(refresher.copy()).toBeUndefined()
    expect(refresher.failure()).toBeUndefined()
    expect(refresher.attempt()).toBeUndefined()
    expect(refresher.nextFetch()).toBeUndefined()
  })

  test('fetches once at a time', async () => {
    const { refresher, fetches, end, clock } = create()
    const first = refresher.start()
    clock.advance(1)
    expect(refresher.start()).toBe(first)
    expect(refresher.attempt()).toBe(first)
    expect(first.awakeFor()).toBe(1)
    await end()
    expect(fetches).toHaveLength(1)
    expect(refresher.attempt()).toBeUndefined()
    await first.ended
    expect(refresher.start()).not.toBe(first)
    expect(refresher.attempt()?.awakeFor()).toBe(0)
    await settle()
    expect(fetches).toHaveLength(2)
  })

  test('asks again where the process mostly slept, twice, and the fetch failed', async () => {
    const { refresher, fetches, ends, end, pass, sleep } = create()
    const { awakeFor, ended } = refresher.start()
    for (const count of [2, 3]) {
      await pass(1)
      sleep(1.5)
      await end(timeOut)
      expect([fetches.length, refresher.failure(), awakeFor()]).toEqual([count, undefined, 0])
    }
    await pass(1)
    sleep(1.5)
    await end(timeOut)
    await ended
    expect(refresher.failure()).toMatchObject({ count: 1, at: 7.5 })
    expect([fetches.length, ends.length]).toEqual([3, 1])
  })

  test('takes the failure for one where the process was mostly awake: a busy one stops now and then', async () => {
    const { refresher, fetches, end, pass, sleep } = create()
    refresher.start()
    for (let turn = 0; turn < 3; turn += 1) {
      await pass(1.5)
      sleep(0.5)
    }
    await end(outage)
    expect(refresher.failure()).toMatchObject({ count: 1, at: 6 })
    expect(fetches).toHaveLength(1)
  })

  test('takes what has come for what it is, where the process slept', async () => {
    const { refresher, fetches, end, sleep } = create()
    refresher.start()
    await settle()
    sleep(100)
    await end()
    expect(refresher.copy()).toMatchObject({ content: 'a', fetchedAt: 0 })
    expect([fetches.length, refresher.attempt()]).toEqual([1, undefined])
  })

  test('keeps what the fetch brought, as old as the start of the fetch', async () => {
    const { refresher, end, pass } = create()
    await pass(10)
    refresher.start()
    await pass(2)
    expect(refresher.copy()).toBeUndefined()
    await end(fetched({ validator: { url: 'u', etag: '"1"' }, lifetime: 300 }))
    expect(refresher.copy()).toEqual({
      content: 'a',
      validator: { url: 'u', etag: '"1"' },
      lifetime: 300,
      fetchedAt: 10,
      confirmations: 0,
    })
  })

  test('asks with the validator of its copy, and keeps the copy that still holds for another lifetime', async () => {
    const { refresher, fetches, end, pass } = create()
    const validator = { url: 'u', etag: '"1"' }
    refresher.start()
    await end(fetched({ validator }))
    await pass(100)
    refresher.start()
    await end(fetched({ content: undefined, validator: { url: 'u', etag: '"2"' }, lifetime: 120 }))
    expect(fetches.map((fetch) => fetch.validator)).toEqual([undefined, validator])
    expect(refresher.copy()).toEqual({
      content: 'a',
      validator: { url: 'u', etag: '"2"' },
      lifetime: 120,
      fetchedAt: 100,
      confirmations: 1,
    })
  })

  test('asks for the document whatever its validator where it is told to', async () => {
    const { refresher, fetches, end } = create()
    refresher.start()
    await end(fetched({ validator: { url: 'u', etag: '"1"' } }))
    refresher.start(false)
    await end(fetched({ content: 'b', validator: { url: 'u', etag: '"1"' } }))
    expect(fetches.map((fetch) => fetch.validator)).toEqual([undefined, undefined])
    expect(refresher.copy()).toMatchObject({ content: 'b', confirmations: 0 })
    refresher.start(true)
    await settle()
    expect(fetches[2]?.validator).toEqual({ url: 'u', etag: '"1"' })
  })

  test('has its copy confirmed ten times in a row, and then asks for the document', async () => {
    const { refresher, fetches, end } = create()
    const validator = { url: 'u', etag: '"1"' }
    refresher.start()
    await end(fetched({ validator }))
    for (let confirmations = 1; confirmations <= 10; confirmations += 1) {
      refresher.start()
      await end(fetched({ content: undefined, validator }))
      expect(refresher.copy()).toMatchObject({ content: 'a', confirmations })
      expect(fetches.at(-1)?.validator).toEqual(validator)
    }
    refresher.start()
    await end(fetched({ content: 'b', validator }))
    expect(fetches.at(-1)?.validator).toBeUndefined()
    expect(refresher.copy()).toMatchObject({ content: 'b', confirmations: 0 })
    refresher.start()
    await settle()
    expect(fetches.at(-1)?.validator).toEqual(validator)
  })

  test('says when a fetch ended, with everything in place', async () => {
    const { refresher, ends, end } = create()
    refresher.start()
    await end()
    refresher.start()
    await end(new Error('broken'))
    expect(ends).toEqual([
      { copy: 'a', isRunning: false },
      { copy: 'a', isRunning: false },
    ])
  })

  test('begins with the copy of an earlier process, unless it has one, and plans nothing on account of it', async () => {
    const { refresher, fetches, end, clock } = create()
    const restored = { ...fetched(), content: 'restored', lifetime: 600, fetchedAt: -100, confirmations: 0 }
    refresher.restore({ ...restored, validator: { url: 'u', etag: '"0"' } })
    refresher.restore({ ...restored, content: 'another' })
    expect(refresher.copy()?.content).toBe('restored')
    expect([clock.timers, fetches.length]).toEqual([0, 0])
    refresher.start()
    await end()
    expect(fetches[0]?.validator).toEqual({ url: 'u', etag: '"0"' })
    expect(refresher.copy()?.content).toBe('a')
    refresher.restore(restored)
    expect(refresher.copy()?.content).toBe('a')
  })
})

describe('the lifetime of a copy', () => {
  test.each([
    [undefined, 600],
    [0, 60],
    [59, 60],
    [60, 60],
    [61, 61],
    [86_399, 86_399],
    [86_400, 86_400],
    [86_401, 86_400],
    [Infinity, 86_400],
  ])('where the server says %p is %d seconds', async (lifetime, seconds) => {
    const { refresher, end } = create()
    refresher.start()
    await end(fetched({ lifetime }))
    expect(refresher.copy()?.lifetime).toBe(seconds)
  })

  test.each([
    [undefined, 300],
    [0, 60],
    [299, 299],
    [301, 300],
  ])('where the server says %p is %d seconds if the options say 300', async (lifetime, seconds) => {
    const { refresher, end } = create({ refreshInterval: 300, longestLifetime: 300 })
    refresher.start()
    await end(fetched({ lifetime }))
    expect(refresher.copy()?.lifetime).toBe(seconds)
  })
})
