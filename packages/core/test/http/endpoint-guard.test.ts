import { describe, expect, test } from '@jest/globals'
import { GeneralOutageError, UnavailableError } from '../../src/errors.js'
import { createEndpointGuard } from '../../src/http/endpoint-guard.js'
import { settle } from './scripted-document.js'
import { asking, createChanceClock, down, failed, pose } from './scripted-endpoint.js'

const UNREACHABLE = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'
const broken = new GeneralOutageError(UNREACHABLE, 'the request failed', { cause: new TypeError('reset') })

/** A guard of an endpoint that answers with one of these after the other, and with the last one from then on. */
function create(results: readonly (Error | 'answered')[], concurrency = 2) {
  const { clock, setChance } = createChanceClock()
  const guard = createEndpointGuard({ concurrency, waitLimit: 3 }, clock, () => new Error('busy'))
  const script = { asked: 0 }
  const ask = () => {
    const result = results[Math.min(script.asked, results.length - 1)]
    script.asked += 1
    return result instanceof Error ? Promise.reject(result) : Promise.resolve('answered')
  }
  return {
    clock,
    setChance,
    guard,
    script,
    /** A question that the endpoint answers at once. */
    async call() {
      const question = pose(() => guard.call(ask))
      await settle()
      return question
    },
    /** A question that the test answers. */
    async hold() {
      const question = pose((hold) => guard.call(hold))
      await settle()
      return question
    },
    async pass(seconds: number) {
      clock.advance(seconds)
      await settle()
    },
  }
}

describe('a question', () => {
  test('is asked once where it is answered', async () => {
    const { call, script, clock } = create(['answered'])
    expect((await call()).outcome()).toBe('answered')
    expect([script.asked, clock.timers]).toEqual([1, 0])
  })

  test.each([
    [0, 0.05],
    [0.5, 0.15],
    [1, 0.25],
  ])(
    'is asked again where the connection broke: with the chance %d, after %d seconds',
    async (chance, pause) => {
      const { call, setChance, pass, script } = create([broken, 'answered'])
      setChance(chance)
      const question = await call()
      await pass(pause - 0.001)
      expect([question.outcome(), script.asked]).toEqual(['pending', 1])
      await pass(0.001_001)
      expect([question.outcome(), script.asked]).toEqual(['answered', 2])
    },
  )

  test('is not asked again where another question has brought a pause meanwhile', async () => {
    const { call, pass, script } = create([broken, asking(60), 'answered'])
    const [question, other] = [await call(), await call()]
    expect([question.outcome(), script.asked]).toEqual(['pending', 2])
    await pass(1)
    expect([question.outcome(), script.asked]).toEqual([broken, 2])
    expect(other.outcome()).toMatchObject({ retryAfter: 60 })
  })

  test('is not asked a third time', async () => {
    const last = new GeneralOutageError(UNREACHABLE, 'again', { cause: new TypeError('reset') })
    const { call, pass, script } = create([broken, last, 'answered'])
    const question = await call()
    await pass(1)
    expect([question.outcome(), script.asked]).toEqual([last, 2])
  })

  test.each([
    ['the time was over', down],
    ['the server asks for a pause', asking(1)],
    ['the server answered', failed],
    [
      'an answer cannot be believed',
      new UnavailableError('ERR_INTROSPECTION_RESPONSE', 'x', { cause: broken }),
    ],
    ['something else broke', new TypeError('broken', { cause: new Error('x') })],
  ])('is not asked again where %s', async (_name, error) => {
    const { call, pass, script } = create([error, 'answered'])
    const question = await call()
    await pass(1)
    expect([question.outcome(), script.asked]).toEqual([error, 1])
  })
})

describe('a guard', () => {
  test('has so many questions asked at once; the others wait, and then are told', async () => {
    const { hold, pass } = create(['answered'])
    const questions = [await hold(), await hold(), await hold(), await hold()] as const
    await pass(1)
    await questions[0].succeed()
    await questions[2].succeed()
    expect(questions.map(({ outcome }) => outcome())).toEqual(['answered', 'pending', 'answered', 'pending'])
    await questions[3].succeed()
    expect(questions[3].outcome()).toBe('answered')
    const [, waiting] = [await hold(), await hold()]
    await pass(2.999)
    expect(waiting.outcome()).toBe('pending')
    await pass(0.001)
    expect(waiting.outcome()).toEqual(new Error('busy'))
  })

  test.each([failed, new TypeError('broken')])(
    'gives the turn back where a question fails: %s',
    async (error) => {
      const { call, clock } = create([error], 1)
      for (let index = 0; index < 10; index += 1) expect((await call()).outcome()).toBe(error)
      expect(clock.timers).toBe(0)
    },
  )

  test('keeps the turn while it waits for the second attempt', async () => {
    const { call, pass } = create([broken, 'answered'], 1)
    const [first, second] = [await call(), await call()]
    expect([first.outcome(), second.outcome()]).toEqual(['pending', 'pending'])
    await pass(0.05)
    expect([first.outcome(), second.outcome()]).toEqual(['answered', 'answered'])
  })

  test('counts two attempts as one failure; after 5 nobody asks, and the reason is known', async () => {
    const { call, pass, guard, script } = create([broken])
    for (let index = 0; index < 4; index += 1) {
      await call()
      await pass(0.05)
    }
    expect(guard.failure()).toBeUndefined()
    expect(script.asked).toBe(8)
    await call()
    await pass(0.05)
    expect(guard.failure()).toBe(broken)
    expect((await call()).outcome()).toMatchObject({ code: UNREACHABLE, retryAfter: 5 })
    expect(script.asked).toBe(10)
  })

  test('lets nobody wait for a turn at an endpoint that is down', async () => {
    const { hold, clock } = create(['answered'], 2)
    await hold()
    for (let index = 0; index < 5; index += 1) await (await hold()).fail(down)
    await hold()
    expect((await hold()).outcome()).toMatchObject({ code: UNREACHABLE })
    expect(clock.timers).toBe(1) // of who was first: whether the process sleeps
  })

  test('asks nothing for who got a turn after the endpoint went down, and has it back', async () => {
    const { hold, call, script, pass } = create(['answered'], 1)
    const [first, second] = [await hold(), await call()]
    await first.fail(asking(10))
    expect(second.outcome()).toMatchObject({ code: 'ERR_AUTHORIZATION_SERVER_RESPONSE', retryAfter: 10 })
    expect(script.asked).toBe(0)
    await pass(10)
    expect((await call()).outcome()).toBe('answered')
  })

  test.each([
    ['no pause has begun meanwhile', 2, 'answered'],
    ['and not where one has', 1, down],
  ])('asks again after a sleep where %s', async (_name, questions, outcome) => {
    const { guard, call, clock } = create([asking(60)])
    const { monotonic } = clock
    let slept = 0
    Object.assign(clock, { monotonic: () => monotonic() + slept })
    let asked = 0
    let end = (_error: Error): void => undefined
    const question = pose(() =>
      guard.call(() => {
        asked += 1
        return asked > 1 ? Promise.resolve('answered') : new Promise((_resolve, reject) => (end = reject))
      }),
    )
    await settle()
    if (questions === 1) await call()
    slept = 8
    end(down)
    await settle()
    expect([question.outcome(), asked]).toEqual([outcome, questions])
  })

  test('takes no failure for an outage where the process slept, and asks again', async () => {
    const { guard, call, clock } = create(['answered'], 10)
    const { monotonic } = clock
    let slept = 0
    Object.assign(clock, { monotonic: () => monotonic() + slept })
    const failures: (() => void)[] = []
    const ask = () =>
      slept > 0
        ? Promise.resolve('answered')
        : new Promise<string>((_resolve, reject) => {
            failures.push(() => {
              reject(down)
            })
          })
    const answers = Promise.all(Array.from({ length: 6 }, () => guard.call(ask)))
    await settle()
    slept = 8
    for (const fail of failures) fail()
    expect(new Set(await answers)).toEqual(new Set(['answered']))
    expect((await call()).outcome()).toBe('answered')
  })
})
