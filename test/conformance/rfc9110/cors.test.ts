import { beforeEach, describe, expect } from '@jest/globals'
import request from 'supertest'
import type { Api } from '../../support/apis.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import { NO_CREDENTIALS, readRefusal } from '../../support/refusal.js'
import { rule } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const ORIGIN = 'https://app.example.com'
const servers = useServers()

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let api: Api
  beforeEach(() => {
    api = createApp(({ cors, requireToken, requireScope, handler }) => [
      cors(),
      requireToken(servers().resourceServer),
      requireScope('stats:read'),
      handler(),
    ])
  })

  const preflight = ({ listener }: Api) =>
    request(listener)
      .options('/stats')
      .set('Origin', ORIGIN)
      .set('Access-Control-Request-Method', 'GET')
      .set('Access-Control-Request-Headers', 'authorization')

  rule('cors-a', 'leaves a preflight to a CORS layer that stands before', async () => {
    const response = await preflight(api)
    expect(response.status).toBe(204)
    expect(response.headers['access-control-allow-headers']).toBe('authorization')
    expect(response.headers).not.toHaveProperty('www-authenticate')
    expect(api.handled()).toBe(0)
  })

  rule('cors-a', 'judges the request that follows the preflight', async () => {
    const token = await servers().authorizationServer.mint()
    const get = () => request(api.listener).get('/stats').set('Origin', ORIGIN)
    expect(readRefusal(await get())).toEqual(NO_CREDENTIALS)
    expect(api.handled()).toBe(0)
    expect((await get().auth(token, { type: 'bearer' })).status).toBe(200)
  })

  rule('cors-a', 'refuses a preflight where no CORS layer stands before', async () => {
    api = createApp(({ requireToken, cors, handler }) => [
      requireToken(servers().resourceServer),
      cors(),
      handler(),
    ])
    expect(readRefusal(await preflight(api))).toEqual(NO_CREDENTIALS)
    expect(api.handled()).toBe(0)
  })

  rule('cors-b', 'lets a browser read the challenge that the CORS layer exposes', async () => {
    for (const [credentials, status] of [
      ['', 401],
      ['Bearer', 400],
      ['Bearer a.b.c', 401],
      [`Bearer ${await servers().authorizationServer.mint({ scope: 'other' })}`, 403],
    ] as const) {
      const response = await request(api.listener)
        .get('/stats')
        .set('Origin', ORIGIN)
        .set('Authorization', credentials)
      expect(response.status).toBe(status)
      expect(response.headers).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'WWW-Authenticate',
        'www-authenticate': expect.stringMatching(/^Bearer /),
      })
    }
  })
})
