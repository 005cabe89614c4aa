import { describe, expect } from '@jest/globals'
import request from 'supertest'
import { ADAPTERS, type Api } from '../../support/apis.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()

async function get(api: Api, path: string, claims: Record<string, unknown> = {}): Promise<request.Response> {
  const token = await servers().authorizationServer.mint(claims)
  return request(api.listener).get(path).auth(token, { type: 'bearer' })
}

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  rule('9110-11.4-a', 'answers 401 where credentials are missing or no good', async () => {
    const api = createApi(servers().resourceServer)
    expect((await request(api.listener).get('/stats')).status).toBe(401)
    expect((await get(api, '/stats', { exp: 1 })).status).toBe(401)
    expect((await get(api, '/stats', { exp: 1, scope: 'other' })).status).toBe(401)
    expect(api.handled()).toBe(0)
    expect((await get(api, '/stats')).status).toBe(200)
  })

  rule('9110-11.4-a', 'answers 403 where credentials are good and not enough', async () => {
    const api = createApi(servers().resourceServer)
    expect((await get(api, '/stats', { scope: 'other' })).status).toBe(403)
    expect((await get(api, '/stats', { scope: undefined })).status).toBe(403)
    expect((await get(api, '/users')).status).toBe(403)
    expect(api.handled()).toBe(0)
    expect((await get(api, '/users', { sub: 'user' })).status).toBe(200)
  })

  ruleForEach(
    '9110-15.5.4-a',
    { 'the scope': '/stats', 'each of the scopes': '/any', 'what the claims must be': '/users' },
    'hides what exists from a token without %s, where it is told to',
    async (path) => {
      const api = createApi(servers().protect({ hideForbidden: true }))
      const response = await get(api, path, { scope: 'other' })
      expect(response.status).toBe(404)
      expect(response.headers).not.toHaveProperty('www-authenticate')
      expect(response.headers['cache-control']).toBe('no-store')
      expect(response.text).toBe('')
      expect(api.handled()).toBe(0)
      expect((await get(createApi(servers().resourceServer), path, { scope: 'other' })).status).toBe(403)
      expect((await get(api, path, { sub: 'user' })).status).toBe(200)
    },
  )

  rule('9110-15.5.4-a', 'hides from refusalBody what it hides from the client', async () => {
    const told: string[] = []
    const createTelling = (hideForbidden: boolean) =>
      createApi(
        servers().protect({
          hideForbidden,
          onRefusal: ({ code }) => void told.push(code),
          refusalBody: (refusal) => ({
            contentType: 'application/json',
            content: JSON.stringify(refusal, ['status', 'error', 'description', 'scope']),
          }),
        }),
      )
    const hidden = await get(createTelling(true), '/stats', { scope: 'other' })
    expect([hidden.status, hidden.body]).toEqual([404, { status: 404, description: 'Not found' }])
    const shown = await get(createTelling(false), '/stats', { scope: 'other' })
    expect(shown.status).toBe(403)
    expect(shown.body).toMatchObject({ status: 403, error: 'insufficient_scope', scope: 'stats:read' })
    expect(told).toEqual(['ERR_SCOPE_INSUFFICIENT', 'ERR_SCOPE_INSUFFICIENT'])
  })

  rule('9110-15.5.4-a', 'hides it in the message of the refusal, too', async () => {
    const createTelling = (hideForbidden: boolean) =>
      createApi(
        servers().protect({
          hideForbidden,
          refusalBody: ({ message }) => ({ contentType: 'text/plain', content: message }),
        }),
      )
    const shown = await get(createTelling(false), '/stats', { scope: 'other' })
    expect(shown.text).toBe('The access token does not carry a required scope')
    const hidden = await get(createTelling(true), '/stats', { scope: 'other' })
    expect([hidden.status, hidden.text]).toEqual([404, 'Not found'])
  })

  rule('9110-15.5.4-a', 'hides nothing from who has no good token', async () => {
    const api = createApi(servers().protect({ hideForbidden: true }))
    for (const response of [
      await request(api.listener).get('/stats'),
      await get(api, '/stats', { exp: 1 }),
    ]) {
      expect(response.status).toBe(401)
      expect(response.headers).toHaveProperty('www-authenticate')
    }
    expect(api.handled()).toBe(0)
  })
})
