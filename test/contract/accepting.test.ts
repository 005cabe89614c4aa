import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ConfigurationError, type ResourceServer } from '@bearward/core'
import request from 'supertest'
import { ADAPTERS, type Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import { withServer } from '../support/raw.js'
import { insufficientScope, NO_CREDENTIALS, readRefusal } from '../support/refusal.js'
import { rule } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  let api: Api
  beforeEach(() => {
    api = createApi({ issuer: servers().authorizationServer.issuer, audience: AUDIENCE })
  })

  rule('6750-2.1-a', 'accepts an access token in the Authorization header', async () => {
    const token = await servers().authorizationServer.mint({ scope: 'stats:read' })
    const response = await request(api.listener).get('/stats').auth(token, { type: 'bearer' })
    expect(response.status).toBe(200)
    expect(response.body).toEqual({ subject: 'client', clientId: 'client', scopes: ['stats:read'] })
    expect(api.handled()).toBe(1)
  })

  rule('6750-3.1-c', 'refuses a token without the scopes, naming all of them', async () => {
    const token = await servers().authorizationServer.mint({ scope: 'stats:read' })
    const response = await request(api.listener).post('/stats').auth(token, { type: 'bearer' })
    expect(readRefusal(response)).toEqual(insufficientScope('stats:read stats:write'))
    expect(response.headers['content-type']).toBe('application/json')
    expect(api.handled()).toBe(0)
  })

  rule('6750-3.1-d', 'challenges a request without credentials, with no error', async () => {
    const response = await request(api.listener).get('/stats')
    expect(readRefusal(response)).toEqual(NO_CREDENTIALS)
    expect(response.headers).not.toHaveProperty('content-type')
    expect(api.handled()).toBe(0)
  })

  test('judges each request on its own, on one connection and among many at once', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        servers().authorizationServer.mint({ sub: `user-${index}`, ...(index % 3 === 0 && { exp: 1 }) }),
      ),
    )
    const good = await servers().authorizationServer.mint({ sub: 'user' })
    await withServer(api.listener, async (port) => {
      const get = async (token: string) => {
        const headers = token === '' ? {} : { Authorization: `Bearer ${token}` }
        const response = await fetch(`http://127.0.0.1:${port}/me`, { headers })
        const content = await response.text()
        return response.ok ? (JSON.parse(content) as { subject: string }).subject : response.status
      }
      const oneByOne = [await get(good), await get(''), await get('a.b.c'), await get(good)]
      expect(oneByOne).toEqual(['user', 401, 401, 'user'])
      expect(await Promise.all(tokens.map(get))).toEqual(
        tokens.map((_, index) => (index % 3 === 0 ? 401 : `user-${index}`)),
      )
    })
  })
})

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  const ENVIRONMENT = ['BEARWARD_ISSUER', 'BEARWARD_AUDIENCE'] as const
  const before = ENVIRONMENT.map((name) => process.env[name])
  afterEach(() => {
    for (const [index, name] of ENVIRONMENT.entries()) {
      const value = before[index]
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
    }
  })

  test('reads the environment where it has no options', async () => {
    const create = () => createApp(({ requireToken, handler }) => [requireToken(), handler()])
    for (const name of ENVIRONMENT) Reflect.deleteProperty(process.env, name)
    expect(create).toThrow(ConfigurationError)
    process.env['BEARWARD_ISSUER'] = servers().authorizationServer.issuer
    process.env['BEARWARD_AUDIENCE'] = AUDIENCE
    const token = await servers().authorizationServer.mint()
    expect((await request(create().listener).get('/').auth(token, { type: 'bearer' })).status).toBe(200)
    expect(readRefusal(await request(create().listener).get('/'))).toEqual(NO_CREDENTIALS)
  })

  test('does not start with what is neither options nor a resource server', () => {
    for (const source of [null, 'https://as.example.com', 5, true, [], {}, () => undefined]) {
      expect(() =>
        createApp(({ requireToken }) => [requireToken(source as unknown as ResourceServer)]),
      ).toThrow(ConfigurationError)
    }
  })

  test('does not start with an optional that is not a boolean, or is misspelt', () => {
    const { issuer } = servers().authorizationServer
    const create = (...parameters: readonly unknown[]) =>
      createApp(({ requireToken }) => [requireToken(...(parameters as Parameters<typeof requireToken>))])
    for (const optional of ['false', 'true', 0, 1, null]) {
      expect(() => create({ issuer, audience: AUDIENCE, optional })).toThrow(ConfigurationError)
      expect(() => create(servers().resourceServer, { optional })).toThrow(ConfigurationError)
    }
    expect(() => create(servers().resourceServer, { optinal: true })).toThrow(ConfigurationError)
    expect(() => create({ issuer, audience: AUDIENCE, optinal: true })).toThrow(ConfigurationError)
    expect(create(servers().resourceServer, { optional: true }).errors).toEqual([])
  })

  test('shares the keys of one resource server among several apps', async () => {
    const create = () =>
      createApp(({ requireToken, handler }) => [requireToken(servers().resourceServer), handler()])
    const token = await servers().authorizationServer.mint()
    for (const { listener } of [create(), create()]) {
      expect((await request(listener).get('/').auth(token, { type: 'bearer' })).status).toBe(200)
    }
    expect(servers().authorizationServer.requests).toMatchObject({ metadata: 1, jwks: 1 })
  })
})
