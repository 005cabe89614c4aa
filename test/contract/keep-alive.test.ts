import { once } from 'node:events'
import { Agent, request as startRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Run } from '../support/kit.js'
import { withServer } from '../support/raw.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

interface Received {
  readonly status: number
  /** `Content-Length` and `Transfer-Encoding`, which tell where the next response begins. */
  readonly framing: readonly (string | undefined)[]
  readonly body: string
}

const INVALID_TOKEN = {
  error: 'invalid_token',
  error_description: 'The access token is not a well-formed JWT',
}

/** A content that is announced, and that no refusal has. */
const announceContent: Run = ({ response }) => {
  response.setHeader('Content-Type', 'text/html')
  response.setHeader('Content-Length', '5')
  response.setHeader('Content-Encoding', 'gzip')
  response.setHeader('ETag', '"1"')
}

const announceChunks: Run = ({ response }) => {
  response.setHeader('Transfer-Encoding', 'chunked')
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let readable: string
  let admin: string
  beforeEach(async () => {
    readable = await servers().authorizationServer.mint({ scope: 'stats:read' })
    admin = await servers().authorizationServer.mint({ scope: 'stats:admin' })
  })

  test.each<readonly [name: string, announce: Run]>([
    ['nothing', () => undefined],
    ['a content of another length', announceContent],
    ['chunks', announceChunks],
  ])('keeps a connection in step where earlier middleware announces %s', async (_announced, announce) => {
    const { protect, authorizationServer } = servers()
    const { listener } = createApp(({ step, requireToken, requireScope, mount, get, handler }) => [
      step(async (exchange) => {
        if (exchange.message.headers.authorization !== `Bearer ${admin}`) await announce(exchange)
      }),
      mount('/hidden', requireToken(protect({ hideForbidden: true })), requireScope('stats:admin')),
      mount('/outage', requireToken(protect({ jwksUri: `${authorizationServer.issuer}/nowhere` }))),
      get(
        '/me',
        requireToken(protect()),
        requireScope('stats:admin'),
        handler(({ answer }) => answer(200, 'me')),
      ),
    ])
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const sockets = new Set<unknown>()
    const send = async (port: number, path: string, token: string): Promise<Received> => {
      const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
      const sent = startRequest({ host: '127.0.0.1', port, path, agent, headers }).end()
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      sockets.add(sent.socket)
      return {
        status: response.statusCode ?? 0,
        framing: [response.headers['content-length'], response.headers['transfer-encoding']],
        body: await text(response),
      }
    }
    const received = await withServer(listener, async (port) => {
      const responses: Received[] = []
      for (const [path, token] of [
        ['/me', ''],
        ['/me', 'a.b.c'],
        ['/hidden', readable],
        ['/outage', readable],
        ['/me', readable],
        ['/me', admin],
        ['/me', ''],
        ['/me', admin],
      ] as const) {
        responses.push(await send(port, path, token))
      }
      return responses
    })
    agent.destroy()
    expect(received.map(({ status }) => status)).toEqual([401, 401, 404, 503, 403, 200, 401, 200])
    for (const { framing, body } of received) {
      expect(framing).toEqual([String(Buffer.byteLength(body)), undefined])
    }
    expect(received.map(({ body }) => body === '')).toEqual([
      true,
      false,
      true,
      true,
      false,
      false,
      true,
      false,
    ])
    expect(JSON.parse(received[1]?.body ?? '')).toEqual(INVALID_TOKEN)
    expect(received[5]?.body).toBe('"me"')
    expect(sockets.size).toBe(1)
  })
})
