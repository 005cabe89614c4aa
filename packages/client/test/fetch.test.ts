import { describe, expect, test } from '@jest/globals'
import { ConfigurationError } from '@bearward/client'
import { createClient, tokensOf } from './support/api.js'
import { API, createBench, failureOf } from './support/script.js'

describe('a request', () => {
  test('carries the token, and all that the caller gave', async () => {
    const { tokens, calls } = createClient({}, { ok: true })
    const { signal } = new AbortController()
    const init = { method: 'PUT', headers: { 'x-trace': '1' }, body: '{}', signal }
    const response = await tokens.fetch(`${API}/stats?day=1`, init)
    expect(await response.json()).toEqual({ ok: true })
    expect(calls()).toMatchObject([
      { url: `${API}/stats?day=1`, method: 'PUT', body: '{}', redirect: 'manual', signal },
    ])
    expect(calls()[0]?.headers.get('x-trace')).toBe('1')
    expect(tokensOf(calls())).toEqual(['Bearer token-1'])
  })

  test('goes to a URL object as well', async () => {
    const { tokens, calls } = createClient({}, {})
    await tokens.fetch(new URL(`${API}/a`))
    expect(calls()).toMatchObject([{ url: `${API}/a`, method: 'GET' }])
  })

  test('hands a redirect to the caller, and does not follow it', async () => {
    const elsewhere = { location: 'https://attacker.example.com/' }
    const { tokens, calls } = createClient({}, () => new Response(null, { status: 307, headers: elsewhere }))
    expect((await tokens.fetch(`${API}/a`)).status).toBe(307)
    expect(calls()).toHaveLength(1)
    await tokens.fetch(`${API}/a`, { redirect: 'error' })
    expect(calls()[1]?.redirect).toBe('error')
  })

  test('ends where the signal of the caller says so, though it waits for a token', async () => {
    const hang = (): Promise<Response> => new Promise(() => {})
    const { tokens } = createBench({ origins: API }, hang)
    const controller = new AbortController()
    const failure = failureOf(tokens.fetch(API, { signal: controller.signal }))
    controller.abort(new Error('enough'))
    expect((await failure).message).toBe('enough')
  })

  test('fails as fetch does where the API cannot be reached', async () => {
    const { tokens } = createClient({}, () => {
      throw new TypeError('fetch failed')
    })
    expect((await failureOf(tokens.fetch(API))).message).toBe('fetch failed')
  })
})

describe('the token', () => {
  test.each([
    ['another host', 'https://other.example.com/'],
    ['a host below', 'https://a.api.example.com/'],
    ['another port', 'https://api.example.com:8443/'],
    ['plain HTTP', 'http://api.example.com/'],
    ['what only looks like the host', 'https://api.example.com.attacker.test/'],
    ['a blob of the origin', 'blob:https://api.example.com/1'],
  ])('is not sent to %s', async (_name, url) => {
    const { tokens, sent } = createClient({}, {})
    const error = await failureOf(tokens.fetch(url))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error['option']).toBe('origins')
    expect(error.message).not.toContain(url)
    expect(sent).toHaveLength(0)
  })

  test.each([
    ['origins', { origins: [API, 'https://b.example.com:8443/'] }, 'https://b.example.com:8443/x'],
    ['the default port', {}, 'https://api.example.com:443/x'],
    ['loopback', { origins: 'http://127.0.0.1:3000' }, 'http://127.0.0.1:3000/x'],
    ['the origin of a resource', { origins: undefined, resource: ['urn:x:y', `${API}/v1`] }, `${API}/v2`],
  ])('is sent to %s', async (_name, options, url) => {
    const { tokens, calls } = createClient(options, {})
    await tokens.fetch(url)
    expect(tokensOf(calls())).toEqual(['Bearer token-1'])
  })

  test('is not sent to a resource where origins say otherwise', async () => {
    const { tokens } = createClient({ resource: 'https://b.example.com/' }, {})
    expect(await failureOf(tokens.fetch('https://b.example.com/'))).toMatchObject({ option: 'origins' })
    expect((await tokens.fetch(API)).status).toBe(200)
  })

  test.each([
    ['nothing', undefined],
    ['a URN', 'urn:example:api'],
    ['plain HTTP', 'http://api.example.com/'],
  ])('is sent nowhere where there is %s for a resource and no origins', async (_name, resource) => {
    const { tokens, sent } = createClient({ origins: undefined, resource }, {})
    const error = await failureOf(tokens.fetch(API))
    expect(error.message).toBe(
      'origins: is required for fetch, or resource in its place: to which origins the token may be sent',
    )
    expect(sent).toHaveLength(0)
  })

  test.each([
    ['credentials of its own', API, { headers: { AUTHORIZATION: 'Basic eA==' } }, 'headers'],
    ['a wish to follow redirects', API, { redirect: 'follow' as const }, 'redirect'],
    ['user information', 'https://a:b@api.example.com/', {}, 'url'],
    ['a relative URL', '/stats', {}, 'url'],
  ])('does not go with a request that has %s', async (_name, url, init, option) => {
    const { tokens, sent } = createClient({}, {})
    expect(await failureOf(tokens.fetch(url, init))).toMatchObject({ name: 'ConfigurationError', option })
    expect(sent).toHaveLength(0)
  })
})
