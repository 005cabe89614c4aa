import { beforeEach, describe, expect, test } from '@jest/globals'
import { ConfigurationError } from '@bearward/core'
import { fakeAuth } from '@bearward/testing'
import request from 'supertest'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Exchange, Kit, Layer } from '../support/kit.js'
import { insufficientScope, NO_CREDENTIALS, readRefusal } from '../support/refusal.js'
import { rule } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const ADMIN = fakeAuth({ subject: 'admin', scopes: ['stats:read', 'stats:admin'] })
const servers = useServers()

/** Sets `auth` by hand, as middleware of somebody else may. */
const pretend = ({ step }: Kit): Layer =>
  step((exchange) => {
    exchange.auth = ADMIN
  })

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint({ scope: 'stats:read' })
  })

  test('replaces an auth that was there before', async () => {
    const api = createApp((kit) => [pretend(kit), kit.requireToken(servers().resourceServer), kit.handler()])
    const response = await request(api.listener).get('/').auth(token, { type: 'bearer' })
    expect(response.body).toEqual({ subject: 'client', clientId: 'client', scopes: ['stats:read'] })
  })

  test('clears an auth that was there before, where nobody makes the request', async () => {
    const api = createApp((kit) => [
      pretend(kit),
      kit.requireToken(servers().resourceServer, { optional: true }),
      kit.handler(),
    ])
    const response = await request(api.listener).get('/')
    expect([response.status, response.body]).toEqual([200, null])
  })

  test('clears an auth that was there before, where it refuses or cannot tell', async () => {
    const seen: Exchange[] = []
    const api = createApp((kit) => [
      pretend(kit),
      kit.step((exchange) => void seen.push(exchange)),
      kit.requireToken(servers().resourceServer),
      kit.handler(),
    ])
    const statuses = [(await request(api.listener).get('/')).status]
    statuses.push((await request(api.listener).get('/').auth('a.b.c', { type: 'bearer' })).status)
    servers().authorizationServer.intercept(() => ({ status: 500 }))
    statuses.push((await request(api.listener).get('/').auth(token, { type: 'bearer' })).status)
    expect(statuses).toEqual([401, 401, 503])
    expect(seen.map(({ auth }) => auth)).toEqual([undefined, undefined, undefined])
    expect(seen.map((exchange) => exchange.findAuth())).toEqual([undefined, undefined, undefined])
    expect(api.handled()).toBe(0)
  })

  rule('ROUTE-11', 'makes an error of the developer of a guard whose auth was set by hand', async () => {
    const guards: readonly ((kit: Kit) => Layer)[] = [
      ({ requireScope }) => requireScope('stats:read'),
      ({ requireAnyScope }) => requireAnyScope('stats:read'),
      ({ requireClaims }) => requireClaims(() => true),
    ]
    for (const guard of guards) {
      const api = createApp((kit) => [pretend(kit), guard(kit), kit.handler()])
      const response = await request(api.listener).get('/').auth(token, { type: 'bearer' })
      expect(response.status).toBe(500)
      expect(api.errors).toEqual([
        new ConfigurationError(
          'requireToken',
          'must run before requireFresh, requireScope and all other guards, of the same package',
        ),
      ])
      expect(api.handled()).toBe(0)
    }
  })

  test('finds nobody where auth was set by hand', async () => {
    const api = createApp((kit) => [
      pretend(kit),
      kit.handler((exchange) => {
        exchange.answer(200, exchange.findAuth() ?? null)
      }),
    ])
    expect((await request(api.listener).get('/')).body).toBeNull()
  })

  test('has guards judge the token, whatever was made of auth after it', async () => {
    const api = createApp((kit) => [
      kit.requireToken(servers().resourceServer, { optional: true }),
      pretend(kit),
      kit.get('/stats', kit.requireScope('stats:read'), kit.handler()),
      kit.get('/admin', kit.requireScope('stats:admin'), kit.handler()),
      kit.get(
        '/clients',
        kit.requireClaims((claims) => claims.sub === 'client'),
        kit.handler(),
      ),
    ])
    const get = (path: string) => request(api.listener).get(path).auth(token, { type: 'bearer' })
    expect(readRefusal(await request(api.listener).get('/stats'))).toEqual(NO_CREDENTIALS)
    expect(readRefusal(await get('/admin'))).toEqual(insufficientScope('stats:admin'))
    expect(api.handled()).toBe(0)
    expect((await get('/stats')).status).toBe(200)
    expect((await get('/clients')).status).toBe(200)
  })
})
