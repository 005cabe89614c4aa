import { once } from 'node:events'
import { createServer, METHODS } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect } from '@jest/globals'
import { fromNodeRequest } from '@bearward/core'
import { fakeAuth } from '@bearward/testing'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Exchange } from '../support/kit.js'
import { openRequest, sendRaw, type RawRequest } from '../support/raw.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
const servers = useServers()

const withToken = (token: string, more: RawRequest['fields'] = []): RawRequest => ({
  fields: [['Authorization', `Bearer ${token}`], ...more],
})

ruleForEach(
  'HTTP-09',
  {
    'letters of Latin-1': ['Bearer \u00e9\u00ff', {}],
    'a NUL': ['Bearer a\0b', { byNode: 400 }],
    'a control character': ['Bearer a\u0001b', { byNode: 400 }],
    'a line break': ['Bearer a\nb', { byNode: 400 }],
    'a DEL': ['Bearer a\u007fb', { byNode: 400 }],
    'a tab': ['Bearer a\tb', {}],
    '200,000 spaces': [`Bearer ${' '.repeat(200_000)}a b`, {}],
  } as const,
  'refuses everywhere a field with %s, and does not fall over',
  async ([value, more]) => {
    const attack = { fields: [['Authorization', value]] } as const
    await everywhere().refuses({ attack, code: 'ERR_CREDENTIALS_MALFORMED', ...more })
  },
)

rule('HTTP-10', 'reads everywhere no field by the name of what every object has', async () => {
  const { authorizationServer, refuses, accepts } = everywhere()
  const token = await authorizationServer.mint()
  for (const name of ['__proto__', 'constructor', 'hasOwnProperty', 'toString']) {
    const attack = { fields: [[name, `Bearer ${token}`]] } as const
    const twin = withToken(token, [[name, 'x']])
    await refuses({ attack, twin, code: 'ERR_CREDENTIALS_MISSING' })
    await accepts(twin)
  }
})

rule(
  'ROUTE-08',
  'refuses everywhere a request of an unusual method, and one that a field names',
  async () => {
    const { authorizationServer, refuses } = everywhere()
    const token = await authorizationServer.mint()
    const unusual = ['OPTIONS', 'TRACE', 'QUERY', 'PROPFIND', 'SEARCH', 'M-SEARCH', 'PURGE', 'UNLINK']
    for (const method of unusual.filter((name) => METHODS.includes(name))) {
      const twin = { ...withToken(token), method }
      await refuses({ attack: { method }, twin, code: 'ERR_CREDENTIALS_MISSING' })
    }
    for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
      const field = [name, 'OPTIONS'] as const
      const attack = { method: 'POST', fields: [field] }
      await refuses({ attack, twin: withToken(token, [field]), code: 'ERR_CREDENTIALS_MISSING' })
    }
  },
)

/** Requests of which two readers could see different ones; `TOKEN` stands for a good token. */
const AMBIGUOUS: Readonly<Record<string, RawRequest['fields']>> = {
  'a length and chunks': [['Transfer-Encoding', 'chunked']],
  'two lengths': [['Content-Length', '5']],
  'a field that goes on in the next line': [['Authorization', 'Bearer\r\n TOKEN']],
  'a field behind a bare line feed': [['X-Before', 'x\nAuthorization: Bearer TOKEN']],
  'a field behind a bare carriage return': [['X-Before', 'x\rAuthorization: Bearer TOKEN']],
  'a space before the colon': [['Authorization ', 'Bearer TOKEN']],
  'no name': [['', 'Bearer TOKEN']],
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
  })

  ruleForEach('HTTP-11', AMBIGUOUS, 'is never handed a request with %s', async (given = []) => {
    const api = createApp((kit) => [kit.requireToken(servers().resourceServer), kit.handler()])
    const fields = given.map(([name, value]) => [name, value.replace('TOKEN', token)] as const)
    const smuggled = `0\r\n\r\nGET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`
    const response = await sendRaw(api.listener, { method: 'POST', fields, body: smuggled })
    expect([response.status, api.handled()]).toEqual([400, 0])
    expect(response.text.match(/^HTTP\/1\.1 /gm)).toHaveLength(1)
    expect((await sendRaw(api.listener, { method: 'POST', ...withToken(token), body: 'x' })).status).toBe(200)
  })

  rule('HTTP-09', 'is never handed a field that is larger than Node.js accepts', async () => {
    const api = createApp((kit) => [kit.requireToken(servers().resourceServer), kit.handler()])
    expect((await sendRaw(api.listener, withToken('a'.repeat(17_000)))).status).toBe(431)
    expect(api.handled()).toBe(0)
    expect((await sendRaw(api.listener, withToken(token))).status).toBe(200)
  })

  rule('HTTP-13', 'believes no auth that was there before, whatever becomes of the request', async () => {
    const seen: Exchange[] = []
    const api = createApp((kit) => [
      kit.step((exchange) => {
        exchange.auth = fakeAuth({ subject: 'admin', scopes: ['stats:admin'] })
        seen.push(exchange)
      }),
      kit.requireToken(servers().resourceServer, { optional: true }),
      kit.handler(),
    ])
    expect((await sendRaw(api.listener)).body).toBe('null')
    expect((await sendRaw(api.listener, withToken(token))).body).toContain('"subject":"client"')
    expect((await sendRaw(api.listener, withToken('a.b.c'))).status).toBe(401)
    expect(seen.map(({ auth }) => auth?.subject).sort()).toEqual(['client', undefined, undefined])
  })

  rule('HTTP-15', 'is handed a protocol upgrade where nobody else takes it, and then judges it', async () => {
    const api = createApp((kit) => [kit.requireToken(servers().resourceServer), kit.handler()])
    const upgrade = [['Upgrade', 'websocket']] as const
    expect((await sendRaw(api.listener, { fields: upgrade })).status).toBe(401)
    expect(api.handled()).toBe(0)
    expect((await sendRaw(api.listener, withToken(token, upgrade))).status).toBe(200)
  })
})

rule('HTTP-15', 'has what it takes to judge an upgrade that passes by the framework', async () => {
  const { authorizationServer, resourceServer } = servers()
  const server = createServer().listen(0, '127.0.0.1')
  server.on('upgrade', (message, socket) => {
    resourceServer.authenticate(fromNodeRequest(message)).then(
      ({ subject }) => socket.end(`HTTP/1.1 101 Switching Protocols\r\nX-Subject: ${subject ?? ''}\r\n\r\n`),
      (error: unknown) =>
        socket.end(`HTTP/1.1 ${String(resourceServer.answer(error)?.status ?? 500)} Refused\r\n\r\n`),
    )
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const upgrade = async (fields: RawRequest['fields'] = []) => {
    const value = ['Upgrade', 'websocket\r\nConnection: Upgrade'] as const
    return text(openRequest(port, { fields: [value, ...fields] }).setEncoding('latin1'))
  }
  const good = await authorizationServer.mint({ sub: 'alice' })
  const twice = [...(withToken(good).fields ?? []), ...(withToken(good).fields ?? [])]
  const answers = [
    await upgrade(),
    await upgrade(withToken('a.b.c').fields),
    await upgrade(twice),
    await upgrade(withToken(good).fields),
  ]
  server.closeAllConnections()
  server.close()
  expect(answers.map((answer) => answer.split(' ')[1])).toEqual(['401', '401', '400', '101'])
  expect(answers.at(-1)).toContain('X-Subject: alice')
})
