import { getEventListeners } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { rule } from '../../../test/support/rule.js'
import { createBench, failureOf, GRANT, holdAnswer, numbered, tokenOf } from './support/script.js'

describe('a token that is good', () => {
  test('is kept, and not asked for before anybody wants it', async () => {
    const bench = createBench({}, numbered(300))
    expect(bench.sent).toHaveLength(0)
    expect(await tokenOf(bench)).toBe('token-1')
    await bench.clock.advance(239)
    expect(await tokenOf(bench)).toBe('token-1')
    expect(bench.sent).toHaveLength(1)
  })

  test.each([
    [3600, 2880], // a fifth of the lifetime before the end
    [300, 240],
    [100, 70], // 30 seconds before the end
    [40, 20], // never before half of it
  ])('for %d seconds is renewed after %d, in the background', async (lifetime, renewal) => {
    const bench = createBench({}, numbered(lifetime))
    await tokenOf(bench)
    await bench.clock.advance(renewal - 0.1)
    await tokenOf(bench)
    await bench.clock.settle()
    expect(bench.sent).toHaveLength(1)
    await bench.clock.advance(0.1)
    expect(await tokenOf(bench)).toBe('token-1')
    await bench.clock.settle()
    expect(await tokenOf(bench)).toBe('token-2')
    expect(bench.sent).toHaveLength(2)
  })

  test('is asked for once for a thousand callers', async () => {
    const bench = createBench({}, numbered(300))
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => tokenOf(bench)))
    expect(new Set(tokens)).toEqual(new Set(['token-1']))
    await bench.clock.advance(250)
    await Promise.all(Array.from({ length: 1000 }, () => tokenOf(bench)))
    expect(bench.sent).toHaveLength(2)
  })

  test('ends by the wall clock where that is set forward, and lives on where it is set back', async () => {
    const bench = createBench({}, numbered(300))
    await tokenOf(bench)
    bench.clock.step(-1000)
    expect(await tokenOf(bench)).toBe('token-1')
    await bench.clock.advance(301)
    expect(await tokenOf(bench)).toBe('token-2')
    bench.clock.step(301)
    expect(await tokenOf(bench)).toBe('token-3')
  })

  rule('6749-5.1-b', 'lives from the moment of the question', async () => {
    const { answer, release } = holdAnswer()
    const bench = createBench({}, answer, numbered(300))
    const first = bench.tokens.getToken()
    await bench.clock.advance(4)
    release({ ...GRANT, expires_in: 60 })
    expect((await first).expiresAt).toBe(1_767_225_660)
    await bench.clock.advance(55.9)
    expect(await tokenOf(bench)).toBe('token-1')
    expect(bench.sent).toHaveLength(2)
  })

  rule('6749-5.1-b', 'without expires_in is kept for a minute, or for defaultLifetime', async () => {
    const minute = createBench({}, numbered())
    const short = createBench({ defaultLifetime: 10 }, numbered())
    expect((await minute.tokens.getToken()).expiresAt).toBe(1_767_225_660)
    expect((await short.tokens.getToken()).expiresAt).toBe(1_767_225_610)
    await minute.clock.advance(61)
    expect(await tokenOf(minute)).toBe('token-2')
  })

  rule('6749-5.1-b', 'for no time at all is kept for a second: not every call may cost one', async () => {
    const bench = createBench({}, numbered(0))
    expect((await bench.tokens.getToken()).expiresAt).toBe(1_767_225_601)
    await bench.clock.advance(0.4)
    expect(await tokenOf(bench)).toBe('token-1')
    expect(bench.sent).toHaveLength(1)
    await bench.clock.advance(0.6)
    expect(await tokenOf(bench)).toBe('token-2')
    expect(bench.sent).toHaveLength(2)
  })
})

describe('a caller who gives up', () => {
  test('does not disturb the others', async () => {
    const { answer, release } = holdAnswer()
    const bench = createBench({}, answer)
    const controller = new AbortController()
    const impatient = failureOf(bench.tokens.getToken({ signal: controller.signal }))
    const patient = tokenOf(bench)
    controller.abort(new Error('enough'))
    expect((await impatient).message).toBe('enough')
    release(GRANT)
    expect(await patient).toBe('token-1')
    expect(bench.sent).toHaveLength(1)
  })

  test('or might have done so leaves nothing behind', async () => {
    const { signal } = new AbortController()
    const { tokens } = createBench({}, GRANT)
    await tokens.getToken({ signal })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('beforehand causes no request', async () => {
    const bench = createBench({}, GRANT)
    const failure = await failureOf(bench.tokens.getToken({ signal: AbortSignal.abort(new Error('enough')) }))
    expect(failure.message).toBe('enough')
    expect(bench.sent).toHaveLength(0)
    expect((await bench.tokens.getToken({ signal: new AbortController().signal })).accessToken).toBe(
      'token-1',
    )
  })
})
