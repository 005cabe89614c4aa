import { describe, expect, test } from '@jest/globals'
import type { Fetch } from '../../src/http/fetch.js'
import { answering, get, headers, outageOf, recording, URL_OF_KEYS } from './scripted-exchange.js'

const UNUSABLE = 'ERR_AUTHORIZATION_SERVER_RESPONSE'

describe('a request to an authorization server', () => {
  test('asks for the media types, without redirects, and with a signal', async () => {
    const { fetch, calls } = recording(answering('{"keys":[]}'))
    expect(await get(fetch)).toEqual({ keys: [] })
    expect(calls).toEqual([
      [
        URL_OF_KEYS,
        {
          headers: { accept: 'application/json, application/jwk-set+json' },
          method: 'GET',
          redirect: 'manual',
          signal: expect.any(AbortSignal),
        },
      ],
    ])
  })

  test('is not made to an address that is not secure', async () => {
    const { fetch, calls } = recording(answering('{}'))
    expect(await get(fetch, undefined, 'http://as.example.com/jwks')).toBe(UNUSABLE)
    expect(await get(fetch, undefined, 'https://user@as.example.com/jwks')).toBe(UNUSABLE)
    expect(calls).toEqual([])
    expect(await get(fetch)).toEqual({})
  })
})

describe('an error', () => {
  test.each([
    ['no URL', '\n\u001B[31mhttps://evil.example'],
    ['not secure', 'http://evil.example/'],
    ['long', `ftp://${'evil.example/'.repeat(5_000)}`],
  ])('holds no text of an address that is %s', async (_name, url) => {
    const { fetch, calls } = recording(answering('', { status: 500 }))
    const error = await outageOf(fetch, { url })
    expect(error).not.toHaveProperty('cause')
    expect(error.message).toBe(
      'The authorization server gave an answer that cannot be used: ' +
        'An address in the metadata of https://as.example.com is not an https address',
    )
    expect(calls).toEqual([])
    expect((await outageOf(fetch)).message).toContain(`${URL_OF_KEYS} answered with status 500`)
  })
})

describe('an answer', () => {
  test.each([
    ['application/json', '{}', {}],
    ['application/json; charset=utf-8', '{}', {}],
    ['APPLICATION/JSON ;charset=utf-8', '{}', {}],
    ['application/jwk-set+json', '{}', {}],
    ['text/html', '{}', UNUSABLE],
    ['text/plain', '{}', UNUSABLE],
    ['application/jsonp', '{}', UNUSABLE],
    ['', '{}', UNUSABLE],
    ['application/json', '[]', UNUSABLE],
    ['application/json', '', UNUSABLE],
    ['application/json', '{"a":1,"a":1}', UNUSABLE],
    ['application/json', '{}x', UNUSABLE],
  ])('of media type %j that is %j is judged', async (type, body, expected) => {
    expect(await get(answering(body, { headers: { 'content-type': type } }))).toEqual(expected)
  })

  test('without a media type cannot be used', async () => {
    const fetch: Fetch = () => Promise.resolve(new Response(Buffer.from('{}')))
    expect(await get(fetch)).toBe(UNUSABLE)
  })

  test.each([201, 204, 206, 301, 302, 304, 307, 400, 401, 404, 429, 500, 503])(
    'with status %d cannot be used',
    async (status) => {
      const body = status === 204 || status === 304 ? null : '{}'
      expect(await get(answering(body, { status }))).toBe(UNUSABLE)
      expect(await get(answering('{}', { status: 200 }))).toEqual({})
    },
  )

  test('that a browser hides as a redirect cannot be used', async () => {
    expect(await get(() => Promise.resolve(Response.error()))).toBe(UNUSABLE)
  })

  test('that a fetch of the options got by following a redirect cannot be used', async () => {
    const redirected =
      (isRedirected: boolean): Fetch =>
      () =>
        Promise.resolve({
          status: 200,
          headers: new Headers(headers),
          body: new Response('{}').body,
          redirected: isRedirected,
        })
    expect(await get(redirected(true))).toBe(UNUSABLE)
    expect(await get(redirected(false))).toEqual({})
  })

  test('without a body cannot be used', async () => {
    expect(await get(answering(null))).toBe(UNUSABLE)
  })

  test('is read up to 65536 bytes, in one piece or in many', async () => {
    const padded = (size: number) => '{}'.padEnd(size)
    async function* pieces(size: number): AsyncGenerator<Uint8Array> {
      for (let left = size; left > 0; left -= 10) {
        yield await Promise.resolve(Buffer.from((left === size ? '{}' : '').padEnd(Math.min(left, 10))))
      }
    }
    const inPieces =
      (size: number): Fetch =>
      () =>
        Promise.resolve({ status: 200, headers: new Headers(headers), body: pieces(size) })
    expect(await get(answering(padded(65_536)))).toEqual({})
    expect(await get(answering(padded(65_537)))).toBe(UNUSABLE)
    expect(await get(inPieces(65_536))).toEqual({})
    expect(await get(inPieces(65_537))).toBe(UNUSABLE)
  })

  test('that never ends is given up, and its stream with it', async () => {
    let isCancelled = false
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(1_024).fill(32))
      },
      cancel() {
        isCancelled = true
      },
    })
    expect(await get(answering(body))).toBe(UNUSABLE)
    expect(isCancelled).toBe(true)
  })

  test('of anything but bytes cannot be used', async () => {
    async function* text(): AsyncGenerator<string> {
      yield '{}'
      for (let index = 0; index < 100; index += 1) yield await Promise.resolve(' '.repeat(1_000))
    }
    const body = text()
    expect(await get(() => Promise.resolve({ status: 200, headers: new Headers(headers), body }))).toBe(
      UNUSABLE,
    )
  })
})
