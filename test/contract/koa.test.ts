import { once } from 'node:events'
import { connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { requireScope, requireToken } from '@bearward/koa'
import Koa3 from 'koa'
import Koa2 from 'koa2'
import request from 'supertest'
import { useServers } from '../support/servers.js'

const servers = useServers()

describe.each([
  ['Koa 2', Koa2],
  ['Koa 3', Koa3],
])('%s', (_name, Koa) => {
  let app: Koa3
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
    app = new Koa()
    app.on('error', () => undefined)
  })

  test('awaits the middleware after it, and hands its errors on unchanged', async () => {
    const error = new Error('of the handler')
    const events: unknown[] = []
    app.use(async (_ctx, next) => {
      await next().catch((caught: unknown) => events.push(caught))
      events.push('after')
    })
    app.use(requireToken(servers().resourceServer))
    app.use(requireScope('stats:read'))
    app.use(async () => {
      await new Promise(setImmediate)
      events.push('handled')
      throw error
    })
    await request(app.callback()).get('/').auth(token, { type: 'bearer' })
    expect(events).toEqual(['handled', error, 'after'])
    expect(events[1]).toBe(error)
  })

  test('lets middleware before it see a refusal, and add to it', async () => {
    const seen: unknown[] = []
    app.use(async (ctx, next) => {
      await next()
      seen.push(ctx.status)
      ctx.set('X-Seen', 'yes')
    })
    app.use(requireToken(servers().resourceServer))
    const response = await request(app.callback()).get('/')
    expect([response.status, response.headers['x-seen'], response.text]).toEqual([401, 'yes', ''])
    expect(seen).toEqual([401])
  })

  test('runs the middleware after it once', async () => {
    let runs = 0
    app.use(requireToken(servers().resourceServer))
    app.use(requireScope('stats:read'))
    app.use((ctx) => {
      runs += 1
      ctx.body = ctx.state.auth.subject
    })
    const response = await request(app.callback()).get('/').auth(token, { type: 'bearer' })
    expect([response.text, runs]).toEqual(['client', 1])
  })

  test('passes no request whose state cannot hold who makes it', async () => {
    let runs = 0
    app.use((ctx, next) => {
      Object.freeze(ctx.state)
      return next()
    })
    app.use(requireToken(servers().resourceServer))
    app.use(() => {
      runs += 1
    })
    expect((await request(app.callback()).get('/').auth(token, { type: 'bearer' })).status).toBe(500)
    expect((await request(app.callback()).get('/')).status).toBe(500)
    expect(runs).toBe(0)
  })

  test('judges requests over HTTP/2', async () => {
    app.use(requireToken(servers().resourceServer))
    app.use((ctx) => {
      ctx.body = ctx.state.auth.subject
    })
    const server = createServer(app.callback()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const get = async (fields: Record<string, string>) => {
      const stream = client.request({ ':path': '/', ...fields })
      const [headers] = (await once(stream, 'response')) as [Record<string, string | number>]
      return [headers[':status'], headers['www-authenticate'], await text(stream)]
    }
    try {
      expect(await get({})).toEqual([401, 'Bearer realm="protected resource"', ''])
      expect(await get({ authorization: `Bearer ${token}` })).toEqual([200, undefined, 'client'])
    } finally {
      client.close()
      server.close()
    }
  })
})
