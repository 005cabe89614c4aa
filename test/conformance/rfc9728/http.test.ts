import { beforeEach, describe, expect } from '@jest/globals'
import type { ResourceServer } from '@bearward/core'
import request from 'supertest'
import type { Api } from '../../support/apis.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import { sendRaw } from '../../support/raw.js'
import { rule } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()
const RESOURCE = 'https://api.example.com/mcp'
const PATH = '/.well-known/oauth-protected-resource/mcp'

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let api: Api
  let resourceServer: ResourceServer
  beforeEach(() => {
    resourceServer = servers().protect({ resourceMetadata: { resource: RESOURCE } })
    api = createApp(({ protectedResourceMetadata, requireToken, handler }) => [
      protectedResourceMetadata(resourceServer),
      requireToken(resourceServer),
      handler(),
    ])
  })

  rule('9728-3.1-c', 'serves it without a token, and with a bad one', async () => {
    for (const credentials of ['', 'Bearer a.b.c']) {
      const response = await request(api.listener).get(PATH).set('Authorization', credentials)
      expect([response.status, response.body]).toEqual([
        200,
        {
          resource: RESOURCE,
          authorization_servers: [servers().authorizationServer.issuer],
          bearer_methods_supported: ['header'],
        },
      ])
      expect(response.headers['content-type']).toBe('application/json')
      expect(response.headers).not.toHaveProperty('www-authenticate')
    }
    expect([api.handled(), servers().authorizationServer.requests.jwks]).toEqual([0, 0])
  })

  rule('9728-3.1-c', 'answers HEAD as GET, without the document', async () => {
    const [head, get] = [
      await sendRaw(api.listener, { method: 'HEAD', target: PATH }),
      await sendRaw(api.listener, { target: PATH }),
    ]
    expect([head.status, head.body]).toEqual([200, ''])
    for (const name of [
      'content-type',
      'content-length',
      'etag',
      'cache-control',
      'access-control-allow-origin',
    ])
      expect(head.fieldValues(name)).toEqual(get.fieldValues(name))
    expect(get.fieldValues('content-length')).toEqual([String(get.body.length)])
  })

  rule('9728-3.1-c', 'answers 405 to every other method, and names those that it knows', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND']) {
      const response = await sendRaw(api.listener, { method, target: PATH })
      expect([response.status, response.fieldValues('allow')]).toEqual([405, ['GET, HEAD, OPTIONS']])
    }
  })

  rule('9728-3.1-c', 'lets all other requests pass to what comes after it', async () => {
    const token = await servers().authorizationServer.mint()
    for (const path of ['/mcp', `${PATH}/x`, `/mcp${PATH}`]) {
      expect((await request(api.listener).get(path)).status).toBe(401)
      expect((await request(api.listener).get(path).auth(token, { type: 'bearer' })).status).toBe(200)
    }
  })

  rule('9728-3-a', 'serves it at the root of the origin, wherever it is mounted', async () => {
    api = createApp(({ protectedResourceMetadata, mountApp, handler }) => [
      mountApp('/.well-known', protectedResourceMetadata(resourceServer)),
      handler(),
    ])
    expect((await request(api.listener).get(PATH)).body).toMatchObject({ resource: RESOURCE })
    expect((await request(api.listener).get('/other')).body).toBeNull()
  })

  rule('9728-7.10-a', 'lets caches keep it for an hour, and asks whether it has changed', async () => {
    const first = await request(api.listener).get(PATH)
    expect(first.headers['cache-control']).toBe('public, max-age=3600')
    const etag = String(first.headers['etag'])
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await sendRaw(api.listener, { target: PATH, fields: [['If-None-Match', tags]] })
      expect([again.status, again.body, again.fieldValues('etag')]).toEqual([304, '', [etag]])
      expect([again.fieldValues('content-length'), again.fieldValues('content-type')]).toEqual([[], []])
    }
    expect((await request(api.listener).get(PATH).set('If-None-Match', '"other"')).status).toBe(200)
  })

  rule(
    ['9728-3.1-c', 'mcp-prm-c'],
    'lets pages of every origin read it, with the header of MCP',
    async () => {
      const origin = 'https://inspector.example.com'
      const preflight = await request(api.listener)
        .options(PATH)
        .set('Origin', origin)
        .set('Access-Control-Request-Method', 'GET')
        .set('Access-Control-Request-Headers', 'mcp-protocol-version')
      expect(preflight.status).toBe(200)
      expect(preflight.headers).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, HEAD, OPTIONS',
        'access-control-allow-headers': '*',
      })
      const response = await request(api.listener).get(PATH).set('Origin', origin)
      expect(response.headers['access-control-allow-origin']).toBe('*')
    },
  )

  rule('9728-5.1-b', 'is built from the configuration, whatever the host that a request names', async () => {
    const fields = [
      ['Host', 'evil.example.com'],
      ['X-Forwarded-Host', 'evil.example.com'],
      ['X-Forwarded-Proto', 'http'],
    ] as const
    const spoofed = await sendRaw(api.listener, { target: PATH, fields: fields.slice(1) })
    expect(JSON.parse(spoofed.body)).toMatchObject({ resource: RESOURCE })
    const refused = await request(api.listener).get('/mcp').set(Object.fromEntries(fields))
    expect(refused.headers['www-authenticate']).toContain(
      'resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/mcp"',
    )
    expect(refused.headers['www-authenticate']).not.toContain('evil')
  })
})
