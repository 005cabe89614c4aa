import { describe, expect, test } from '@jest/globals'
import { createRefresher } from '../../src/http/refresher.js'
import { createScript, outage, POLICY } from './scripted-document.js'

function create() {
  const script = createScript()
  const refresher = createRefresher(script.fetch, POLICY, script.clock, () => undefined)
  refresher.plan()
  return { ...script, refresher }
}

describe('a planned refresh', () => {
  test.each([
    [0, 420],
    [0.5, 450],
    [1, 480],
  ])('with the chance %d comes after %d of 600 seconds', async (chance, seconds) => {
    const { refresher, fetches, clock, setChance, end, pass } = create()
    setChance(chance)
    refresher.start()
    await end()
    expect(refresher.nextFetch()).toBeCloseTo(seconds, 9)
    await pass(seconds - 0.1)
    expect(refresher.nextFetch()).toBeCloseTo(0.1, 9)
    expect([fetches.length, clock.timers]).toEqual([1, 1])
    await pass(0.11)
    expect([fetches.length, clock.timers]).toEqual([2, 1]) // which looks whether the process sleeps
    expect(refresher.nextFetch()).toBeUndefined()
  })

  test('comes where it was asked for, also after the first fetch', async () => {
    const { fetch, clock, fetches, end, pass } = createScript()
    const refresher = createRefresher(fetch, POLICY, clock, () => undefined)
    refresher.start()
    await end()
    expect([refresher.nextFetch(), clock.timers]).toEqual([undefined, 0])
    refresher.plan()
    expect(refresher.nextFetch()).toBe(450)
    await pass(450)
    expect(fetches).toHaveLength(2)
  })

  test('counts from the start of the last fetch, and comes at once where that took longer', async () => {
    const { refresher, fetches, end, pass } = create()
    refresher.start()
    await pass(50)
    await end()
    expect(refresher.nextFetch()).toBeCloseTo(400, 9)
    refresher.start()
    await pass(451)
    await end()
    expect(refresher.nextFetch()).toBe(0)
    await pass(0)
    expect(fetches).toHaveLength(3)
  })

  test('gives way to a fetch that somebody asks for, and is planned anew after it', async () => {
    const { refresher, clock, end, pass } = create()
    refresher.start()
    await end()
    await pass(100)
    refresher.start()
    expect(refresher.nextFetch()).toBeUndefined()
    await end()
    expect(clock.timers).toBe(1)
    expect(refresher.nextFetch()).toBeCloseTo(450, 9)
  })

  test('is made no more after the end', async () => {
    const { refresher, fetches, clock, end, pass } = create()
    refresher.start()
    await end()
    refresher.stop()
    expect([clock.timers, refresher.nextFetch()]).toEqual([0, undefined])
    await pass(10_000)
    expect(fetches).toHaveLength(1)
  })

  test('is not planned by a fetch that outlives the end, whose copy is kept', async () => {
    const { refresher, clock, end } = create()
    refresher.start()
    refresher.stop()
    await end()
    expect(refresher.copy()?.content).toBe('a')
    expect([clock.timers, refresher.nextFetch()]).toEqual([0, undefined])
  })

  test('is planned again when it is told so, by when the last fetch began, or failed', async () => {
    const { refresher, fetches, clock, end, pass } = create()
    refresher.start()
    await end()
    refresher.stop()
    await pass(100)
    refresher.plan()
    refresher.plan()
    expect([clock.timers, refresher.nextFetch()]).toEqual([1, 350])
    refresher.start()
    await end(outage)
    refresher.stop()
    await pass(2)
    refresher.plan()
    expect(refresher.nextFetch()).toBeCloseTo(2.5, 9)
    await pass(2.5)
    expect(fetches).toHaveLength(3)
  })
})
