import { beforeEach, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Exchange } from '../support/kit.js'
import { NO_CREDENTIALS, readRefusal } from '../support/refusal.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

/** A resource server that reads its tokens from a field of its own. */
const createInternal = () =>
  servers().protect({
    realm: 'internal',
    readAccessToken: ({ fieldValues }) => fieldValues('x-internal-token')[0],
  })

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  const seen: Exchange[] = []
  let api: Api
  let outer: string
  let inner: string
  beforeEach(async () => {
    seen.length = 0
    outer = await servers().authorizationServer.mint({ sub: 'outer', scope: 'stats:read' })
    inner = await servers().authorizationServer.mint({ sub: 'inner', scope: 'stats:write' })
    api = createApp(({ step, requireToken, requireScope, get, handler }) => [
      step((exchange) => void seen.push(exchange)),
      requireToken(servers().resourceServer),
      get('/me', handler()),
      get('/internal', requireToken(createInternal()), handler()),
      get('/read', requireToken(createInternal()), requireScope('stats:read'), handler()),
      get('/write', requireToken(createInternal()), requireScope('stats:write'), handler()),
      get('/perhaps', requireToken(createInternal(), { optional: true }), handler()),
    ])
  })

  const send = (path: string, internal?: string) => {
    const pending = request(api.listener).get(path).auth(outer, { type: 'bearer' })
    return internal === undefined ? pending : pending.set('X-Internal-Token', internal)
  }

  test('judges a request again where a second requireToken stands', async () => {
    expect((await send('/me')).body).toMatchObject({ subject: 'outer' })
    const refused = await send('/internal')
    expect(readRefusal(refused)).toMatchObject({ status: 401, challenges: [{ realm: 'internal' }] })
    expect(api.handled()).toBe(1)
    expect((await send('/internal', inner)).body).toMatchObject({ subject: 'inner' })
  })

  test('forgets the first auth where the second requireToken refuses', async () => {
    expect((await send('/internal', 'a.b.c')).status).toBe(401)
    expect(seen.map(({ auth }) => auth)).toEqual([undefined])
    expect(seen.map((exchange) => exchange.findAuth())).toEqual([undefined])
    expect(api.handled()).toBe(0)
  })

  test('has guards judge by the second auth alone', async () => {
    const refused = await send('/read', inner)
    expect(readRefusal(refused)).toMatchObject({
      status: 403,
      challenges: [{ realm: 'internal', error: 'insufficient_scope', scope: 'stats:read' }],
    })
    expect(api.handled()).toBe(0)
    expect((await send('/write', inner)).status).toBe(200)
  })

  test('replaces the first auth by nobody where the second finds no credentials and needs none', async () => {
    const response = await send('/perhaps')
    expect([response.status, response.body]).toEqual([200, null])
  })

  test('requires credentials on a route where the app does not', async () => {
    api = createApp(({ requireToken, get, handler }) => [
      requireToken(servers().resourceServer, { optional: true }),
      get('/open', handler()),
      get('/me', requireToken(servers().resourceServer), handler()),
    ])
    expect((await request(api.listener).get('/open')).status).toBe(200)
    expect(readRefusal(await request(api.listener).get('/me'))).toEqual(NO_CREDENTIALS)
    expect(api.handled()).toBe(1)
    expect((await send('/me')).status).toBe(200)
  })
})
