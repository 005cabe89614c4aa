import { describe, expect, test } from '@jest/globals'
import { createVirtualClock } from '@bearward/testing'
import { rule } from '../../../test/support/rule.js'
import { createBench, failureOf, GRANT, json, numbered, tokenOf } from './support/script.js'

describe('after a failure', () => {
  test('nothing is asked in a pause, which callers are told of at once', async () => {
    const bench = createBench({}, json(503, {}), numbered(300))
    expect((await failureOf(bench.tokens.getToken()))['retryAfter']).toBe(2)
    await bench.clock.advance(1)
    expect((await failureOf(bench.tokens.getToken()))['retryAfter']).toBe(1)
    expect(bench.sent).toHaveLength(1)
    await bench.clock.advance(1)
    expect(await tokenOf(bench)).toBe('token-1')
  })

  test.each([
    [0, 2],
    [0.5, 1.8],
  ])('the pause is shortened by chance: %d makes it %d seconds', async (random, seconds) => {
    const clock = createVirtualClock()
    const bench = createBench({ clock: { ...clock, random: () => random } }, json(503, {}), GRANT)
    await failureOf(bench.tokens.getToken())
    await clock.advance(seconds - 0.01)
    await failureOf(bench.tokens.getToken())
    await clock.advance(0.01)
    expect(await tokenOf(bench)).toBe('token-1')
  })

  test('the pauses grow to a minute, each a little shorter by chance, and begin anew after a success', async () => {
    const down = Array.from({ length: 7 }, () => json(500, {}))
    const bench = createBench({}, ...down, { ...GRANT, expires_in: 1 }, json(500, {}))
    const pauses = async (count: number) => {
      for (let index = 0; index < count; index += 1) {
        const { retryAfter } = await failureOf(bench.tokens.getToken())
        found.push(Number(retryAfter))
        await bench.clock.advance(Number(retryAfter))
      }
    }
    const found: number[] = []
    await pauses(7)
    const longest = [2, 4, 8, 16, 32, 60, 60]
    expect(
      found.map((pause, index) => pause <= (longest[index] ?? 0) && pause >= 0.8 * (longest[index] ?? 0)),
    ).toEqual(longest.map(() => true))
    expect(await tokenOf(bench)).toBe('token-1')
    await bench.clock.advance(1)
    await pauses(1)
    expect(found[7]).toBe(2)
  })

  rule('6749-5.2-c', 'the server says when to ask again, up to five minutes', async () => {
    const bench = createBench(
      {},
      json(503, {}, { 'retry-after': '120' }),
      json(429, {}, { 'retry-after': '9999' }),
      GRANT,
    )
    expect((await failureOf(bench.tokens.getToken()))['retryAfter']).toBe(120)
    await bench.clock.advance(119)
    await failureOf(bench.tokens.getToken())
    expect(bench.sent).toHaveLength(1)
    await bench.clock.advance(1)
    expect((await failureOf(bench.tokens.getToken()))['retryAfter']).toBe(300)
    await bench.clock.advance(300)
    expect(await tokenOf(bench)).toBe('token-1')
  })

  test.each([
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 2],
    ['Foo, 99 Bar 2026 00:00:30 GMT', 2],
    ['soon', 2],
  ])('Retry-After: %s means %d seconds', async (value, seconds) => {
    const bench = createBench({}, json(503, {}, { 'retry-after': value }))
    expect((await failureOf(bench.tokens.getToken()))['retryAfter']).toBe(seconds)
  })

  test('the token that is still good is handed out, and asked for again after each pause', async () => {
    const bench = createBench(
      {},
      { ...GRANT, expires_in: 300 },
      json(503, {}, { 'retry-after': '50' }),
      json(503, {}),
    )
    await tokenOf(bench)
    await bench.clock.advance(240)
    for (const seconds of [0, 20, 29]) {
      await bench.clock.advance(seconds)
      expect(await tokenOf(bench)).toBe('token-1')
    }
    expect(bench.sent).toHaveLength(2)
    await bench.clock.advance(10.9)
    expect(await tokenOf(bench)).toBe('token-1')
    await bench.clock.advance(0.1)
    expect(await failureOf(bench.tokens.getToken())).toMatchObject({ name: 'TokenEndpointUnavailableError' })
    expect(bench.sent).toHaveLength(3)
  })

  rule('6749-5.2-b', 'a refusal is not asked for again in the pause either', async () => {
    const bench = createBench({}, json(401, { error: 'invalid_client' }), GRANT)
    for (let caller = 0; caller < 3; caller += 1)
      expect(await failureOf(bench.tokens.getToken())).toMatchObject({ code: 'invalid_client', status: 401 })
    expect(bench.sent).toHaveLength(1)
    await bench.clock.advance(2)
    expect(await tokenOf(bench)).toBe('token-1')
  })
})
