import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import type { UnavailableError } from '../../src/errors.js'
import { AskedPauseError, GeneralOutageError } from '../../src/errors.js'
import { settle, watch } from './scripted-document.js'
import { answering, ask, headers, outageOf } from './scripted-exchange.js'

/** Whether an outage is of the server as a whole, or asks for a pause. */
function kindOf(outage: UnavailableError): string {
  if (outage instanceof AskedPauseError) return 'pause'
  return outage instanceof GeneralOutageError ? 'general' : 'single'
}

const kindOfStatus = async (status: number, retryAfter?: string) => {
  const asked = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
  const body = [204, 304].includes(status) ? null : '{}'
  return kindOf(await outageOf(answering(body, { status, headers: { ...headers, ...asked } })))
}

describe('an answer with the status', () => {
  test.each([201, 204, 302, 304, 400, 401, 403, 404, 408, 500, 501, 505])(
    '%d is about one request',
    async (status) => {
      expect(await kindOfStatus(status)).toBe('single')
      expect(await kindOfStatus(status, '30')).toBe('single')
    },
  )

  test.each([429, 502, 503, 504])('%d is about the server', async (status) => {
    expect(await kindOfStatus(status)).toBe('general')
    expect(await kindOfStatus(status, 'soon')).toBe('general')
  })

  test('429 or 503 may ask for a pause, 502 and 504 may not', async () => {
    const kinds = await Promise.all([429, 503, 502, 504].map((status) => kindOfStatus(status, '30')))
    expect(kinds).toEqual(['pause', 'pause', 'general', 'general'])
  })

  test.each([
    ['0', 1],
    ['30', 30],
    ['300', 300],
    ['86400', 300],
  ])('503 and Retry-After: %s asks for %d seconds', async (retryAfter, seconds) => {
    const init = { status: 503, headers: { ...headers, 'retry-after': retryAfter } }
    expect((await outageOf(answering('{}', init))).retryAfter).toBe(seconds)
  })
})

describe('an answer that cannot be used', () => {
  test.each([
    ['is no JSON', answering('<html>')],
    ['is of another type', answering('{}', { headers: { 'content-type': 'text/html' } })],
    ['is too large', answering(' '.repeat(65_537))],
  ])('because it %s is about one request', async (_name, fetch) => {
    expect(kindOf(await outageOf(fetch))).toBe('single')
  })
})

describe('no answer', () => {
  test('because the connection broke is about the server, and has a cause', async () => {
    const cause = new TypeError('reset')
    const refused = await outageOf(() => Promise.reject(cause))
    const broken = await outageOf(answering(new ReadableStream({ pull: () => Promise.reject(cause) })))
    expect([kindOf(refused), refused.cause]).toEqual(['general', cause])
    expect([kindOf(broken), broken.cause]).toEqual(['general', cause])
  })

  test('in time is about the server, and has none', async () => {
    const clock = createManualClock()
    const outcome = watch(ask(() => new Promise(() => undefined), { clock, fetchLimit: 2 }))
    await settle()
    clock.advance(2)
    await settle()
    expect(outcome()).toBeInstanceOf(GeneralOutageError)
    expect((outcome() as Error).cause).toBeUndefined()
  })

  test('because all is closed has no cause either', async () => {
    const outage = await outageOf(answering('{}'), { closing: AbortSignal.abort(new Error('closed')) })
    expect([kindOf(outage), outage.cause]).toEqual(['general', undefined])
  })
})
