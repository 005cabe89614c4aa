import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import type { Fetch } from '../../src/http/fetch.js'
import { answering, get, headers, outageOf } from './scripted-exchange.js'

const UNREACHABLE = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'

describe('an exchange', () => {
  test.each([
    ['that is refused', () => Promise.reject(new TypeError('fetch failed'))],
    ['that fails with no error', () => Promise.reject(undefined as unknown as Error)],
    [
      'that fails at once',
      () => {
        throw new TypeError('Invalid URL')
      },
    ],
    [
      'that breaks inside the body',
      answering(new ReadableStream({ pull: (c) => c.error(new Error('reset')) })),
    ],
  ] satisfies [string, Fetch][])('%s is an unreachable authorization server', async (_name, fetch) => {
    expect(await get(fetch)).toBe(UNREACHABLE)
  })

  test('keeps what went wrong as its cause', async () => {
    const cause = new TypeError('fetch failed')
    expect(await outageOf(() => Promise.reject(cause))).toMatchObject({
      code: UNREACHABLE,
      cause,
      retryAfter: 5,
    })
  })

  test('that never settles ends after 5 seconds, also with a fetch that does not heed its signal', async () => {
    const clock = createManualClock()
    let isSettled = false
    const outcome = get(() => new Promise(() => {}), clock).finally(() => {
      isSettled = true
    })
    clock.advance(4.9)
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    expect(isSettled).toBe(false)
    clock.advance(0.1)
    expect(await outcome).toBe(UNREACHABLE)
  })

  test('of which the body never ends is over after 5 seconds', async () => {
    const clock = createManualClock()
    let isAsked: () => void = () => {}
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve
    })
    const body = new ReadableStream({
      pull() {
        isAsked()
        return new Promise(() => {})
      },
    })
    const outcome = get(answering(body), clock)
    await asked
    clock.advance(5)
    expect(await outcome).toBe(UNREACHABLE)
  })

  test('tells fetch to stop, in the end as at the time limit', async () => {
    const signals: AbortSignal[] = []
    const clock = createManualClock()
    const hanging: Fetch = (_url, { signal }) => {
      signals.push(signal)
      return new Promise(() => {})
    }
    const outcome = get(hanging, clock)
    expect(signals.map((signal) => signal.aborted)).toEqual([false])
    clock.advance(5)
    await outcome
    expect(signals.map((signal) => signal.aborted)).toEqual([true])

    const refusing: Fetch = (_url, { signal }) => {
      signals.push(signal)
      return Promise.resolve(new Response('{}', { status: 500 }))
    }
    await get(refusing, clock)
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true])
  })

  test('leaves no timer behind', async () => {
    const counts = { begun: 0, running: 0 }
    const clock = {
      ...createManualClock(),
      after() {
        counts.begun += 1
        counts.running += 1
        return () => {
          counts.running -= 1
        }
      },
    }
    await get(answering('{}'), clock)
    await get(answering('x'), clock)
    await get(() => Promise.reject(new Error('refused')), clock)
    expect(counts).toEqual({ begun: 3, running: 0 })
  })

  test('reads nothing more of a body that goes on after the time is up', async () => {
    const clock = createManualClock()
    const reads: string[] = []
    let isEnded: () => void = () => {}
    const ended = new Promise<void>((resolve) => {
      isEnded = resolve
    })
    async function* drip(): AsyncGenerator<Uint8Array> {
      try {
        for (const text of ['first', 'second', 'third', 'fourth']) {
          if (text === 'second') clock.advance(5)
          reads.push(text)
          await new Promise(setImmediate)
          yield Buffer.from(' ')
        }
      } finally {
        isEnded()
      }
    }
    const body = drip()
    const outcome = get(() => Promise.resolve({ status: 200, headers: new Headers(headers), body }), clock)
    expect(await outcome).toBe(UNREACHABLE)
    await ended
    expect(reads).not.toContain('fourth')
  })

  test('that fails late, after its time is up, disturbs nobody', async () => {
    const clock = createManualClock()
    let fail: (reason: Error) => void = () => {}
    const late: Fetch = () =>
      new Promise((_resolve, reject) => {
        fail = reject
      })
    const outcome = get(late, clock)
    clock.advance(5)
    expect(await outcome).toBe(UNREACHABLE)
    fail(new Error('too late'))
    await new Promise((resolve) => setImmediate(resolve))
  })
})
