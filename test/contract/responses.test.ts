import { once } from 'node:events'
import { Agent, request as startRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import { sendRaw, withServer, type RawResponse } from '../support/raw.js'
import { NO_CREDENTIALS, readRefusal } from '../support/refusal.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

/** Refused requests, by status: path and credentials. */
const REFUSED: readonly (readonly [status: number, path: string, credentials: string])[] = [
  [400, '/', 'Bearer'],
  [401, '/', ''],
  [401, '/', 'Bearer a.b.c'],
  [403, '/admin', 'Bearer TOKEN'],
]

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let api: Api
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
    api = createApp(({ step, requireToken, requireScope, get, handler }) => [
      step(({ response }) => {
        response.setHeader('X-Request-Id', '42')
        response.setHeader('Set-Cookie', ['a=1', 'b=2'])
        response.setHeader('Vary', 'Origin')
      }),
      requireToken(servers().resourceServer),
      get('/admin', requireScope('stats:admin'), handler()),
      handler(),
    ])
  })

  const send = (method: string, target: string, credentials: string): Promise<RawResponse> =>
    sendRaw(api.listener, {
      method,
      target,
      fields: credentials === '' ? [] : [['Authorization', credentials.replace('TOKEN', token)]],
    })

  describe.each(REFUSED)('refuses with %i on %s, with "%s",', (status, path, credentials) => {
    test('in exactly one response', async () => {
      const response = await send('GET', path, credentials)
      expect(response.status).toBe(status)
      expect(response.text.match(/HTTP\/1\.1/g)).toHaveLength(1)
      expect(response.fieldValues('content-length')).toEqual([String(response.body.length)])
      expect(readRefusal(response).challenges).toHaveLength(1)
    })

    test('and keeps the header fields that the application has set', async () => {
      const response = await send('GET', path, credentials)
      expect(response.fieldValues('x-request-id')).toEqual(['42'])
      expect(response.fieldValues('set-cookie')).toEqual(['a=1', 'b=2'])
      expect(response.fieldValues('vary')).toEqual(['Origin'])
    })

    test('and sends no body to HEAD, but the same header fields', async () => {
      const head = await send('HEAD', path, credentials)
      const get = await send('GET', path, credentials)
      expect(head.body).toBe('')
      for (const name of ['www-authenticate', 'cache-control', 'content-type']) {
        expect(head.fieldValues(name)).toEqual(get.fieldValues(name))
      }
      expect(head.status).toBe(status)
      expect(api.handled()).toBe(0)
    })
  })

  test('drops what earlier middleware said of a content that is not sent', async () => {
    const earlier = {
      'Content-Type': 'text/html',
      'Content-Encoding': 'gzip',
      'Content-Language': 'de',
      'Content-Range': 'bytes 0-1/2',
      'Content-Length': '5',
      ETag: '"1"',
      'Last-Modified': 'Mon, 01 Jun 2026 00:00:00 GMT',
      'Transfer-Encoding': 'chunked',
      'X-Kept': 'yes',
    }
    api = createApp(({ step, requireToken, requireScope, get, handler }) => [
      step(({ response }) => {
        for (const [name, value] of Object.entries(earlier)) response.setHeader(name, value)
      }),
      requireToken(servers().resourceServer),
      get('/admin', requireScope('stats:admin'), handler()),
      handler(),
    ])
    for (const [status, path, credentials] of REFUSED) {
      const response = await send('GET', path, credentials)
      expect(response.status).toBe(status)
      expect(response.fieldValues('content-length')).toEqual([String(response.body.length)])
      expect(response.fieldValues('content-type')).toEqual(response.body === '' ? [] : ['application/json'])
      for (const name of ['content-encoding', 'content-language', 'content-range', 'etag', 'last-modified']) {
        expect([name, ...response.fieldValues(name)]).toEqual([name])
      }
      expect([...response.fieldValues('transfer-encoding'), ...response.fieldValues('x-kept')]).toEqual([
        'yes',
      ])
    }
  })

  test('keeps the connection of a client that it refuses', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const sockets = new Set<unknown>()
    await withServer(api.listener, async (port) => {
      for (const [status, path, credentials] of [...REFUSED, ...REFUSED]) {
        const headers = { authorization: credentials.replace('TOKEN', token) }
        const sent = startRequest({ host: '127.0.0.1', port, path, agent, headers }).end()
        const [response] = (await once(sent, 'response')) as [IncomingMessage]
        await text(response)
        sockets.add(sent.socket)
        expect(response.statusCode).toBe(status)
      }
    })
    agent.destroy()
    expect(sockets.size).toBe(1)
  })

  test('refuses a request whose content nobody reads', async () => {
    const content = 'x'.repeat(1_000_000)
    const response = await request(api.listener).post('/').type('text/plain').send(content)
    expect(readRefusal(response)).toEqual(NO_CREDENTIALS)
    expect(api.handled()).toBe(0)
    const accepted = request(api.listener).post('/').auth(token, { type: 'bearer' }).type('text/plain')
    expect((await accepted.send(content)).status).toBe(200)
  })

  test('adds nothing to an accepted response', async () => {
    const bare = createApp(({ handler }) => [handler((exchange) => exchange.answer(200, null))])
    const guarded = createApp(({ requireToken, requireScope, handler }) => [
      requireToken(servers().resourceServer),
      requireScope('stats:read'),
      handler((exchange) => exchange.answer(200, null)),
    ])
    const namesOf = ({ headers }: request.Response) => Object.keys(headers).sort()
    expect(namesOf(await request(guarded.listener).get('/').auth(token, { type: 'bearer' }))).toEqual(
      namesOf(await request(bare.listener).get('/')),
    )
  })
})
