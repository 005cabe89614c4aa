import { METHODS } from 'node:http'
import { beforeEach, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import { sendRaw, withServer } from '../support/raw.js'
import { NO_CREDENTIALS, readRefusal } from '../support/refusal.js'
import { useServers } from '../support/servers.js'

/** Node does not hand CONNECT to the framework. */
const VERBS = METHODS.filter((method) => method !== 'CONNECT')
const servers = useServers()

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let api: Api
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint({ scope: 'stats:read' })
    api = createApp(({ requireToken, requireScope, get, handler }) => [
      requireToken(servers().resourceServer),
      get('/stats', requireScope('stats:read'), handler()),
      get('/admin', requireScope('stats:admin'), handler()),
      handler(),
    ])
  })

  test('runs guards for HEAD as for GET', async () => {
    const head = (path: string) => request(api.listener).head(path).auth(token, { type: 'bearer' })
    expect((await request(api.listener).head('/stats')).status).toBe(401)
    expect((await head('/admin')).status).toBe(403)
    expect(api.handled()).toBe(0)
    expect((await head('/stats')).status).toBe(200)
    expect(api.handled()).toBe(1)
  })

  test('opens no door to OPTIONS', async () => {
    const plain = await request(api.listener).options('/anything')
    expect(readRefusal(plain)).toEqual(NO_CREDENTIALS)
    const preflight = request(api.listener).options('/stats').set('Origin', 'https://app.example.com')
    expect((await preflight.set('Access-Control-Request-Method', 'GET')).status).toBe(401)
    expect((await sendRaw(api.listener, { method: 'OPTIONS', target: '*' })).status).toBe(401)
    expect(api.handled()).toBe(0)
    const good = await request(api.listener).options('/anything').auth(token, { type: 'bearer' })
    expect(good.status).toBe(200)
  })

  test('opens no door to OPTIONS on a route with requireToken of its own', async () => {
    api = createApp(({ requireToken, get, handler }) => [
      get('/stats', requireToken(servers().resourceServer), handler()),
    ])
    await request(api.listener).options('/stats')
    expect(api.handled()).toBe(0)
    expect((await request(api.listener).get('/stats').auth(token, { type: 'bearer' })).status).toBe(200)
  })

  test('judges requests of every method', async () => {
    await withServer(api.listener, async (port) => {
      const send = (fields: readonly (readonly [string, string])[]) =>
        Promise.all(VERBS.map(async (method) => (await sendRaw(port, { method, fields })).status))
      expect(await send([])).toEqual(VERBS.map(() => 401))
      expect(api.handled()).toBe(0)
      expect(await send([['Authorization', `Bearer ${token}`]])).toEqual(VERBS.map(() => 200))
      expect(api.handled()).toBe(VERBS.length)
    })
  })

  test('judges a request by its method, and not by one that a field names', async () => {
    for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
      for (const method of ['GET', 'OPTIONS', 'HEAD']) {
        const response = await sendRaw(api.listener, { method: 'POST', fields: [[name, method]] })
        expect(readRefusal(response)).toEqual(NO_CREDENTIALS)
      }
    }
    expect(api.handled()).toBe(0)
  })

  test('never runs a handler for CONNECT, nor for a protocol upgrade without credentials', async () => {
    const upgrade = [
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
    ] as const
    expect((await sendRaw(api.listener, { fields: upgrade })).status).toBe(401)
    await sendRaw(api.listener, { method: 'CONNECT', target: 'api.example.com:443' })
    expect(api.handled()).toBe(0)
  })
})
