import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import type { Copy } from '../../src/http/outcome.js'
import { toFingerprint, type KeySet } from '../../src/keys/key-set.js'
import { createSightings } from '../../src/keys/sightings.js'
import type { Seconds } from '../../src/time.js'
import { createKey } from './scripted-key-source.js'

const [first, second, third]: readonly [KeySet, KeySet, KeySet] = [
  [createKey('first')],
  [createKey('second')],
  [createKey('third')],
]

/** What a process knows that has had `first` in hand for 100 seconds, and has heard nothing. */
function create() {
  const clock = createManualClock(1_000_000)
  const toCopy = (keys: KeySet): Copy<KeySet> => ({
    content: keys,
    fetchedAt: clock.monotonic(),
    validator: undefined,
    lifetime: 600,
    confirmations: 0,
  })
  let copy: Copy<KeySet> | undefined = toCopy(first)
  const sightings = createSightings({ copy: () => copy }, clock)
  clock.advance(100)
  return {
    ...sightings,
    clock,
    copyOf: (keys: KeySet) => ({ ...toCopy(keys), fetchedAt: 0 }),
    /** It has looked itself. */
    look(keys: KeySet) {
      copy = toCopy(keys)
    },
    lose() {
      copy = undefined
    },
    /** Another process looked so many seconds ago, and saw this. */
    hear(keys: KeySet, age: Seconds = 0) {
      sightings.note({ keySet: 'name', fingerprint: toFingerprint(keys), lookedAt: clock.now() - age })
    },
  }
}

describe('news of other keys', () => {
  test('are followed once each, and once in 5 seconds', () => {
    const { clock, hear, mayFollow, follow } = create()
    hear(second)
    expect(mayFollow()).toBe(true)
    follow()
    clock.advance(5)
    expect(mayFollow()).toBe(false)
    hear(third)
    expect(mayFollow()).toBe(true)
    follow()
    clock.advance(4.75)
    hear(second)
    expect(mayFollow()).toBe(false)
    clock.advance(0.25)
    expect(mayFollow()).toBe(true)
  })

  test('leave open what is to be known until they are followed', () => {
    const { hear, agree, doubt } = create()
    expect([agree(), doubt()]).toEqual([true, undefined])
    hear(second)
    expect([agree(), doubt()]).toEqual([false, 5])
  })

  test('are of no matter after a look of its own, whatever that brought', () => {
    const { hear, look, agree, doubt, mayFollow } = create()
    hear(second)
    look(third)
    expect(agree()).toBe(false)
    expect([mayFollow(), doubt()]).toEqual([false, undefined])
  })

  test('are none where the same keys are in hand, or came by themselves', () => {
    const { hear, look, agree, doubt, mayFollow } = create()
    hear(first)
    expect([agree(), doubt(), mayFollow()]).toEqual([true, undefined, false])
    hear(second)
    look(second)
    expect([agree(), doubt(), mayFollow()]).toEqual([true, undefined, false])
  })

  test('are none for a process that has no keys in hand', () => {
    const { hear, lose, look, agree, doubt, mayFollow, expect: expectSlot } = create()
    lose()
    hear(second)
    expectSlot(30)
    expect([agree(), doubt(), mayFollow()]).toEqual([true, undefined, false])
    look(first)
    expect(agree()).toBe(true)
  })
})

describe('keys that another process saw as well', () => {
  test('are as young as its look, but for a second, by which clocks may differ', () => {
    const { clock, copyOf, hear, asSeen } = create()
    hear(first, 10)
    expect(asSeen(copyOf(first)).fetchedAt).toBe(clock.monotonic() - 11)
    hear(first, 50)
    expect(asSeen(copyOf(first)).fetchedAt).toBe(clock.monotonic() - 11)
    hear(first, -10)
    expect(asSeen(copyOf(first)).fetchedAt).toBe(clock.monotonic() - 1)
  })

  test('say nothing of others', () => {
    const { copyOf, hear, asSeen } = create()
    hear(first)
    expect(asSeen(copyOf(second)).fetchedAt).toBe(0)
    const other = create()
    other.hear(second)
    expect(other.asSeen(copyOf(first)).fetchedAt).toBe(0)
  })
})

describe('the slot of another process', () => {
  test('leaves open what it sees until the slot is free, a second at least', () => {
    const { clock, expect: expectSlot, doubt } = create()
    expectSlot(25)
    expect(doubt()).toBe(25)
    clock.advance(24.5)
    expect(doubt()).toBe(1)
  })

  test.each([
    [7, undefined],
    [7.5, 24],
  ])('is answered by a look of %d seconds ago: %j', (age, doubted) => {
    const { hear, expect: expectSlot, doubt } = create()
    expectSlot(24) // taken 6 seconds ago
    hear(first, age)
    expect(doubt()).toBe(doubted)
  })

  test('is answered by a look of its own since, and leaves open what is newer than that', () => {
    const { look, expect: expectSlot, doubt } = create()
    expectSlot(30)
    look(first)
    expect([doubt(), doubt(true)]).toEqual([undefined, 5])
  })

  test('of which nothing is heard for 30 seconds shows that it is cut off, whoever has it then', () => {
    const { clock, hear, isCutOff, expect: expectSlot } = create()
    expect(isCutOff()).toBe(false)
    expectSlot(30)
    expect(isCutOff()).toBe(false)
    clock.advance(29.75)
    expectSlot(30)
    expect(isCutOff()).toBe(false)
    clock.advance(0.25)
    expect(isCutOff()).toBe(true)
    hear(first)
    expect(isCutOff()).toBe(false)
    expectSlot(30)
    clock.advance(20)
    expect(isCutOff()).toBe(false)
  })
})
