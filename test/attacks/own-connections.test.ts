import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect } from '@jest/globals'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import { sendRaw, withServer } from '../support/raw.js'
import { rule } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let api: Api
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint({ sub: 'alice' })
    api = createApp((kit) => [kit.requireToken(servers().resourceServer), kit.handler()])
  })

  /** All that comes for this text, on one connection. */
  const exchange = (sent: string): Promise<string> =>
    withServer(api.listener, async (port) => {
      const socket = connect(port, '127.0.0.1').setEncoding('latin1')
      socket.write(sent)
      return text(socket)
    })

  const get = (credentials: string, last = false): string =>
    `GET /me HTTP/1.1\r\nHost: x\r\n${credentials}${last ? 'Connection: close\r\n' : ''}\r\n`
  const statusesIn = (received: string) =>
    [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))

  rule('OWN-37', 'believes nobody but a trusted proxy who says that the request came over TLS', async () => {
    const resourceServer = servers().protect({ requireTls: true })
    const build = (trustProxy: boolean) =>
      createApp((kit) => [kit.requireToken(resourceServer), kit.handler()], { trustProxy })
    const [direct, behind] = [build(false), build(true)]
    const statusOf = async ({ listener }: Api, name: string, value: string) => {
      const fields = [
        ['Authorization', `Bearer ${token}`],
        [name, value],
      ] as const
      return (await sendRaw(listener, { fields })).status
    }
    for (let time = 0; time < 4; time += 1)
      expect(await statusOf(behind, 'X-Forwarded-Proto', 'https')).toBe(200)
    const claims = { 'X-Forwarded-Proto': 'https', Forwarded: 'proto=https', 'X-Forwarded-Ssl': 'on' }
    for (const [name, value] of Object.entries(claims)) expect(await statusOf(direct, name, value)).toBe(400)
    for (const value of ['http', 'http, https', 'HTTPS-not', '']) {
      expect([value, await statusOf(behind, 'X-Forwarded-Proto', value)]).toEqual([value, 400])
    }
    expect(direct.handled()).toBe(0)
  })

  rule('OWN-44', 'knows nobody again by the connection that a good token came on', async () => {
    const good = `Authorization: Bearer ${token}\r\n`
    const received = await exchange(
      get(good) +
        get('') +
        get('Authorization: Bearer a.b.c\r\n') +
        get(good) +
        get('Authorization: Basic dTpw\r\n', true),
    )
    expect(statusesIn(received)).toEqual([200, 401, 401, 200, 401])
    expect([received.match(/"subject":"alice"/g)?.length, api.handled()]).toEqual([2, 2])
  })

  rule('OWN-45', 'refuses who waits to be told to go on, and reads no content first', async () => {
    const post = (credentials: string) =>
      `POST /me HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n${credentials}\r\nabcd`
    expect(statusesIn(await exchange(post(''))).at(-1)).toBe(401)
    expect(api.handled()).toBe(0)
    expect(statusesIn(await exchange(post(`Authorization: Bearer ${token}\r\n`))).at(-1)).toBe(200)
  })

  rule('OWN-46', 'judges a request of HTTP/1.0, without a host, as any other', async () => {
    const old = (credentials: string) => `GET /me HTTP/1.0\r\n${credentials}\r\n`
    expect(statusesIn(await exchange(old('')))).toEqual([401])
    expect(statusesIn(await exchange(old('Authorization: Bearer a.b.c\r\n')))).toEqual([401])
    expect(api.handled()).toBe(0)
    expect(statusesIn(await exchange(old(`Authorization: Bearer ${token}\r\n`)))).toEqual([200])
  })

  rule(
    'OWN-47',
    'judges a request once more where requireToken stands twice, and runs the handler once',
    async () => {
      const { resourceServer } = servers()
      api = createApp((kit) => [
        kit.requireToken(resourceServer),
        kit.requireToken(resourceServer),
        kit.mountApp('/', kit.requireToken(resourceServer), kit.handler()),
      ])
      for (let time = 1; time <= 4; time += 1) {
        const response = await sendRaw(api.listener, { fields: [['Authorization', `Bearer ${token}`]] })
        expect([response.status, api.handled()]).toEqual([200, time])
      }
      const refused = await sendRaw(api.listener, { fields: [['Authorization', 'Bearer a.b.c']] })
      expect([refused.status, refused.fieldValues('www-authenticate').length, api.handled()]).toEqual([
        401, 1, 4,
      ])
    },
  )

  rule('OWN-48', 'asks who stands in front of a resource server, were it a proxy object', async () => {
    const { resourceServer } = servers()
    let asked = 0
    const proxy = new Proxy(resourceServer, {
      get: (target, name, receiver) =>
        name === 'authenticate'
          ? (...parameters: Parameters<typeof target.authenticate>) => {
              asked += 1
              return target.authenticate(...parameters)
            }
          : (Reflect.get(target, name, receiver) as unknown),
    })
    api = createApp((kit) => [kit.requireToken(proxy), kit.handler()])
    const fields = [['Authorization', `Bearer ${token}`]] as const
    for (let time = 1; time <= 5; time += 1) {
      expect([(await sendRaw(api.listener, { fields })).status, asked]).toEqual([200, time])
    }
    expect([(await sendRaw(api.listener)).status, asked]).toEqual([401, 6])
  })

  rule('OWN-49', 'lets no request see the auth of another one, were they a hundred at once', async () => {
    const subjects = Array.from({ length: 100 }, (_, index) => `user-${String(index)}`)
    const { mint } = servers().authorizationServer
    const requests = subjects.map(async (sub, index) => ({
      fields: [
        [
          'Authorization',
          `Bearer ${await mint({ sub }, { signature: index % 3 === 0 ? 'corrupt' : 'good' })}`,
        ],
      ] as const,
    }))
    const sent = await Promise.all(requests)
    await withServer(api.listener, async (port) => {
      for (let time = 0; time < 3; time += 1) {
        const responses = await Promise.all(sent.map((request) => sendRaw(port, request)))
        expect(responses.map(({ body }) => (JSON.parse(body) as { subject?: string }).subject)).toEqual(
          subjects.map((subject, index) => (index % 3 === 0 ? undefined : subject)),
        )
      }
    })
  })
})
