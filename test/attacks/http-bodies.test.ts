import { beforeEach, describe, expect } from '@jest/globals'
import type { CommonOptions } from '@bearward/core'
import request from 'supertest'
import { FRAMEWORKS } from '../support/frameworks.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

type RefusalBodyOption = NonNullable<CommonOptions['refusalBody']>

const servers = useServers()

/** What JavaScript may return as a body, and cannot be sent. */
const BODIES: Readonly<Record<string, unknown>> = {
  'no media type': { content: 'x' },
  'no content': { contentType: 'text/plain' },
  'an empty media type': { contentType: '', content: 'x' },
  'a media type in a list': { contentType: ['text/plain'], content: 'x' },
  'content that is an object': { contentType: 'application/json', content: { error: 'x' } },
  'content that is a buffer': { contentType: 'text/plain', content: Buffer.from('x') },
  'content that is null': { contentType: 'text/plain', content: null },
  'a text': 'x',
  'null in its place': null,
  'false in its place': false,
  'a promise in its place': Promise.resolve({ contentType: 'text/plain', content: 'x' }),
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let readable: string
  let admin: string
  beforeEach(async () => {
    readable = await servers().authorizationServer.mint({ scope: 'stats:read' })
    admin = await servers().authorizationServer.mint({ scope: 'stats:admin' })
  })

  const protect = (body: unknown) =>
    createApp(({ requireToken, requireScope, handler }) => [
      requireToken(servers().protect({ refusalBody: (() => body) as RefusalBodyOption })),
      requireScope('stats:admin'),
      handler(),
    ])

  ruleForEach(
    'ERR-07',
    BODIES,
    'makes one error of a refusalBody that has %s, and ends no process',
    async (body) => {
      const api = protect(body)
      const get = () => request(api.listener).get('/')
      for (const refused of [
        get(),
        get().auth('a.b.c', { type: 'bearer' }),
        get().auth(readable, { type: 'bearer' }),
      ]) {
        const response = await refused
        expect(response.status).toBe(500)
        expect(response.headers).not.toHaveProperty('www-authenticate')
      }
      await new Promise(setImmediate)
      expect([api.handled(), api.errors.length]).toEqual([0, 3])
      expect(api.errors).toEqual(api.errors.map(() => expect.any(TypeError)))
      expect((await get().auth(admin, { type: 'bearer' })).status).toBe(200)
    },
  )

  rule('ERR-07', 'sends a refusalBody that is one, or none', async () => {
    const { listener } = protect({ contentType: 'text/plain', content: 'x' })
    const response = await request(listener).get('/')
    expect([response.status, response.text]).toEqual([401, 'x'])
    const bare = await request(protect(undefined).listener).get('/')
    expect([bare.status, bare.text]).toEqual([401, ''])
  })
})
