import { beforeEach, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Kit } from '../support/kit.js'
import { sendRaw } from '../support/raw.js'
import { INSUFFICIENT_CLAIMS, insufficientScope, NO_CREDENTIALS, readRefusal } from '../support/refusal.js'
import { requestWith } from '../support/request.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()

/** The two ways to say that credentials are optional. */
const SPELLINGS: readonly (readonly [
  name: string,
  requireToken: (kit: Kit) => ReturnType<Kit['handler']>,
])[] = [
  ['a resource server', ({ requireToken }) => requireToken(servers().resourceServer, { optional: true })],
  [
    'options',
    ({ requireToken }) => {
      const { issuer } = servers().authorizationServer
      return requireToken({ issuer, audience: AUDIENCE, optional: true })
    },
  ],
]

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  describe.each(SPELLINGS)('with optional credentials, by %s', (_spelling, requireToken) => {
    let api: Api
    let token: string
    beforeEach(async () => {
      token = await servers().authorizationServer.mint({ scope: 'stats:read' })
      api = createApp((kit) => [
        requireToken(kit),
        kit.get('/stats', kit.requireScope('stats:read'), kit.handler()),
        kit.get('/admin', kit.requireAnyScope('stats:admin'), kit.handler()),
        kit.get(
          '/users',
          kit.requireClaims((claims) => claims.sub !== claims.client_id),
          kit.handler(),
        ),
        kit.get('/me', kit.handler()),
        kit.get(
          '/found',
          kit.handler((exchange) => {
            exchange.answer(200, { subject: exchange.findAuth()?.subject ?? null })
          }),
        ),
      ])
    })

    test('lets a request without credentials pass, with nobody as auth', async () => {
      const response = await request(api.listener).get('/me')
      expect([response.status, response.body]).toEqual([200, null])
      expect((await request(api.listener).get('/found')).body).toEqual({ subject: null })
      expect(response.headers).not.toHaveProperty('www-authenticate')
      expect(servers().authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    })

    test('takes credentials of another scheme for none', async () => {
      const response = await request(api.listener).get('/me').auth('user', 'password')
      expect([response.status, response.body]).toEqual([200, null])
    })

    test('takes an empty field for no credentials', async () => {
      const response = await sendRaw(api.listener, { fields: [['Authorization', '']] })
      expect([response.status, response.body]).toEqual([200, 'null'])
    })

    test('says who makes a request with a good token', async () => {
      const response = await request(api.listener).get('/me').auth(token, { type: 'bearer' })
      expect(response.body).toEqual({ subject: 'client', clientId: 'client', scopes: ['stats:read'] })
      const found = await request(api.listener).get('/found').auth(token, { type: 'bearer' })
      expect(found.body).toEqual({ subject: 'client' })
    })

    test('refuses bad credentials all the same', async () => {
      const expired = await servers().authorizationServer.mint({ exp: 1 })
      const statuses: number[] = []
      for (const credentials of ['Bearer', 'Bearer a b', 'Bearer,a', 'Bearer a.b.c', `Bearer ${expired}`]) {
        const response = await request(api.listener).get('/me').set('Authorization', credentials)
        statuses.push(response.status)
      }
      expect(statuses).toEqual([400, 400, 400, 401, 401])
      const fields = [`Bearer ${token}`, 'Basic dTpw'].map((value) => ['Authorization', value] as const)
      expect((await sendRaw(api.listener, { fields })).status).toBe(400)
      expect(api.handled()).toBe(0)
    })

    test('has guards refuse an anonymous request, with no error', async () => {
      for (const path of ['/stats', '/admin', '/users']) {
        expect(readRefusal(await request(api.listener).get(path))).toEqual(NO_CREDENTIALS)
      }
      expect(api.handled()).toBe(0)
    })

    test('has guards judge a good token as ever', async () => {
      const get = (path: string) => request(api.listener).get(path).auth(token, { type: 'bearer' })
      expect((await get('/stats')).status).toBe(200)
      expect(readRefusal(await get('/admin'))).toEqual(insufficientScope('stats:admin'))
      expect(readRefusal(await get('/users'))).toEqual(INSUFFICIENT_CLAIMS)
    })
  })

  test('requires credentials where optional is false or absent', async () => {
    const { resourceServer } = servers()
    const { issuer } = servers().authorizationServer
    for (const layers of [
      ({ requireToken }: Kit) => requireToken(resourceServer, { optional: false }),
      ({ requireToken }: Kit) => requireToken(resourceServer, {}),
      ({ requireToken }: Kit) => requireToken({ issuer, audience: AUDIENCE, optional: false }),
    ]) {
      const api = createApp((kit) => [layers(kit), kit.handler()])
      expect(readRefusal(await request(api.listener).get('/'))).toEqual(NO_CREDENTIALS)
      expect(api.handled()).toBe(0)
    }
  })
})

test('lets nobody pass for an optional that is anything but true', async () => {
  const { resourceServer } = servers()
  for (const optional of ['false', 'true', 1, {}, [], null, undefined, false]) {
    const options = { optional: optional as boolean }
    await expect(resourceServer.authenticate(requestWith(), options)).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS_MISSING',
    })
  }
  expect(await resourceServer.authenticate(requestWith(), { optional: true })).toBeUndefined()
})
