import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createResourceServer, fromWebRequest, type Auth } from '@bearward/core'
import { startAuthorizationServer, type AuthorizationServer, type StartOptions } from '@bearward/testing'

const running: AuthorizationServer[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()))
})

async function start(options: StartOptions = {}): Promise<AuthorizationServer> {
  const server = await startAuthorizationServer({ algorithms: ['ES256'], ...options })
  running.push(server)
  return server
}

function authenticate({ issuer }: AuthorizationServer, token: string): Promise<Auth> {
  const resourceServer = createResourceServer({ issuer, audience: 'https://api.example.com' })
  const headers = { Authorization: `Bearer ${token}` }
  return resourceServer.authenticate(
    fromWebRequest(new Request('https://api.example.com/stats', { headers })),
  )
}

describe('the metadata', () => {
  const places: [StartOptions, string, string][] = [
    [{}, '', '/.well-known/oauth-authorization-server'],
    [{ metadata: 'openid-inserted' }, '', '/.well-known/openid-configuration'],
    [{ metadata: 'openid' }, '', '/.well-known/openid-configuration'],
    [{ path: '/tenants/a' }, '/tenants/a', '/.well-known/oauth-authorization-server/tenants/a'],
    [{ path: '/a', metadata: 'openid-inserted' }, '/a', '/.well-known/openid-configuration/a'],
    [{ path: '/a', metadata: 'openid' }, '/a', '/a/.well-known/openid-configuration'],
    [{ path: '/' }, '/', '/.well-known/oauth-authorization-server'],
    [{ path: '/a/', metadata: 'openid' }, '/a/', '/a/.well-known/openid-configuration'],
    [{ path: '/a/' }, '/a/', '/.well-known/oauth-authorization-server/a'],
  ]

  test.each(places)('of a server with %j has the right place', async (options, issuerPath, metadataPath) => {
    const server = await start(options)
    const { origin } = new URL(server.metadataUrl)
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(server.issuer).toBe(origin + issuerPath)
    expect(server.metadataUrl).toBe(origin + metadataPath)
    const response = await fetch(server.metadataUrl)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({
      issuer: server.issuer,
      token_endpoint: server.tokenEndpoint,
      jwks_uri: server.jwksUri,
      scopes_supported: ['stats:read', 'stats:write'],
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      introspection_endpoint: server.introspectionEndpoint,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      introspection_signing_alg_values_supported: ['ES256'],
      revocation_endpoint: server.revocationEndpoint,
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    })
  })

  test('stands nowhere else', async () => {
    const server = await start({ path: '/a', metadata: 'openid' })
    for (const path of [
      '/.well-known/openid-configuration/a',
      '/.well-known/openid-configuration',
      '/a',
      '/',
    ]) {
      expect((await fetch(new URL(path, server.issuer))).status).toBe(404)
    }
    expect(server.requests).toEqual({
      metadata: 0,
      jwks: 0,
      token: 0,
      introspection: 0,
      revocation: 0,
      other: 4,
    })
  })

  test.each(['HEAD', 'POST'])('can be read only: %s', async (method) => {
    const { metadataUrl } = await start()
    const response = await fetch(metadataUrl, { method })
    expect([response.status, response.headers.get('allow')]).toEqual(
      method === 'HEAD' ? [200, null] : [405, 'GET, HEAD'],
    )
  })
})

describe('a resource server', () => {
  test.each(['oauth', 'openid-inserted', 'openid'] as const)(
    'accepts a minted token after discovery by %s',
    async (metadata) => {
      const server = await start({ path: '/tenants/a', metadata })
      const auth = await authenticate(server, await server.mint({ sub: 'user-1' }))
      expect([auth.subject, auth.issuer]).toEqual(['user-1', server.issuer])
    },
  )

  test('refuses a token that is minted badly', async () => {
    const server = await start()
    await expect(authenticate(server, await server.mint({ exp: 1 }))).rejects.toMatchObject({
      code: 'ERR_TOKEN_EXPIRED',
    })
    await expect(authenticate(server, await server.mint({}, { signature: 'corrupt' }))).rejects.toMatchObject(
      {
        code: 'ERR_TOKEN_SIGNATURE',
      },
    )
  })
})

describe('the counters', () => {
  test('count the requests of each endpoint, also those that fail', async () => {
    const server = await start()
    await fetch(server.metadataUrl)
    await fetch(`${server.jwksUri}?query`)
    await fetch(server.jwksUri, { method: 'DELETE' })
    await fetch(server.tokenEndpoint, { method: 'POST' })
    await fetch(server.introspectionEndpoint, { method: 'POST' })
    await fetch(server.revocationEndpoint)
    expect(server.requests).toEqual({
      metadata: 1,
      jwks: 2,
      token: 1,
      introspection: 1,
      revocation: 1,
      other: 0,
    })
  })

  test('stay the same object when they are reset', async () => {
    const server = await start()
    const { requests } = server
    await fetch(server.metadataUrl)
    expect(requests.metadata).toBe(1)
    server.resetCounters()
    expect(requests.metadata).toBe(0)
    await fetch(server.metadataUrl)
    expect(requests.metadata).toBe(1)
  })

  test('do not count minting', async () => {
    const server = await start()
    await server.mint()
    expect(server.requests).toEqual({
      metadata: 0,
      jwks: 0,
      token: 0,
      introspection: 0,
      revocation: 0,
      other: 0,
    })
  })
})

describe('an interceptor', () => {
  let server: AuthorizationServer

  beforeEach(async () => {
    server = await start()
  })

  test('answers in place of the server, until it is taken away', async () => {
    server.intercept(() => ({
      status: 503,
      headers: { 'Retry-After': '7', 'Set-Cookie': ['a=1', 'b=2'] },
      body: 'later',
    }))
    const response = await fetch(server.jwksUri)
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
      503,
      '7',
      'later',
    ])
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(server.requests.jwks).toBe(1)
    server.intercept(undefined)
    expect((await fetch(server.jwksUri)).status).toBe(200)
  })

  test('may leave a request to the server', async () => {
    server.intercept(({ endpoint }) => (endpoint === 'jwks' ? { status: 500 } : undefined))
    expect((await fetch(server.jwksUri)).status).toBe(500)
    expect((await fetch(server.metadataUrl)).status).toBe(200)
  })

  test('sees what the request is', async () => {
    const seen: unknown[] = []
    server.intercept(({ endpoint, method, target, headers, body }) => {
      seen.push({ endpoint, method, target, type: headers['content-type'], body })
      return undefined
    })
    await fetch(`${server.tokenEndpoint}?a=1`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain' },
      body: 'hé',
    })
    expect(seen).toEqual([
      { endpoint: 'token', method: 'POST', target: '/token?a=1', type: 'text/plain', body: 'hé' },
    ])
  })

  test('answers 200 without content where it says nothing else', async () => {
    server.intercept(() => ({}))
    const response = await fetch(server.jwksUri)
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  test('may send bytes', async () => {
    server.intercept(() => ({ body: Uint8Array.of(0xff, 0x00) }))
    expect(new Uint8Array(await (await fetch(server.jwksUri)).arrayBuffer())).toEqual(
      Uint8Array.of(0xff, 0x00),
    )
  })

  test('may send its answer piece by piece', async () => {
    // eslint-disable-next-line @typescript-eslint/require-await -- there is nothing to wait for
    async function* pieces(): AsyncGenerator<string> {
      yield '{"keys"'
      yield ':[]}'
    }
    server.intercept(() => ({ body: pieces() }))
    expect(await (await fetch(server.jwksUri)).json()).toEqual({ keys: [] })
  })

  test('may cut the connection', async () => {
    server.intercept(() => 'disconnect')
    await expect(fetch(server.jwksUri)).rejects.toThrow('fetch failed')
  })

  test('that throws shows the client a 500, and the reason', async () => {
    server.intercept(() => {
      throw new Error('a mistake in the test')
    })
    const response = await fetch(server.jwksUri)
    expect([response.status, await response.text()]).toEqual([500, 'Error: a mistake in the test'])
  })

  test('that breaks off in the middle breaks the connection', async () => {
    // eslint-disable-next-line @typescript-eslint/require-await -- there is nothing to wait for
    async function* pieces(): AsyncGenerator<string> {
      yield '{"keys"'
      throw new Error('enough')
    }
    server.intercept(() => ({ body: pieces() }))
    await expect(fetch(server.jwksUri).then((response) => response.text())).rejects.toThrow()
  })
})

describe('close', () => {
  test('drops requests that hang and connections that idle', async () => {
    const server = await start()
    const intercepted = new Promise<void>((resolve) => {
      server.intercept(() => {
        resolve()
        return new Promise(() => undefined)
      })
    })
    const idle = connect(Number(new URL(server.issuer).port), '127.0.0.1')
    await once(idle, 'connect')
    const hanging = fetch(server.jwksUri)
    const dropped = expect(hanging).rejects.toThrow('fetch failed')
    await intercepted
    const closed = once(idle, 'close')
    await server.close()
    await Promise.all([dropped, closed])
  })

  test('frees the port, and may be called again', async () => {
    const first = await start()
    await first.close()
    await first.close()
    const second = await start({ port: Number(new URL(first.issuer).port) })
    expect(second.issuer).toBe(first.issuer)
  })
})

describe('starting', () => {
  test('fails where the port is taken', async () => {
    const { issuer } = await start()
    await expect(start({ port: Number(new URL(issuer).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test.each([
    ['algorithms', { algorithms: [] }],
    ['algorithms', { algorithms: ['HS256'] }],
    ['path', { path: 'tenants' }],
    ['path', { path: '/a?b' }],
    ['path', { path: '/a#b' }],
    ['path', { path: '/a/../b' }],
    ['path', { path: '/a b' }],
    ['metadata', { metadata: 'oidc' }],
    ['accessTokens', { accessTokens: 'JWT' }],
    ['lifetime', { lifetime: 0 }],
    ['lifetime', { lifetime: NaN }],
    ['lifetime', { lifetime: Infinity }],
  ])('names the option %s that cannot be used: %j', async (option, options) => {
    await expect(start(options as StartOptions)).rejects.toThrow(new RegExp(`^${option}: `))
  })
})
