import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import { createClockSteps } from '../../src/binding/clock-steps.js'
import { UnavailableError } from '../../src/errors.js'

const START = 1_000_000

/** Steps of at most 30 seconds are forgiven, and proofs are made 10 seconds ahead at most. */
function create() {
  const clock = createManualClock(START)
  clock.advance(100)
  const steps = createClockSteps(clock, 30, 10)
  const judge = (time: number) => {
    try {
      steps.checkTime(time, clock.now())
      return 'accepted'
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error
      const { code, message, retryAfter } = error
      expect(message).toBe(
        'It cannot be told whether a DPoP proof was used before: the clock of this machine was set back',
      )
      return { code, retryAfter }
    }
  }
  return { clock, judge }
}

const refused = (retryAfter: number) => ({ code: 'ERR_REPLAY_STORE', retryAfter })

describe('a wall clock that is set back', () => {
  test('by 30 seconds is forgiven', () => {
    const { clock, judge } = create()
    expect(judge(START)).toBe('accepted')
    clock.step(-30)
    expect(judge(START)).toBe('accepted')
    clock.step(30)
    clock.step(-30)
    expect(judge(START)).toBe('accepted')
  })

  test('by more lets no proof be good from the time that comes twice', () => {
    const { clock, judge } = create()
    const latest = clock.now()
    clock.step(-31)
    expect(judge(latest - 31)).toEqual(refused(41))
    expect(judge(latest + 10)).toEqual(refused(41))
    expect(judge(latest + 10.1)).toBe('accepted')
    clock.advance(39)
    expect(judge(latest + 10)).toEqual(refused(2))
    clock.advance(3)
    expect(judge(latest + 11)).toBe('accepted')
  })

  test('little by little is found out all the same', () => {
    const { clock, judge } = create()
    clock.step(-20)
    expect(judge(clock.now())).toBe('accepted')
    clock.step(-20)
    expect(judge(clock.now())).not.toBe('accepted')
  })

  test('and forward before that was at its latest then', () => {
    const { clock, judge } = create()
    clock.step(100)
    const latest = clock.now()
    expect(judge(latest)).toBe('accepted')
    clock.step(-100)
    expect(judge(latest + 10)).toEqual(refused(110))
    expect(judge(latest + 11)).toBe('accepted')
    // A second step does not make the first one shorter.
    clock.step(-100)
    expect(judge(latest + 10)).toEqual(refused(210))
  })

  test('never is no trouble, however long it goes', () => {
    const { clock, judge } = create()
    for (let hours = 0; hours < 3; hours += 1) {
      clock.advance(3_600)
      expect(judge(clock.now() - 60)).toBe('accepted')
    }
  })
})
