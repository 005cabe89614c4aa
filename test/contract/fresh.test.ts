import { describe, expect, test } from '@jest/globals'
import type { Auth } from '@bearward/core'
import { createIntrospectingServers, type VirtualIntrospection } from '../support/introspection.js'
import { insufficientScope, invalidToken, NO_CREDENTIALS, readRefusal } from '../support/refusal.js'
import { FRESH_FRAMEWORKS, get } from './require-fresh.js'

const INACTIVE = invalidToken('The access token is not active')

describe.each(FRESH_FRAMEWORKS)('%s', (_name, createApp) => {
  /** An API whose routes want answers of different ages, and then a scope. */
  function createApi({ resourceServer }: Pick<VirtualIntrospection, 'resourceServer'>, optional = false) {
    return createApp(({ requireToken, requireFresh, requireScope, ...kit }) => [
      requireToken(resourceServer, { optional }),
      kit.get('/any', kit.handler()),
      kit.get('/now', requireFresh({ maxAge: 0 }), kit.handler()),
      kit.get('/recent', requireFresh({ maxAge: 10 }), kit.handler()),
      kit.get('/stats', requireFresh({ maxAge: 0 }), requireScope('stats:write'), kit.handler()),
      kit.get(
        '/again',
        requireFresh({ maxAge: 0 }),
        requireToken(resourceServer),
        requireScope('stats:write'),
        kit.handler(),
      ),
      kit.get('/late', requireScope('stats:write'), requireFresh({ maxAge: 0 }), kit.handler()),
    ])
  }

  async function start() {
    const servers = await createIntrospectingServers()
    return { ...servers, api: createApi(servers) }
  }

  test('asks again at each request where a route wants it, and keeps the verdict for others', async () => {
    const { api, mint, asked } = await start()
    const token = mint()
    for (const [path, questions] of [
      ['/any', 1],
      ['/any', 1],
      ['/now', 2],
      ['/now', 3],
      ['/any', 3],
    ] as const) {
      expect([(await get(api, path, token)).status, asked()]).toEqual([200, questions])
    }
  })

  test('asks again where the last answer is older than a route allows', async () => {
    const { api, mint, asked, clock } = await start()
    const token = mint()
    expect((await get(api, '/recent', token)).status).toBe(200)
    await clock.advance(9.9)
    expect([(await get(api, '/recent', token)).status, asked()]).toEqual([200, 1])
    await clock.advance(0.1)
    expect([(await get(api, '/recent', token)).status, asked()]).toEqual([200, 2])
    expect([(await get(api, '/any', token)).status, asked()]).toEqual([200, 2])
  })

  test('refuses an opaque token that was revoked, and from then on everywhere', async () => {
    const { api, mint, authorizationServer } = await start()
    const token = mint()
    expect((await get(api, '/any', token)).status).toBe(200)
    authorizationServer.revoke(token)
    expect((await get(api, '/any', token)).status).toBe(200)
    expect(readRefusal(await get(api, '/now', token))).toEqual(INACTIVE)
    expect(readRefusal(await get(api, '/any', token))).toEqual(INACTIVE)
    expect([api.handled(), api.errors]).toEqual([2, []])
  })

  test('refuses a JWT that was revoked, which the guard alone can know', async () => {
    const { api, authorizationServer } = await start()
    const jwt = await authorizationServer.mint()
    expect((await get(api, '/now', jwt)).status).toBe(200)
    authorizationServer.revoke(jwt)
    expect(readRefusal(await get(api, '/now', jwt))).toEqual(INACTIVE)
    expect((await get(api, '/any', jwt)).status).toBe(200)
    expect([api.handled(), api.errors]).toEqual([2, []])
  })

  test.each([
    ['an opaque token', false],
    ['a JWT', true],
  ])('lets no later requireToken bring back the scopes that were lost: %s', async (_kind, isJwt) => {
    const { api, mint, authorizationServer } = await start()
    const token = isJwt ? await authorizationServer.mint() : mint()
    expect((await get(api, '/again', token)).status).toBe(200)
    authorizationServer.setClaims(token, { scope: 'stats:read' })
    expect(readRefusal(await get(api, '/again', token))).toEqual(insufficientScope('stats:write'))
    expect(api.handled()).toBe(1)
  })

  test.each([
    ['an opaque token', false],
    ['a JWT', true],
  ])('has the next guard see the scopes that are left: %s', async (_kind, isJwt) => {
    const { api, mint, authorizationServer, asked } = await start()
    const token = isJwt ? await authorizationServer.mint() : mint()
    expect((await get(api, '/stats', token)).status).toBe(200)
    authorizationServer.setClaims(token, { scope: 'stats:read' })
    expect(readRefusal(await get(api, '/stats', token))).toEqual(insufficientScope('stats:write'))
    expect(api.handled()).toBe(1)
    authorizationServer.setClaims(token, { scope: 'stats:read stats:write stats:admin' })
    const restored = await get(api, '/stats', token)
    const scopes = isJwt ? ['stats:read', 'stats:write'] : ['stats:read', 'stats:write', 'stats:admin']
    expect([restored.status, restored.body, asked()]).toEqual([
      200,
      { subject: 'client', clientId: 'client', scopes },
      isJwt ? 3 : 4,
    ])
  })

  test('does not ask about a token that lacks the scope, where that is looked at first', async () => {
    const { api, mint, asked } = await start()
    expect((await get(api, '/late', mint({ scope: 'stats:read' }))).status).toBe(403)
    expect([api.handled(), asked()]).toEqual([0, 1])
    expect((await get(api, '/late', mint())).status).toBe(200)
  })

  test('gives handlers the new auth, and the same by every way to it', async () => {
    const { resourceServer, mint, authorizationServer } = await createIntrospectingServers()
    const seen: (Auth | undefined)[] = []
    const api = createApp(({ requireToken, requireFresh, ...kit }) => [
      requireToken(resourceServer),
      kit.step((exchange) => void seen.push(exchange.auth)),
      requireFresh({ maxAge: 0 }),
      kit.handler((exchange) => {
        seen.push(exchange.auth, exchange.findAuth())
        exchange.answer(200, null)
      }),
    ])
    const token = mint({ sub: 'alice', scope: 'stats:read' })
    expect((await get(api, '/', token)).status).toBe(200)
    authorizationServer.setClaims(token, { scope: '' })
    expect((await get(api, '/', token)).status).toBe(200)
    const [, , , old, current, found] = seen
    expect([...(old?.scopes ?? [])]).toEqual(['stats:read'])
    expect(current).not.toBe(old)
    expect(found).toBe(current)
    expect(current).toMatchObject({ subject: 'alice', token, via: 'introspection', scopes: new Set() })
    expect(Object.isFrozen(current)).toBe(true)
  })

  test.each(['error-page', 'server-error', 'unauthorized', 'too-many-requests', 'redirect'] as const)(
    'answers 503 where the endpoint cannot tell: %s, and runs no handler',
    async (fault) => {
      const { api, mint, authorizationServer } = await start()
      const tokens = [mint(), await authorizationServer.mint()]
      for (const token of tokens) expect((await get(api, '/any', token)).status).toBe(200)
      authorizationServer.behave('introspection', { fault })
      for (const token of tokens) {
        const { status, headers, text } = await get(api, '/now', token)
        expect([status, text]).toEqual([503, ''])
        expect(headers['retry-after']).toMatch(/^[1-9]\d*$/)
        expect(headers).not.toHaveProperty('www-authenticate')
        expect((await get(api, '/any', token)).status).toBe(200)
      }
      expect([api.handled(), api.errors]).toEqual([4, []])
    },
  )

  test('asks for credentials where there are none, also where they are optional', async () => {
    const servers = await createIntrospectingServers()
    const api = createApi(servers, true)
    expect((await get(api, '/any')).status).toBe(200)
    for (const path of ['/now', '/recent', '/stats'])
      expect(readRefusal(await get(api, path))).toEqual(NO_CREDENTIALS)
    expect([api.handled(), servers.asked()]).toEqual([1, 0])
    expect((await get(api, '/now', servers.mint())).status).toBe(200)
  })
})
