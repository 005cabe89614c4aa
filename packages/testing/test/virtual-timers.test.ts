import { describe, expect, test } from '@jest/globals'
import { createVirtualClock, type VirtualClock } from '@bearward/testing'

/** Sets timers, and notes which ran, and when. */
function setTimers(clock: VirtualClock, delays: Readonly<Record<string, number>>): unknown[] {
  const ran: unknown[] = []
  for (const [name, delay] of Object.entries(delays)) {
    clock.after(delay, () => ran.push([name, clock.monotonic()]))
  }
  return ran
}

describe('timers', () => {
  test('run in the order in which they fall due, each at its time', async () => {
    const clock = createVirtualClock()
    const ran = setTimers(clock, { late: 3, early: 1, between: 2.5, later: 4.5 })
    await clock.advance(4)
    expect(ran).toEqual([
      ['early', 1],
      ['between', 2.5],
      ['late', 3],
    ])
    expect(clock.monotonic()).toBe(4)
    await clock.advance(0.5)
    expect(ran.at(-1)).toEqual(['later', 4.5])
  })

  test('that fall due together run in the order in which they were made', async () => {
    const clock = createVirtualClock()
    const ran = setTimers(clock, { first: 2 })
    await clock.advance(1)
    const others = setTimers(clock, { second: 1 })
    clock.after(1, () => ran.push(...others, 'third'))
    await clock.advance(1)
    expect(ran).toEqual([['first', 2], ['second', 2], 'third'])
  })

  test('show their time on the wall clock too', async () => {
    const clock = createVirtualClock({ start: 1000 })
    const seen: number[] = []
    clock.after(2, () => seen.push(clock.now()))
    await clock.advance(10)
    expect([...seen, clock.now()]).toEqual([1002, 1010])
  })

  test('that are made on the way run on the way, where there is time', async () => {
    const clock = createVirtualClock()
    const ran: number[] = []
    const tick = () => {
      ran.push(clock.monotonic())
      clock.after(2, tick)
    }
    clock.after(2, tick)
    await clock.advance(7)
    expect([ran, clock.timers]).toEqual([[2, 4, 6], 1])
  })

  test('that are due run when things settle, never at once', async () => {
    const clock = createVirtualClock()
    const ran = setTimers(clock, { now: 0, past: -5, soon: 0.001 })
    expect([ran, clock.timers]).toEqual([[], 3])
    await clock.settle()
    expect([ran, clock.timers]).toEqual([
      [
        ['now', 0],
        ['past', 0],
      ],
      1,
    ])
  })

  test('of infinite delay wait for ever', async () => {
    const clock = createVirtualClock()
    const ran = setTimers(clock, { never: Infinity })
    await clock.advance(1e9)
    expect([ran, clock.timers]).toEqual([[], 1])
  })

  test('can be cancelled, also when they have run', async () => {
    const clock = createVirtualClock()
    const ran: string[] = []
    const cancel = clock.after(1, () => ran.push('cancelled'))
    const cancelLate = clock.after(1, () => ran.push('ran'))
    cancel()
    cancel()
    expect(clock.timers).toBe(1)
    await clock.advance(1)
    cancelLate()
    expect([ran, clock.timers]).toEqual([['ran'], 0])
  })

  test('can be cancelled by one that falls due with them', async () => {
    const clock = createVirtualClock()
    const ran: string[] = []
    clock.after(1, () => {
      cancel()
    })
    const cancel = clock.after(1, () => ran.push('cancelled'))
    await clock.advance(1)
    expect(ran).toEqual([])
  })

  test('that throw end the move where it is, and the clock can be moved on', async () => {
    const clock = createVirtualClock()
    clock.after(1, () => {
      throw new Error('a mistake in the test')
    })
    await expect(clock.advance(5)).rejects.toThrow('a mistake in the test')
    expect(clock.monotonic()).toBe(1)
    await clock.advance(1)
    expect(clock.monotonic()).toBe(2)
  })
})

describe('moving the clock', () => {
  test('is done by one at a time', async () => {
    const clock = createVirtualClock()
    const first = clock.advance(1)
    await expect(clock.advance(1)).rejects.toThrow('moving already')
    await first
    await clock.advance(1)
    expect(clock.monotonic()).toBe(2)
  })

  test('lets what waits run before it begins', async () => {
    const clock = createVirtualClock()
    const seen: number[] = []
    void Promise.resolve().then(() => clock.after(1, () => seen.push(clock.monotonic())))
    await clock.advance(1)
    expect(seen).toEqual([1])
  })

  test('lets what a timer sets off run before the next timer', async () => {
    const clock = createVirtualClock()
    const ran: string[] = []
    clock.after(1, () => void chain(20).then(() => ran.push('what the first set off')))
    clock.after(1, () => ran.push('second'))
    await clock.advance(1)
    expect(ran).toEqual(['what the first set off', 'second'])
  })
})

async function chain(length: number): Promise<void> {
  for (let link = 0; link < length; link += 1) await Promise.resolve()
}
