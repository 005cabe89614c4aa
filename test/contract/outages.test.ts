import { beforeEach, describe, expect, test } from '@jest/globals'
import type { Interceptor } from '@bearward/testing'
import request from 'supertest'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import { createManualClock, type ManualClock } from '../support/manual-clock.js'
import { sendRaw } from '../support/raw.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

const FAULTS: readonly (readonly [name: string, fault: Interceptor])[] = [
  ['answers 500', () => ({ status: 500 })],
  ['cuts the connection', () => 'disconnect'],
  ['answers with a page', () => ({ headers: { 'Content-Type': 'text/html' }, body: '<html>' })],
  ['has no keys', ({ endpoint }) => (endpoint === 'jwks' ? { body: '{"keys":[]}' } : undefined)],
]

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  describe.each(FAULTS)('where the authorization server %s', (_fault, fault) => {
    let clock: ManualClock
    let token: string
    let api: Api
    beforeEach(async () => {
      clock = createManualClock()
      token = await servers().authorizationServer.mint()
      api = protect(false)
      servers().authorizationServer.intercept(fault)
    })

    function protect(optional: boolean): Api {
      return createApp(({ requireToken, requireScope, handler }) => [
        requireToken(servers().protect({ clock }), { optional }),
        requireScope('stats:read'),
        handler(),
      ])
    }

    test('answers 503 with Retry-After, and with neither a challenge nor a body', async () => {
      const response = await sendRaw(api.listener, { fields: [['Authorization', `Bearer ${token}`]] })
      expect(response.status).toBe(503)
      expect(response.fieldValues('retry-after').join()).toMatch(/^[1-9]\d*$/)
      expect(response.fieldValues('cache-control')).toEqual(['no-store'])
      expect(response.fieldValues('www-authenticate')).toEqual([])
      expect(response.body).toBe('')
      expect(response.text).not.toContain(servers().authorizationServer.issuer)
      expect(api.handled()).toBe(0)
      expect(api.errors).toEqual([])
    })

    test('answers a bad token and no token as ever', async () => {
      expect((await request(api.listener).get('/')).status).toBe(401)
      expect((await request(api.listener).get('/').auth('a.b.c', { type: 'bearer' })).status).toBe(401)
      expect(servers().authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    })

    test('lets nobody pass as anonymous with a token that it cannot judge', async () => {
      api = protect(true)
      expect((await request(api.listener).get('/').auth(token, { type: 'bearer' })).status).toBe(503)
      expect(api.handled()).toBe(0)
    })

    test('accepts the token once the outage is over', async () => {
      const get = () => request(api.listener).get('/').auth(token, { type: 'bearer' })
      const { status, headers } = await get()
      expect(status).toBe(503)
      servers().authorizationServer.intercept(undefined)
      clock.advance(Number(headers['retry-after']))
      expect((await get()).status).toBe(200)
      expect(api.handled()).toBe(1)
    })
  })

  test.each([
    ['metadata', '120', '120'],
    ['jwks', '120', '120'],
    ['jwks', '299', '299'],
    ['jwks', '86400', '300'],
    ['jwks', '1', '5'],
    ['jwks', 'soon', '5'],
  ] as const)(
    'hands on what the authorization server asks for: %s, Retry-After %s',
    async (where, asked, handedOn) => {
      const { authorizationServer, protect } = servers()
      for (const status of [429, 503]) {
        authorizationServer.intercept(({ endpoint }) =>
          endpoint === where ? { status, headers: { 'Retry-After': asked } } : undefined,
        )
        const resourceServer = protect({ clock: createManualClock() })
        const { listener } = createApp(({ requireToken, handler }) => [
          requireToken(resourceServer),
          handler(),
        ])
        const token = await authorizationServer.mint()
        const response = await sendRaw(listener, { fields: [['Authorization', `Bearer ${token}`]] })
        expect(response.status).toBe(503)
        expect(response.fieldValues('retry-after')).toEqual([handedOn])
        expect(response.fieldValues('www-authenticate')).toEqual([])
        expect(response.fieldValues('cache-control')).toEqual(['no-store'])
      }
    },
  )
})
