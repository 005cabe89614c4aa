import { describe, expect, test } from '@jest/globals'
import { GeneralOutageError, RefusedError } from '../../src/errors.js'
import { asking, createScriptedBreaker, down, failed } from './scripted-endpoint.js'

describe('a circuit breaker', () => {
  test('lets everybody ask, and brings answers and errors as they are', async () => {
    const { breaker, ask, rest } = createScriptedBreaker()
    expect(await ask('answered')).toBe('answered')
    expect(await ask(down)).toBe(down)
    expect([rest(), breaker.failure()]).toEqual([0, undefined])
  })

  test('lets nobody ask after 5 failures in a row, and not before', async () => {
    const { breaker, ask, rest } = createScriptedBreaker()
    await ask(down, down, down, down)
    expect([rest(), breaker.failure()]).toEqual([0, undefined])
    await ask(down)
    expect(rest()).toBe(5)
    expect(breaker.failure()).toBe(down)
  })

  test('counts each of those that were asked at the same time', async () => {
    const { begin, rest } = createScriptedBreaker()
    const [late, ...questions] = Array.from({ length: 10 }, begin)
    for (const question of questions.slice(0, 4)) await question.fail(down)
    await late?.succeed()
    for (const question of questions.slice(4, 8)) await question.fail(down)
    expect(rest()).toBe(0)
    await questions[8]?.fail(down)
    expect(rest()).toBe(5)
  })

  test.each([
    ['an answer', 'answered'],
    ['an answer to this question alone', failed],
    ['a refusal', new RefusedError('ERR_TOKEN_INACTIVE')],
    ['a defect', new TypeError('broken')],
  ] as const)('begins to count again after %s', async (_name, result) => {
    const { ask, rest } = createScriptedBreaker()
    await ask(down, down, down, down, result, down, down, down, down)
    expect(rest()).toBe(0)
    await ask(down)
    expect(rest()).toBe(5)
  })

  test('does not count what is not about the server as a whole', async () => {
    const { ask, rest, breaker } = createScriptedBreaker()
    await ask(...Array.from({ length: 20 }, () => failed))
    expect([rest(), breaker.failure()]).toEqual([0, undefined])
  })

  test('gives each a copy of the last failure, that says how long to wait', async () => {
    const { breaker, ask, clock } = createScriptedBreaker()
    const cause = new TypeError('reset')
    const last = new GeneralOutageError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', 'the last', { cause })
    await ask(down, down, down, down, last)
    clock.advance(1.5)
    const errors = [await ask('answered'), await ask('answered')]
    for (const error of errors) {
      expect(error).toBeInstanceOf(GeneralOutageError)
      expect(error).toMatchObject({ code: last.code, message: last.message, cause, retryAfter: 4 })
      expect(error).not.toBe(last)
    }
    expect(errors[0]).not.toBe(errors[1])
    expect(breaker.failure()).toBe(last)
  })

  test('does not ask during the pause', async () => {
    const { breaker, ask } = createScriptedBreaker()
    await ask(down, down, down, down, down)
    let asked = 0
    const count = () => Promise.resolve((asked += 1))
    await expect(breaker.run(count)).rejects.toMatchObject({ code: down.code })
    expect(asked).toBe(0)
  })
})

describe('after the pause', () => {
  async function createTripped() {
    const script = createScriptedBreaker()
    await script.ask(down, down, down, down, down)
    script.clock.advance(4.999)
    expect([script.rest(), script.breaker.failure()]).toEqual([1, down])
    script.clock.advance(0.001)
    expect([script.rest(), script.breaker.failure()]).toEqual([0, undefined])
    return script
  }

  test('one alone asks, on trial; the others are to come back in a second', async () => {
    const { begin, ask, rest, breaker } = await createTripped()
    const trial = begin()
    expect(rest()).toBe(1)
    expect(await ask('answered')).toMatchObject({ code: down.code, message: down.message, retryAfter: 1 })
    expect(breaker.failure()).toBe(down)
    await trial.succeed()
    expect(trial.outcome()).toBe('answered')
    expect([rest(), breaker.failure()]).toEqual([0, undefined])
  })

  test.each([failed, new TypeError('broken')])(
    'a trial that shows the server alive is good: %s',
    async (error) => {
      const { ask, rest, breaker } = await createTripped()
      expect(await ask(error)).toBe(error)
      expect([rest(), breaker.failure()]).toEqual([0, undefined])
      await ask(down, down, down, down)
      expect(rest()).toBe(0)
    },
  )

  test('a good trial has everything begin anew: 5 failures, and the shortest pause', async () => {
    const { ask, begin, rest } = await createTripped()
    await ask('answered')
    const [one, other] = [begin(), begin()]
    await Promise.all([one.succeed(), other.succeed()])
    expect([one.outcome(), other.outcome()]).toEqual(['answered', 'answered'])
    await ask(down, down, down, down)
    expect(rest()).toBe(0)
    await ask(down)
    expect(rest()).toBe(5)
  })

  test('a trial that fails begins the next pause at once, after which there is another trial', async () => {
    const { ask, clock, rest, breaker } = await createTripped()
    const again = new GeneralOutageError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', 'again')
    expect(await ask(again)).toBe(again)
    expect(rest()).toBe(10)
    expect(breaker.failure()).toBe(again)
    clock.advance(10)
    expect(rest()).toBe(0)
    expect(await ask('answered')).toBe('answered')
    expect(breaker.failure()).toBeUndefined()
  })
})

describe('the pauses', () => {
  test.each([
    [0, [5, 10, 20, 40, 60, 60, 60]],
    [0.5, [4.5, 9, 18, 36, 54, 54, 54]],
    [1, [4, 8, 16, 32, 48, 48, 48]],
  ])('with the chance %d are %j', async (chance, pauses) => {
    const { ask, clock, rest, setChance } = createScriptedBreaker()
    setChance(chance)
    await ask(down, down, down, down)
    for (const pause of pauses) {
      await ask(down)
      clock.advance(pause - 0.001)
      expect(rest()).toBe(1)
      clock.advance(0.001_001)
      expect(rest()).toBe(0)
    }
  })

  test.each([0, 0.5, 1])('are as long as the server asks, whatever the chance: %d', async (chance) => {
    const { ask, clock, rest, breaker, setChance } = createScriptedBreaker()
    setChance(chance)
    const error = asking(120)
    expect(await ask(error)).toBe(error)
    expect([rest(), breaker.failure()]).toEqual([120, error])
    clock.advance(119.999)
    expect(rest()).toBe(1)
    clock.advance(0.001)
    expect(rest()).toBe(0)
  })

  test('are no shorter than without its asking', async () => {
    const { ask, clock, rest } = createScriptedBreaker()
    await ask(asking(1))
    expect(rest()).toBe(5)
    clock.advance(5)
    await ask(asking(7))
    expect(rest()).toBe(10)
    clock.advance(10)
    await ask(asking(21))
    expect(rest()).toBe(21)
  })

  test('that the server asks for end in a trial like any other', async () => {
    const { ask, clock, rest, breaker } = createScriptedBreaker()
    await ask(asking(30))
    clock.advance(30)
    await ask(down)
    expect([rest(), breaker.failure()]).toEqual([10, down])
    clock.advance(10)
    await ask('answered')
    expect([rest(), breaker.failure()]).toEqual([0, undefined])
  })

  test('are not what an outage says that asks for nothing', async () => {
    const { ask, rest } = createScriptedBreaker()
    const code = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'
    await ask(new GeneralOutageError(code, 'x', { retryAfter: 100 }))
    expect(rest()).toBe(0)
  })
})
