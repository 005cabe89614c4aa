import { describe, expect, test } from '@jest/globals'
import { asking, createScriptedBreaker, down, failed } from './scripted-endpoint.js'

/** A pause of 5 seconds has begun, and these questions were asked before. */
async function createTripped() {
  const script = createScriptedBreaker()
  const stale = Array.from({ length: 10 }, () => script.begin())
  await script.ask(down, down, down, down, down)
  const next = () => {
    const question = stale.pop()
    if (question === undefined) throw new Error('There are no more')
    return question
  }
  return { ...script, next }
}

describe('what was asked before a pause', () => {
  test.each(['answered', failed, down] as const)(
    'does not end it, nor make it longer: %s',
    async (result) => {
      const { next, rest, clock, breaker } = await createTripped()
      for (let index = 0; index < 10; index += 1) {
        const question = next()
        await (result === 'answered' ? question.succeed() : question.fail(result))
        expect(question.outcome()).toBe(result)
      }
      expect([rest(), breaker.failure()]).toEqual([5, down])
      clock.advance(5)
      expect(rest()).toBe(0)
    },
  )

  test('does not make the next pause longer', async () => {
    const { next, ask, rest, clock } = await createTripped()
    for (let index = 0; index < 10; index += 1) await next().fail(down)
    clock.advance(5)
    await ask(down)
    expect(rest()).toBe(10)
  })

  test('does not decide a trial, nor let a second one begin', async () => {
    const { next, begin, rest, clock, breaker } = await createTripped()
    clock.advance(5)
    const trial = begin()
    await next().succeed()
    await next().fail(failed)
    await next().fail(down)
    expect([rest(), breaker.failure()]).toEqual([1, down])
    await trial.succeed()
    expect([rest(), breaker.failure()]).toEqual([0, undefined])
  })

  test('counts for nothing after the server is there again, but where the server asks for a pause', async () => {
    const { next, ask, rest, clock } = await createTripped()
    clock.advance(5)
    await ask('answered', down, down, down, down)
    await next().fail(down)
    expect(rest()).toBe(0)
    await next().succeed()
    await next().fail(failed)
    await ask(down)
    expect(rest()).toBe(5)
    clock.advance(5)
    await ask('answered')
    await next().fail(asking(30))
    expect(rest()).toBe(30)
  })

  test('is heeded where the server asks for a longer pause, and not where for a shorter one', async () => {
    const { next, rest, clock, breaker } = await createTripped()
    await next().fail(asking(3))
    expect(rest()).toBe(5)
    const longer = asking(30)
    await next().fail(longer)
    expect([rest(), breaker.failure()]).toEqual([30, longer])
    clock.advance(10)
    await next().fail(asking(19))
    expect(rest()).toBe(20)
  })

  test('and asks for a pause during a trial, is heeded whatever the trial brings', async () => {
    const { next, begin, rest, clock, breaker } = await createTripped()
    clock.advance(5)
    const trial = begin()
    const asked = asking(30)
    await next().fail(asked)
    expect(rest()).toBe(30)
    await trial.succeed()
    expect([rest(), breaker.failure()]).toEqual([30, asked])
    clock.advance(30)
    const [another, tooMany] = [begin(), begin()]
    await another.succeed()
    expect(another.outcome()).toBe('answered')
    expect(tooMany.outcome()).toMatchObject({ code: asked.code, retryAfter: 1 })
    expect(breaker.failure()).toBeUndefined()
  })
})
