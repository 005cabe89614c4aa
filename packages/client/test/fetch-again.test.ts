import { describe, expect, test } from '@jest/globals'
import { createClient, tokensOf } from './support/api.js'
import { API, type Sent } from './support/script.js'

const REFUSED = { status: 401, headers: { 'www-authenticate': 'Bearer realm="api", error="invalid_token"' } }

const refuse =
  (headers: Record<string, string> = REFUSED.headers) =>
  () =>
    new Response('no', { status: 401, headers })

const longChallenge = (length: number, error = 'invalid_token'): string =>
  `Bearer error="${error}", realm="`.padEnd(length - 1, 'x').concat('"')

describe('a 401 with invalid_token', () => {
  test('is answered with another token, once', async () => {
    const { tokens, calls } = createClient({}, refuse(), { ok: true })
    expect((await tokens.fetch(API, { method: 'POST', body: 'x' })).status).toBe(200)
    expect(tokensOf(calls())).toEqual(['Bearer token-1', 'Bearer token-2'])
    expect(calls().map(({ body }) => body)).toEqual(['x', 'x'])
  })

  test('is handed to the caller where it comes again', async () => {
    const { tokens, calls } = createClient({}, refuse())
    expect((await tokens.fetch(API)).status).toBe(401)
    expect(calls()).toHaveLength(2)
  })

  test('costs the server no more than a token in ten seconds', async () => {
    const { tokens, calls, clock, sent } = createClient({}, refuse())
    for (let call = 0; call < 3; call += 1) await tokens.fetch(API)
    expect(tokensOf(calls())).toEqual(['Bearer token-1', ...Array<string>(3).fill('Bearer token-2')])
    expect(sent.length - calls().length).toBe(2)
    await clock.advance(10)
    await tokens.fetch(API)
    expect(tokensOf(calls()).slice(4)).toEqual(['Bearer token-2', 'Bearer token-3'])
  })

  test('in many calls at once costs one token', async () => {
    const refuseFirst = ({ headers }: Sent) =>
      headers.get('authorization') === 'Bearer token-1' ? refuse()() : Response.json({})
    const { tokens, calls, sent } = createClient({}, refuseFirst)
    const responses = await Promise.all(Array.from({ length: 50 }, () => tokens.fetch(API)))
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    expect(sent.length - calls().length).toBe(2)
  })

  test.each([
    ['another error', { 'www-authenticate': 'Bearer error="insufficient_scope"' }],
    ['another scheme', { 'www-authenticate': 'DPoP error="invalid_token", Bearer realm="api"' }],
    ['an error inside a text', { 'www-authenticate': 'Bearer realm="error=\\"invalid_token\\""' }],
    ['no challenge', {}],
    ['another error, in a long text', { 'www-authenticate': longChallenge(2_049, 'insufficient_scope') }],
  ])('is something else than one with %s', async (_name, headers) => {
    const { tokens, calls } = createClient({}, refuse(headers))
    const response = await tokens.fetch(API)
    expect([response.status, await response.text()]).toEqual([401, 'no'])
    expect(calls()).toHaveLength(1)
  })

  test.each([
    ['several challenges', 'Basic realm="a, b", Bearer realm="c", error="invalid_token"'],
    ['other letters', 'bearer ERROR=invalid_token'],
    ['a long text', longChallenge(2_048)],
    ['a text too long to be taken apart', longChallenge(2_049)],
  ])('is found among %s', async (_name, value) => {
    const { tokens, calls } = createClient({}, refuse({ 'www-authenticate': value }), {})
    expect((await tokens.fetch(API)).status).toBe(200)
    expect(calls()).toHaveLength(2)
  })

  test('is no reason for a second try with status 403', async () => {
    const { tokens, calls } = createClient({}, () => new Response('', { ...REFUSED, status: 403 }))
    expect((await tokens.fetch(API)).status).toBe(403)
    expect(calls()).toHaveLength(1)
  })

  test.each<[string, () => RequestInit['body'], readonly number[]]>([
    ['a form', () => new URLSearchParams({ a: '1' }), [1, 2, 2]],
    ['bytes', () => new Uint8Array([1]), [1, 2, 2]],
    ['a file', () => new Blob(['x']), [1, 2, 2]],
    ['multipart', () => new FormData(), [1, 2, 2]],
    ['a stream, which is sent once,', () => new Blob(['x']).stream(), [1, 2]],
  ])('of a request with %s for a body gives the next one another token', async (_name, body, expected) => {
    const { tokens, calls, clock } = createClient({}, refuse(), {})
    await tokens.fetch(API, { method: 'POST', body: body() } as RequestInit)
    await clock.settle()
    await tokens.fetch(API)
    expect(tokensOf(calls())).toEqual(expected.map((token) => `Bearer token-${token}`))
  })

  test('that breaks off while a token is got does no harm', async () => {
    const broken = () => new ReadableStream({ start: (body) => body.error(new Error('broken off')) })
    const { tokens } = createClient({}, () => new Response(broken(), REFUSED), {})
    expect((await tokens.fetch(API)).status).toBe(200)
  })

  test('alone is retried: an API that is down is not', async () => {
    const { tokens, calls } = createClient({}, () => new Response('', { status: 503 }))
    expect((await tokens.fetch(API)).status).toBe(503)
    expect(calls()).toHaveLength(1)
  })
})
