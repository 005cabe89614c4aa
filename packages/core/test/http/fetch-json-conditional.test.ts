import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import { AskedPauseError } from '../../src/errors.js'
import type { Fetch } from '../../src/http/fetch.js'
import { answering, ask, headers, outageOf, recording, TYPES, URL_OF_KEYS } from './scripted-exchange.js'

const validator = { url: URL_OF_KEYS, etag: '"1"' }
const ofAnotherUrl = { url: 'https://as.example.com/other', etag: '"1"' }
const unchanged = (fields: Record<string, string> = {}) => answering(null, { status: 304, headers: fields })
const changed = (fields: Record<string, string> = {}) =>
  answering('{"a":1}', { headers: { ...headers, ...fields } })

describe('a conditional request', () => {
  test('is made with the validator of the copy from the same URL', async () => {
    const { fetch, calls } = recording(changed())
    await ask(fetch, { validator })
    expect(calls[0]?.[1].headers).toEqual({ accept: TYPES.join(', '), 'if-none-match': '"1"' })
  })

  test('is not made with the validator of a copy from another URL, or with none', async () => {
    const { fetch, calls } = recording(changed())
    await ask(fetch, { validator: ofAnotherUrl })
    await ask(fetch)
    expect(calls.map(([, init]) => init.headers)).toEqual([
      { accept: TYPES.join(', ') },
      { accept: TYPES.join(', ') },
    ])
  })

  test('brings no content where the copy still holds, and keeps its validator', async () => {
    expect(await ask(unchanged(), { validator })).toEqual({
      content: undefined,
      validator,
      lifetime: undefined,
    })
  })

  test('takes a new validator, and a new lifetime, from the answer that the copy still holds', async () => {
    const fetch = unchanged({ etag: 'W/"2"', 'cache-control': 'max-age=120' })
    expect(await ask(fetch, { validator })).toEqual({
      content: undefined,
      validator: { url: URL_OF_KEYS, etag: 'W/"2"' },
      lifetime: 120,
    })
  })

  test('reads no body of the answer that the copy still holds', async () => {
    const fetch: Fetch = () =>
      Promise.resolve({
        status: 304,
        headers: new Headers(),
        get body(): never {
          throw new Error('read')
        },
      })
    expect(await ask(fetch, { validator })).toMatchObject({ content: undefined })
  })

  test('brings the content where the copy holds no more, and forgets its validator', async () => {
    expect(await ask(changed(), { validator })).toEqual({
      content: { a: 1 },
      validator: undefined,
      lifetime: undefined,
    })
  })

  test.each([
    ['it was not conditional', undefined],
    ['the validator was of another URL', ofAnotherUrl],
  ])('cannot be answered with 304 where %s', async (_name, given) => {
    const outage = await outageOf(unchanged({ etag: '"1"' }), given && { validator: given })
    expect(outage.message).toBe(
      `The authorization server gave an answer that cannot be used: ${URL_OF_KEYS} answered with status 304`,
    )
  })
})

describe('an answer', () => {
  test('brings its validator and its lifetime', async () => {
    const fetch = changed({ etag: '"2"', 'cache-control': 'public, max-age=300', age: '10' })
    expect(await ask(fetch)).toEqual({
      content: { a: 1 },
      validator: { url: URL_OF_KEYS, etag: '"2"' },
      lifetime: 290,
    })
  })

  test('brings neither where it has none, or one that cannot be sent back', async () => {
    const none = { content: { a: 1 }, validator: undefined, lifetime: undefined }
    expect(await ask(changed())).toEqual(none)
    expect(await ask(changed({ etag: 'a b' }))).toEqual(none)
  })

  test('keeps the validator under the URL that was asked for, also at an internal address', async () => {
    const { fetch, calls } = recording(changed({ etag: '"2"' }))
    const internal = 'https://internal.example:8443'
    const { validator: given } = await ask(fetch, { internalOrigin: internal })
    await ask(fetch, { internalOrigin: internal, ...(given && { validator: given }) })
    expect(given).toEqual({ url: URL_OF_KEYS, etag: '"2"' })
    expect(calls.map(([url, init]) => [url, init.headers['if-none-match']])).toEqual([
      [`${internal}/jwks`, undefined],
      [`${internal}/jwks`, '"2"'],
    ])
  })

  test.each([
    [429, '120', 120],
    [503, '120', 120],
    [503, '0', 1],
    [503, '0.5', 5],
    [503, '3600', 300],
    [500, '120', 5],
    [404, '120', 5],
    [301, '120', 5],
  ])('with status %d and Retry-After %s is an outage for %d seconds', async (status, value, retryAfter) => {
    const outage = await outageOf(answering('', { status, headers: { 'retry-after': value } }))
    expect(outage).toMatchObject({
      code: 'ERR_AUTHORIZATION_SERVER_RESPONSE',
      message: `The authorization server gave an answer that cannot be used: ${URL_OF_KEYS} answered with status ${String(status)}`,
      retryAfter,
    })
    expect(outage instanceof AskedPauseError).toBe(retryAfter !== 5)
  })

  test('with a date in Retry-After is an outage until then', async () => {
    const clock = createManualClock(Date.parse('Sun, 06 Nov 1994 08:49:37 GMT') / 1000)
    const fetch = answering('', { status: 503, headers: { 'retry-after': 'Sun, 06 Nov 1994 08:50:07 GMT' } })
    expect(await outageOf(fetch, { clock })).toMatchObject({ retryAfter: 30 })
  })

  test('that cannot be used says for 5 seconds to try again', async () => {
    expect(await outageOf(answering('[]'))).toMatchObject({ retryAfter: 5 })
  })
})
