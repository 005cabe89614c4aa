import { describe, expect, test } from '@jest/globals'
import { fakeAuth, fakeResourceServer } from '@bearward/testing'
import request from 'supertest'
import { FRAMEWORKS } from '../support/frameworks.js'
import { useServers } from '../support/servers.js'

const servers = useServers()
const PATH = '/.well-known/oauth-protected-resource'
const METADATA = { resourceMetadata: { resource: 'https://api.example.com' } }

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  test('sends no field of what an earlier layer meant to send, and keeps the others', async () => {
    const resourceServer = servers().protect(METADATA)
    const api = createApp(({ step, cors, protectedResourceMetadata, handler }) => [
      step(({ message, response }) => {
        if (message.url !== PATH) return
        response.setHeader('Content-Type', 'text/html')
        response.setHeader('Content-Encoding', 'gzip')
        response.setHeader('Access-Control-Allow-Origin', 'https://app.example.com')
        response.setHeader('X-Request-Id', '42')
      }),
      protectedResourceMetadata(resourceServer),
      cors(),
      handler(),
    ])
    const { headers, body } = await request(api.listener).get(PATH)
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
      'x-request-id': '42',
    })
    expect(headers).not.toHaveProperty('content-encoding')
    expect(body).toMatchObject({ resource: 'https://api.example.com' })
    expect((await request(api.listener).get('/')).body).toBeNull()
  })

  test('serves nothing, and does not end, where the response is sent already', async () => {
    const resourceServer = servers().protect(METADATA)
    const api = createApp(({ step, protectedResourceMetadata, handler }) => [
      step(({ response, message }) => {
        if (message.url === PATH) response.writeHead(503).end('late')
      }),
      protectedResourceMetadata(resourceServer),
      handler(),
    ])
    const { status, text } = await request(api.listener).get(PATH)
    expect([status, text, api.handled(), api.errors]).toEqual([503, 'late', 0, []])
  })

  test('is served with a fake resource server too', async () => {
    const resourceServer = fakeResourceServer(fakeAuth({ scopes: ['stats:read'] }))
    const api = createApp(({ protectedResourceMetadata, requireToken, handler }) => [
      protectedResourceMetadata(resourceServer),
      requireToken(resourceServer),
      handler(),
    ])
    expect((await request(api.listener).get(PATH)).body).toMatchObject({
      resource: 'https://api.example.com',
    })
    expect((await request(api.listener).get('/')).status).toBe(401)
    expect((await request(api.listener).get('/').auth('any', { type: 'bearer' })).status).toBe(200)
  })
})
