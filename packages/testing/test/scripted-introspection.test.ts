import type { FetchInit, FetchResponse } from '@bearward/core'
import { beforeEach, describe, expect, test } from '@jest/globals'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  FAULTS,
  INTROSPECTION_FAULTS,
  type Fault,
  type ScriptedAuthorizationServer,
  type VirtualClock,
} from '@bearward/testing'
import { ask, readText } from './support/ask.js'
import { basic, introspect, postForm } from './support/form.js'

const JSON_TYPE = 'application/json'

let clock: VirtualClock
let server: ScriptedAuthorizationServer
let token: string

beforeEach(async () => {
  clock = createVirtualClock()
  server = await createScriptedAuthorizationServer({ clock, etags: true })
  token = server.mintOpaque()
})

/** Asks about a token, and does not read the answer. */
function askAbout(text: string, init: Partial<FetchInit> = {}): Promise<FetchResponse> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...basic('client', 'secret') }
  const body = new URLSearchParams({ token: text }).toString()
  return ask(server, server.introspectionEndpoint, { method: 'POST', headers, body, ...init })
}

describe('a fault of the introspection endpoint', () => {
  const HTML = expect.stringContaining('<!doctype html>') as unknown as string
  const answers: Partial<Record<Fault, (content: string) => [number, string | null, string]>> = {
    truncate: (content) => [200, JSON_TYPE, content.slice(0, content.length / 2)],
    'error-page': () => [200, 'text/html', HTML],
    'server-error': () => [500, 'text/html', HTML],
    'too-many-requests': () => [429, null, ''],
    unavailable: () => [503, null, ''],
    redirect: () => [307, null, ''],
    'not-modified': () => [304, null, ''],
    'wrong-json': (content) => [200, JSON_TYPE, `[${content}]`],
    'wrong-type': (content) => [200, 'text/plain', content],
    'empty-key-set': () => [200, JSON_TYPE, '{}'],
    'huge-body': (content) => [200, JSON_TYPE, content + ' '.repeat(2 ** 20)],
    unauthorized: () => [401, JSON_TYPE, expect.stringContaining('"error":"invalid_client"') as never],
    forbidden: () => [403, null, ''],
    'bad-request': () => [400, JSON_TYPE, expect.stringContaining('"error":"invalid_request"') as never],
  }

  test.each(Object.entries(answers))('called %s answers as it says, at once', async (fault, expected) => {
    const content = JSON.stringify(await introspect(server, token))
    server.behave('introspection', { fault: fault as Fault })
    const response = await askAbout(token)
    const type = response.headers.get('content-type')
    expect([response.status, type, await readText(response)]).toEqual(expected(content))
  })

  test('is each one of the list, which has refusals besides those of any endpoint', () => {
    const others: Fault[] = ['hang', 'refuse', 'reset', 'slow-body']
    expect(new Set(INTROSPECTION_FAULTS)).toEqual(new Set([...Object.keys(answers), ...others]))
    const refusals: Fault[] = ['unauthorized', 'forbidden', 'bad-request']
    expect(INTROSPECTION_FAULTS.filter((fault) => !FAULTS.includes(fault))).toEqual(refusals)
  })

  test('breaks the content in the middle where it is a reset', async () => {
    server.behave('introspection', { fault: 'reset' })
    await expect(readText(await askAbout(token))).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
  })

  test('sends the content a byte each second where it is slow', async () => {
    server.behave('introspection', { fault: 'slow-body' })
    const answer = introspect(server, 'anything')
    await clock.advance('{"active":false}'.length)
    expect(await answer).toEqual({ active: false })
  })

  test.each(['slow-body', 'huge-body', 'wrong-type', 'truncate', 'reset', 'wrong-json'] as const)(
    'does not turn a refusal into a good answer: %s',
    async (fault) => {
      server.behave('introspection', { fault })
      expect((await askAbout(token)).status).toBe(200)
      expect((await askAbout(token, { headers: {} })).status).toBe(400)
    },
  )

  test('leaves the other endpoints well, and is over when it is taken away', async () => {
    server.behave('introspection', { fault: 'unauthorized' })
    expect((await postForm(server.revocationEndpoint, { token: 'a' }, undefined, server.fetch)).status).toBe(
      200,
    )
    expect((await ask(server, server.jwksUri)).status).toBe(200)
    server.behave('introspection', undefined)
    expect(await introspect(server, token)).toHaveProperty('active', true)
  })

  test('may be that of the metadata as well', async () => {
    server.behave('metadata', { fault: 'forbidden' })
    expect((await ask(server, server.metadataUrl)).status).toBe(403)
  })
})

describe('an answer about a token', () => {
  test('is formed when it begins, after the delay', async () => {
    server.behave('introspection', { delay: 2 })
    const answers = [introspect(server, token), introspect(server, server.mintOpaque())]
    await clock.advance(1.9)
    server.revoke(token)
    await clock.advance(0.1)
    const [revoked, other] = await Promise.all(answers)
    expect([revoked?.['active'], other?.['active']]).toEqual([false, true])
  })

  test('is not changed when it has begun', async () => {
    server.behave('introspection', { fault: 'slow-body' })
    const answer = introspect(server, token)
    await clock.advance(1)
    server.revoke(token)
    await clock.advance(1000)
    expect(await answer).toHaveProperty('active', true)
  })

  test('has no entity tag, unlike a key set', async () => {
    expect((await askAbout(token)).headers.get('etag')).toBeNull()
    expect((await ask(server, server.jwksUri)).headers.get('etag')).not.toBeNull()
  })

  test('takes no time in which to sign it', async () => {
    const headers = { ...basic('client', 'secret'), accept: 'application/token-introspection+jwt' }
    const answer = postForm(server.introspectionEndpoint, { token }, headers, server.fetch)
    await clock.settle()
    expect((await answer).text.split('.')).toHaveLength(3)
    expect(clock.monotonic()).toBe(0)
  })
})

describe('the books of introspection', () => {
  test('have the token of each request, and when it came', async () => {
    await introspect(server, 'a+b &c')
    await clock.advance(2.5)
    await postForm(server.revocationEndpoint, { token }, undefined, server.fetch)
    await postForm(server.introspectionEndpoint, {}, undefined, server.fetch)
    await askAbout(token, { headers: {} })
    expect(server.log).toStrictEqual([
      { endpoint: 'introspection', at: 0, isConditional: false, token: 'a+b &c' },
      { endpoint: 'revocation', at: 2.5, isConditional: false, token },
      { endpoint: 'introspection', at: 2.5, isConditional: false },
      { endpoint: 'introspection', at: 2.5, isConditional: false },
    ])
    expect(server.requests).toMatchObject({ introspection: 3, revocation: 1 })
  })
})

describe('requests under way', () => {
  function counts(): [now: number, most: number] {
    return [server.underWay.introspection, server.mostUnderWay.introspection]
  }

  test('are counted until they are answered, and the most of them for ever', async () => {
    server.behave('introspection', [{ delay: 1 }, { delay: 2 }, {}])
    expect(counts()).toEqual([0, 0])
    const answers = [introspect(server, token), introspect(server, token)]
    expect(counts()).toEqual([2, 2])
    await clock.advance(1)
    expect(counts()).toEqual([1, 2])
    await introspect(server, token)
    await clock.advance(1)
    await Promise.all(answers)
    expect(counts()).toEqual([0, 2])
  })

  test('are counted for each endpoint', async () => {
    server.behave('jwks', { delay: 1 })
    const answer = ask(server, server.jwksUri)
    const none = { metadata: 0, jwks: 0, token: 0, introspection: 0, revocation: 0, other: 0 }
    expect(server.underWay).toEqual({ ...none, jwks: 1 })
    await clock.advance(1)
    await answer
    expect([server.underWay, server.mostUnderWay]).toEqual([none, { ...none, jwks: 1 }])
  })

  test.each(['slow-body', 'huge-body', 'reset'] as const)(
    'go on until the content is read: %s',
    async (fault) => {
      server.behave('introspection', { fault })
      const response = await askAbout(token)
      expect(counts()).toEqual([1, 1])
      const text = readText(response).catch(() => undefined)
      await clock.advance(1000)
      await text
      expect(counts()).toEqual([0, 1])
    },
  )

  test('end without a connection', async () => {
    server.behave('introspection', { fault: 'refuse' })
    await expect(askAbout(token)).rejects.toThrow('fetch failed')
    expect(counts()).toEqual([0, 1])
  })

  test.each(['hang', 'slow-body'] as const)('end where they are aborted, unless deaf: %s', async (fault) => {
    const controller = new AbortController()
    const { signal } = controller
    server.behave('introspection', [{ fault }, { fault, deaf: true }])
    for (const answer of [askAbout(token, { signal }), askAbout(token, { signal })])
      answer.catch(() => undefined)
    await clock.settle()
    expect(counts()).toEqual([2, 2])
    controller.abort()
    await clock.settle()
    expect(counts()).toEqual([1, 2])
  })

  test('that are aborted make room for others before the most are counted', async () => {
    server.behave('introspection', { fault: 'slow-body' })
    for (let round = 0; round < 3; round += 1) {
      const controller = new AbortController()
      await askAbout(token, { signal: controller.signal })
      controller.abort()
    }
    expect(counts()).toEqual([0, 1])
  })

  test('are the most there were when the counters are reset', async () => {
    server.behave('introspection', [{ delay: 1 }, { delay: 2 }])
    const answers = [introspect(server, token), introspect(server, token)]
    await clock.advance(1)
    server.resetCounters()
    expect(counts()).toEqual([1, 1])
    await clock.advance(1)
    await Promise.all(answers)
    expect(counts()).toEqual([0, 1])
  })
})
