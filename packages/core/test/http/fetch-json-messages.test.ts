import { describe, expect, test } from '@jest/globals'
import type { Fetch } from '../../src/http/fetch.js'
import { answering, get, headers, outageOf, recording, URL_OF_KEYS } from './scripted-exchange.js'

const streaming =
  (body: object): Fetch =>
  () =>
    Promise.resolve({ status: 200, headers: new Headers(headers), body })

describe('what went wrong', () => {
  test.each([
    ['answered with status 500', answering('{}', { status: 500 })],
    [
      'is not of media type application/json or application/jwk-set+json',
      answering('{}', { headers: { 'content-type': 'text/html' } }),
    ],
    ['is not one unambiguous JSON object', answering('[]')],
    ['is larger than 65536 bytes', answering(' '.repeat(65_537))],
    ['came as something else than bytes', streaming(['{}'])],
    [
      'redirected, which must not be followed',
      () =>
        Promise.resolve({
          status: 200,
          redirected: true,
          headers: new Headers(headers),
          body: new Response('{}').body,
        }),
    ],
  ] satisfies [string, Fetch][])('is said: %s', async (problem, fetch) => {
    const { code, message } = await outageOf(fetch)
    expect(code).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
    expect(message).toBe(
      `The authorization server gave an answer that cannot be used: ${URL_OF_KEYS} ${problem}`,
    )
  })

  test('is said: the request failed, and the cause is kept', async () => {
    const cause = new TypeError('fetch failed')
    const outage = await outageOf(() => Promise.reject(cause))
    expect(outage.code).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
    expect(outage.message).toBe(`The authorization server did not answer: ${URL_OF_KEYS}: the request failed`)
    expect(outage.cause).toBe(cause)
  })
})

test('the query of an address is asked, and never said: it can hold a key', async () => {
  const url = `${URL_OF_KEYS}?api_key=secret`
  for (const answer of [
    answering('{}', { status: 500 }),
    answering('[]'),
    () => Promise.reject(new Error()),
  ]) {
    const { fetch, calls } = recording(answer)
    const { message } = await outageOf(fetch, { url })
    expect(calls[0]?.[0]).toBe(url)
    expect(message).toContain(URL_OF_KEYS)
    expect(message).not.toContain('secret')
  }
})

describe('a body', () => {
  const bytes = Buffer.from('..{"a":1}..').subarray(2, 9)

  test.each([
    ['part of a larger buffer', new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
    ['a DataView', new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
    ['of elements of two bytes', new Uint16Array(new Uint8Array(Buffer.from('{"a" :1}')).buffer)],
  ])('of which a piece is %s is read', async (_name, piece) => {
    expect(await get(streaming([piece]))).toEqual({ a: 1 })
  })

  test('of several pieces is put together in their order', async () => {
    expect(await get(streaming([bytes.subarray(0, 3), bytes.subarray(3)]))).toEqual({ a: 1 })
    expect(await get(streaming([bytes.subarray(3), bytes.subarray(0, 3)]))).toBe(
      'ERR_AUTHORIZATION_SERVER_RESPONSE',
    )
  })

  test('is not read where the head is refused already', async () => {
    let isRead = false
    const body = {
      async *[Symbol.asyncIterator]() {
        isRead = true
        yield await Promise.resolve(bytes)
      },
    }
    const fetch: Fetch = () =>
      Promise.resolve({ status: 200, headers: new Headers({ 'content-type': 'text/html' }), body })
    expect(await get(fetch)).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
    expect(isRead).toBe(false)
    expect(await get(streaming(body))).toEqual({ a: 1 })
    expect(isRead).toBe(true)
  })
})
