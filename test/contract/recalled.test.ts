import { beforeEach, describe, expect, test } from '@jest/globals'
import { createResourceServer, recall, RefusedError, type ResourceServer } from '@bearward/core'
import { fakeAuth, fakeResourceServer } from '@bearward/testing'
import request from 'supertest'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Exchange } from '../support/kit.js'
import { sendRaw } from '../support/raw.js'
import { SURELY_KEPT } from '../support/recalled.js'
import { insufficientScope, MALFORMED, NO_CREDENTIALS, readRefusal, REPEATED } from '../support/refusal.js'
import { requestWith, requestWithToken, verdictOn } from '../support/request.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()

/** Has a resource server keep its verdict on a token. */
async function keep(resourceServer: ResourceServer, token: string): Promise<void> {
  for (let time = 0; time < SURELY_KEPT; time += 1) {
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  }
  expect(recall(resourceServer, requestWithToken(token))?.token).toBe(token)
}

describe.each(FRAMEWORKS)('%s, with a token whose verdict is kept', (_name, createApp) => {
  const failure = new Error('of the application')
  const seen: Exchange[] = []
  let api: Api
  let token: string
  const send = (path: string) => request(api.listener).get(path).auth(token, { type: 'bearer' })
  /** How often a resource server was asked for a verdict, and so had none of its own. */
  let judged = 0

  beforeEach(async () => {
    seen.length = 0
    judged = 0
    token = await servers().authorizationServer.mint({ sub: 'alice', client_id: 'app', scope: 'stats:read' })
    const { resourceServer, authorizationServer } = servers()
    await keep(resourceServer, token)
    const stranger = createResourceServer({
      issuer: authorizationServer.issuer,
      audience: 'https://other.example.com',
      realm: 'stranger',
    })
    const strict: ResourceServer = {
      ...resourceServer,
      authenticate() {
        judged += 1
        throw new RefusedError('ERR_TOKEN_INACTIVE')
      },
    }
    const fail = () => {
      throw failure
    }
    api = createApp(({ requireToken, requireScope, requireClaims, step, get, handler }) => [
      get('/strict', requireToken(strict), handler()),
      get('/fake', requireToken(fakeResourceServer(fakeAuth({ subject: 'fake' }))), handler()),
      get('/open', requireToken(resourceServer, { optional: true }), handler()),
      get(
        '/twice',
        requireToken(resourceServer),
        step((exchange) => void seen.push(exchange)),
        requireToken(stranger),
        handler(),
      ),
      requireToken(resourceServer),
      step((exchange) => void seen.push(exchange)),
      get('/me', handler()),
      get('/stats', requireScope('stats:read'), handler()),
      get('/admin', requireScope('stats:admin'), handler()),
      get('/throws', handler(fail)),
      get(
        '/rejects',
        handler(() => Promise.reject(failure)),
      ),
      get('/step', step(fail), handler()),
      get('/predicate', requireClaims(fail), handler()),
    ])
  })

  test('runs the handler, once, with the auth of this token', async () => {
    for (let time = 1; time <= 3; time += 1) {
      const response = await send('/me')
      expect([response.status, response.body]).toEqual([
        200,
        { subject: 'alice', clientId: 'app', scopes: ['stats:read'] },
      ])
      expect(api.handled()).toBe(time)
    }
    expect(seen.map((exchange) => exchange.findAuth()?.token)).toEqual([token, token, token])
    expect(seen.map(({ auth }) => auth?.subject)).toEqual(['alice', 'alice', 'alice'])
  })

  test('asks for the scopes of each route', async () => {
    expect((await send('/stats')).status).toBe(200)
    expect(readRefusal(await send('/admin'))).toEqual(insufficientScope('stats:admin'))
    expect(api.handled()).toBe(1)
  })

  test('judges anew where a second requireToken stands, and forgets the first auth', async () => {
    const refused = await send('/twice')
    expect(readRefusal(refused)).toMatchObject({ status: 401, challenges: [{ realm: 'stranger' }] })
    expect(seen.map((exchange) => [exchange.auth, exchange.findAuth()])).toEqual([[undefined, undefined]])
    expect([api.handled(), (await send('/me')).status]).toEqual([0, 200])
  })

  test('asks a wrapper around the resource server each time', async () => {
    for (let time = 1; time <= 3; time += 1) {
      expect([(await send('/strict')).status, judged, api.handled()]).toEqual([401, time, 0])
    }
    expect((await send('/fake')).body).toMatchObject({ subject: 'fake' })
  })

  test('lets `optional` change nothing', async () => {
    expect((await send('/open')).body).toMatchObject({ subject: 'alice' })
    expect((await request(api.listener).get('/open')).body).toBeNull()
    expect(readRefusal(await request(api.listener).get('/me'))).toEqual(NO_CREDENTIALS)
    expect((await request(api.listener).get('/open').auth(`${token}x`, { type: 'bearer' })).status).toBe(401)
  })

  test.each(['/throws', '/rejects', '/step', '/predicate'])(
    'leaves what the application throws at %s to its error path',
    async (path) => {
      const response = await send(path)
      expect([response.status, response.headers['www-authenticate'], api.errors]).toEqual([
        500,
        undefined,
        [failure],
      ])
      expect((await send('/me')).status).toBe(200)
    },
  )

  test('refuses it where it comes twice, or with something else', async () => {
    const sendFields = async (...values: readonly string[]) =>
      readRefusal(
        await sendRaw(api.listener, {
          target: '/me',
          fields: values.map((value) => ['Authorization', value]),
        }),
      )
    expect(await sendFields(`Bearer ${token}`, `Bearer ${token}`)).toEqual(REPEATED)
    expect(await sendFields(`Bearer ${token}`, 'Basic eDp5')).toEqual(REPEATED)
    expect(await sendFields(`Bearer ${token}, Bearer ${token}`)).toEqual(MALFORMED)
    expect([api.handled(), (await send('/me')).status]).toEqual([0, 200])
  })

  test('lets one request do nothing to the auth that the next one sees', async () => {
    await send('/me')
    const [first] = seen
    expect(() => Object.assign(first?.auth ?? {}, { subject: 'admin' })).toThrow(TypeError)
    if (first !== undefined) first.auth = undefined
    expect((await send('/me')).body).toMatchObject({ subject: 'alice' })
    expect(seen[1]?.findAuth()?.subject).toBe('alice')
  })
})

describe('recall', () => {
  test('knows nothing for a resource server that it did not make, whatever that has', async () => {
    const { resourceServer, authorizationServer } = servers()
    const token = await authorizationServer.mint()
    await keep(resourceServer, token)
    const { authenticate } = resourceServer
    const wrapper = { ...resourceServer, authenticate: authenticate.bind<typeof authenticate>(undefined) }
    expect(recall(wrapper, requestWithToken(token))).toBeUndefined()
    expect(recall({ ...resourceServer }, requestWithToken(token))?.token).toBe(token)
    const { issuer } = authorizationServer
    const off = createResourceServer({ issuer, audience: AUDIENCE, verdictCache: false })
    for (let time = 0; time < SURELY_KEPT; time += 1) expect(await verdictOn(off, token)).toBe('accepted')
    expect(recall(off, requestWithToken(token))).toBeUndefined()
    off.close()
  })

  test('is of no use to tokens that are elsewhere; their verdicts are used again all the same', async () => {
    const { authorizationServer, protect } = servers()
    const token = await authorizationServer.mint()
    const resourceServer = protect({ readAccessToken: () => token })
    for (let time = 0; time < SURELY_KEPT; time += 1) await resourceServer.authenticate(requestWith())
    const known = await resourceServer.authenticate(requestWith())
    expect(await resourceServer.authenticate(requestWith())).toBe(known)
    expect(recall(resourceServer, requestWith())).toBeUndefined()
    const off = protect({ readAccessToken: () => token, verdictCache: false })
    expect(await off.authenticate(requestWith())).not.toBe(await off.authenticate(requestWith()))
  })
})
