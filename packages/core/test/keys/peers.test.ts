import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import type { KeySearchStore, KeySetSighting } from '../../src/keys/key-search-store.js'
import { toFingerprint, type KeySet } from '../../src/keys/key-set.js'
import { createPeers } from '../../src/keys/peers.js'
import { createGate, createKey, settle } from './scripted-key-source.js'

const [first, second] = [[createKey('first')], [createKey('second')]]

/** The peers of a process that has had `first` in hand for 100 seconds, in a store that answers like this. */
function create(answer: () => unknown = () => 0) {
  const clock = createManualClock(1_000_000)
  const announced: KeySetSighting[] = []
  const asked: unknown[] = []
  const store = {
    take: (...slot: unknown[]) => (asked.push(slot), answer()),
    announce: (sighting: KeySetSighting) => void announced.push(sighting),
  } as unknown as KeySearchStore
  const copy = { content: first, fetchedAt: 0, validator: undefined, lifetime: 600, confirmations: 0 }
  const peers = createPeers(store, 'name', { copy: () => copy }, clock)
  clock.advance(100)
  const sighting = (keys: KeySet, keySet = 'name') => ({
    keySet,
    fingerprint: toFingerprint(keys),
    lookedAt: clock.now(),
  })
  const takeBy = (seconds: number) => peers.take('second', clock.monotonic() + seconds)
  return { ...peers, clock, announced, asked, sighting, takeBy }
}

describe('a slot', () => {
  test('is asked for by the name of the key set and its own', async () => {
    const { asked, takeBy } = create()
    expect(await takeBy(3)).toBe(0)
    expect(asked).toEqual([['name.second', 30]])
  })

  test.each([
    [12, 12],
    [30, 30],
    [30.1, 30],
    [0.01, 0.1],
  ])('is free in %d seconds, as the store says: %d', async (answer, wait) => {
    const { doubt, takeBy } = create(() => answer)
    expect(await takeBy(3)).toBe(wait)
    expect(doubt()).toBe(Math.max(1, wait))
  })

  test.each([0, -1, 30.2, Infinity, NaN, '12', [12], null, undefined, true])(
    'is there, and nothing is expected of others, where the store says %p',
    async (answer) => {
      const { doubt, takeBy } = create(() => answer)
      expect(await takeBy(3)).toBe(0)
      expect(doubt()).toBeUndefined()
    },
  )

  test.each([
    ['a second', 3, 1],
    ['half of the time', 1, 0.5],
    ['a tenth of a second, however late it is', 0.125, 0.1],
  ])('is waited for: %s', async (_name, left, limit) => {
    for (const [patience, wait] of [
      [limit - 0.05, 12],
      [limit, 0],
    ] as const) {
      const { gate, open } = createGate()
      const { clock, takeBy } = create(() => gate.then(() => 12))
      const taken = takeBy(left)
      await settle()
      clock.advance(patience)
      await settle()
      open()
      expect({ patience, wait: await taken }).toEqual({ patience, wait })
    }
  })
})

describe('what a process announces', () => {
  test('is what it has in hand, and when it asked for that', async () => {
    const { clock, announce, announced } = create()
    announce()
    await settle()
    expect(announced).toEqual([
      { keySet: 'name', fingerprint: toFingerprint(first), lookedAt: clock.now() - 100 },
    ])
  })
})

describe('what a process hears', () => {
  test('of other keys is told to who listens, and of another key set to nobody', () => {
    const { hear, onNews, sighting, mayFollow } = create()
    let heard = 0
    onNews(() => (heard += 1))
    hear(sighting(second, 'of another'))
    expect([heard, mayFollow()]).toEqual([0, false])
    hear(sighting(second))
    expect([heard, mayFollow()]).toEqual([1, true])
  })

  test('is told to who waits for it instead', async () => {
    const { clock, hear, onNews, sighting, untilHeard } = create()
    let heard = 0
    onNews(() => (heard += 1))
    const waiting = untilHeard(clock.monotonic() + 3)
    hear(sighting(second))
    await waiting
    expect(heard).toBe(0)
    hear(sighting(second))
    expect(heard).toBe(1)
  })

  test('is waited for no longer than a request waits, which is told then when the slot is free', async () => {
    const { clock, takeBy, untilHeard, waitTime } = create(() => 12)
    await takeBy(3)
    expect(waitTime()).toBeUndefined()
    let hasEnded = false
    void untilHeard(clock.monotonic() + 3).then(() => (hasEnded = true))
    clock.advance(2.75)
    await settle()
    expect([hasEnded, waitTime()]).toEqual([false, 9.25])
    clock.advance(0.25)
    await settle()
    expect([hasEnded, waitTime()]).toEqual([true, undefined])
  })
})
