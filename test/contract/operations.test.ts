import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import { createVirtualServers } from '../support/virtual-servers.js'

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  /** An API with a readiness route in front. */
  async function start() {
    const servers = await createVirtualServers()
    const { resourceServer, authorizationServer } = servers
    const api: Api = createApp(({ requireToken, get, handler }) => [
      get(
        '/ready',
        handler((exchange) => {
          const health = resourceServer.health()
          exchange.answer(health.ready ? 200 : 503, health)
        }),
      ),
      requireToken(resourceServer),
      handler(),
    ])
    const ask = async () => {
      const token = await authorizationServer.mint()
      return (await request(api.listener).get('/').auth(token, { type: 'bearer' })).status
    }
    return { ...servers, ask, readiness: () => request(api.listener).get('/ready') }
  }

  test('says on a readiness route how things stand, and asks nobody for it', async () => {
    const { authorizationServer, resourceServer, clock, readiness } = await start()
    const { issuer, requests } = authorizationServer
    const before = await readiness()
    expect([before.status, before.body]).toEqual([
      503,
      { ready: false, authorizationServers: [{ issuer, status: 'unavailable', keys: [], timeLeft: 0 }] },
    ])
    expect(requests).toMatchObject({ metadata: 0, jwks: 0 })
    await resourceServer.warmUp()
    await clock.advance(10)
    const after = await readiness()
    expect([after.status, after.body]).toEqual([
      200,
      {
        ready: true,
        authorizationServers: [
          {
            issuer,
            status: 'fresh',
            keys: authorizationServer.keySet().keys.map(({ kid }) => kid),
            age: 10,
            nextRefresh: expect.any(Number),
            timeLeft: 86_400 + 590,
          },
        ],
      },
    ])
    expect(requests).toMatchObject({ metadata: 1, jwks: 1 })
    resourceServer.close()
  })

  test('stays ready in an outage that began after it was ready, and says what is wrong', async () => {
    const { authorizationServer, resourceServer, clock, ask, readiness } = await start()
    await resourceServer.warmUp()
    authorizationServer.behave('jwks', { fault: 'server-error' })
    await clock.advance(700)
    const { status, body } = await readiness()
    expect([status, body]).toMatchObject([
      200,
      {
        ready: true,
        authorizationServers: [
          {
            status: 'stale',
            age: 700,
            staleSince: clock.now() - 100,
            timeLeft: 86_300,
            lastError: { code: 'ERR_AUTHORIZATION_SERVER_RESPONSE' },
          },
        ],
      },
    ])
    expect(await ask()).toBe(200)
    resourceServer.close()
  })

  test('warms up before the first request, which then waits for nothing', async () => {
    const { authorizationServer, resourceServer, ask } = await start()
    await resourceServer.warmUp()
    authorizationServer.behave('jwks', { fault: 'hang' })
    authorizationServer.behave('metadata', { fault: 'hang' })
    expect(await ask()).toBe(200)
    resourceServer.close()
  })

  test('fails to warm up while the authorization server is down, and recovers without being asked', async () => {
    const { authorizationServer, resourceServer, clock, ask, readiness } = await start()
    authorizationServer.behave('metadata', { fault: 'refuse' })
    await expect(resourceServer.warmUp()).rejects.toMatchObject({
      name: 'UnavailableError',
      code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE',
      status: 503,
    })
    expect(await ask()).toBe(503)
    expect((await readiness()).status).toBe(503)
    authorizationServer.behave('metadata', undefined)
    await clock.advance(5)
    expect((await readiness()).status).toBe(200)
    expect(await ask()).toBe(200)
    await resourceServer.warmUp()
    resourceServer.close()
  })

  test('leaves no timer when it closes, and goes on with the keys in hand', async () => {
    const { authorizationServer, resourceServer, clock, ask } = await start()
    await resourceServer.warmUp()
    expect(clock.timers).toBe(2) // the next refresh of metadata and keys
    resourceServer.close()
    expect(clock.timers).toBe(0)
    await clock.advance(500)
    expect(await ask()).toBe(200)
    expect(authorizationServer.requests).toMatchObject({ metadata: 1, jwks: 1 })
    expect(clock.timers).toBe(0)
  })

  test('leaves no timer when it closes amid fetches and retries, and those who wait are answered', async () => {
    const { authorizationServer, resourceServer, clock, ask } = await start()
    authorizationServer.behave('metadata', { fault: 'hang' })
    const asked = ask()
    while (authorizationServer.requests.metadata === 0) await clock.settle()
    resourceServer.close()
    expect(await asked).toBe(503)
    await clock.settle()
    expect(clock.timers).toBe(0)
    await clock.advance(600)
    expect(await ask()).toBe(503)
    expect(authorizationServer.requests.metadata).toBe(1)
  })
})
