import { getEventListeners } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import type { Fetch } from '../../src/http/fetch.js'
import { answering, ask, outageOf, recording, URL_OF_KEYS } from './scripted-exchange.js'

/** Ends when its signal says so. */
const heedful: Fetch = (_url, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('aborted'))
    })
  })

describe('the time limit of an exchange', () => {
  test.each([0.1, 5, 60])('is the one that is given: %d seconds', async (fetchLimit) => {
    const clock = createManualClock()
    const outage = outageOf(heedful, { clock, fetchLimit })
    let isSettled = false
    void outage.then(() => {
      isSettled = true
    })
    clock.advance(fetchLimit - 0.01)
    await new Promise(setImmediate)
    expect(isSettled).toBe(false)
    clock.advance(0.01)
    expect(await outage).toMatchObject({
      code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE',
      message: `The authorization server did not answer: ${URL_OF_KEYS}: no complete answer within ${String(fetchLimit)} seconds`,
    })
  })
})

describe('closing', () => {
  const CLOSED = {
    code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE',
    message: `The authorization server did not answer: ${URL_OF_KEYS}: this resource server is closed`,
  }
  /** Never ends. */
  const deaf: Fetch = () => new Promise(() => undefined)

  test.each([
    ['heeds its signal', heedful],
    ['does not', deaf],
  ])('ends the exchanges that are under way at once, where fetch %s', async (_name, fetch) => {
    const controller = new AbortController()
    const clock = createManualClock()
    const { calls, ...recorded } = recording(fetch)
    const outages = [1, 2].map(() => outageOf(recorded.fetch, { clock, closing: controller.signal }))
    expect(calls.map(([, { signal }]) => signal.aborted)).toEqual([false, false])
    controller.abort()
    expect(await Promise.all(outages)).toMatchObject([CLOSED, CLOSED])
    expect(calls.map(([, { signal }]) => signal.aborted)).toEqual([true, true])
    expect(clock.timers).toBe(0)
  })

  test('comes before the next exchange: none is begun', async () => {
    const { fetch, calls } = recording(answering('{}'))
    expect(await outageOf(fetch, { closing: AbortSignal.abort() })).toMatchObject(CLOSED)
    expect(calls).toEqual([])
    await ask(fetch)
    expect(calls).toHaveLength(1)
  })

  test('is of no concern to an exchange that has ended, well or badly', async () => {
    const { signal: closing } = new AbortController()
    const running = ask(heedful, { closing, clock: createManualClock() })
    expect(getEventListeners(closing, 'abort')).toHaveLength(1)
    await ask(answering('{}'), { closing })
    await outageOf(answering('x'), { closing })
    expect(getEventListeners(closing, 'abort')).toHaveLength(1)
    expect(running).toBeInstanceOf(Promise)
  })
})
