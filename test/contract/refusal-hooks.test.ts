import { beforeEach, describe, expect, test } from '@jest/globals'
import type { CommonOptions, RefusedError, ResourceServer, UnavailableError } from '@bearward/core'
import request from 'supertest'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import { createManualClock } from '../support/manual-clock.js'
import { useServers } from '../support/servers.js'

type Refusal = RefusedError | UnavailableError

const servers = useServers()

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint({ scope: 'stats:read' })
  })

  function protect(source: CommonOptions | ResourceServer): Api {
    return createApp(({ requireToken, requireScope, get, handler }) => [
      requireToken('authenticate' in source ? source : servers().protect(source), { optional: true }),
      get('/stats', requireScope('stats:read'), handler()),
      get('/admin', requireScope('stats:admin'), handler()),
      handler(),
    ])
  }

  /** One request after another, each refused for another reason. */
  async function sendRefused({ listener }: Api): Promise<request.Response[]> {
    const bearer = { type: 'bearer' } as const
    const responses = [
      await request(listener).get('/stats'),
      await request(listener).get('/stats').set('Authorization', 'Bearer a b'),
      await request(listener).get('/stats').auth('a.b.c', bearer),
      await request(listener).get('/admin').auth(token, bearer),
    ]
    const other = await servers().authorizationServer.mint({ iss: 'https://other.example.com' })
    return [...responses, await request(listener).get('/stats').auth(other, bearer)]
  }

  test('sends the body that refusalBody makes, with its media type', async () => {
    const api = protect({
      refusalBody: ({ code, status }) => ({
        contentType: 'application/problem+json; charset=utf-8',
        content: JSON.stringify({ type: 'about:blank', status, code, title: 'Näh' }),
      }),
    })
    for (const response of await sendRefused(api)) {
      expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8')
      expect(Number(response.headers['content-length'])).toBe(Buffer.byteLength(response.text))
      expect(JSON.parse(response.text)).toMatchObject({ status: response.status, title: 'Näh' })
      expect(response.headers['cache-control']).toBe('no-store')
      expect(response.headers['www-authenticate']).toMatch(/^Bearer realm=/)
    }
    expect(api.handled()).toBe(0)
  })

  test('sends no body where refusalBody makes none', async () => {
    const api = protect({ refusalBody: () => undefined })
    const responses = await sendRefused(api)
    expect(responses.map(({ status }) => status)).toEqual([401, 400, 401, 403, 401])
    for (const response of responses) {
      expect(response.text).toBe('')
      expect(response.headers).not.toHaveProperty('content-type')
      expect(response.headers['www-authenticate']).toMatch(/^Bearer realm=/)
    }
    expect(api.handled()).toBe(0)
  })

  test('sends an empty body with a media type where refusalBody says so', async () => {
    const api = protect({ refusalBody: () => ({ contentType: 'text/plain', content: '' }) })
    const response = await request(api.listener).get('/stats')
    expect([response.status, response.text]).toEqual([401, ''])
  })

  test('makes a body of an outage, too', async () => {
    const api = protect({
      refusalBody: ({ code }) => ({ contentType: 'text/plain', content: code }),
    })
    servers().authorizationServer.intercept(() => ({ status: 500 }))
    const response = await request(api.listener).get('/stats').auth(token, { type: 'bearer' })
    expect([response.status, response.text]).toEqual([503, 'ERR_AUTHORIZATION_SERVER_RESPONSE'])
    expect(response.headers['content-type']).toBe('text/plain')
  })

  test('calls refusalBody once for each refusal, and never otherwise', async () => {
    const codes: string[] = []
    const api = protect({
      refusalBody({ code }) {
        codes.push(code)
        return undefined
      },
    })
    await sendRefused(api)
    expect(codes).toEqual([
      'ERR_CREDENTIALS_MISSING',
      'ERR_CREDENTIALS_MALFORMED',
      'ERR_TOKEN_MALFORMED',
      'ERR_SCOPE_INSUFFICIENT',
      'ERR_TOKEN_ISSUER',
    ])
    expect((await request(api.listener).get('/stats').auth(token, { type: 'bearer' })).status).toBe(200)
    expect((await request(api.listener).get('/')).status).toBe(200)
    expect(codes).toHaveLength(5)
  })

  test('tells onRefusal of each refusal and outage once, and of nothing else', async () => {
    const told: Refusal[] = []
    const clock = createManualClock()
    const api = protect({ clock, onRefusal: (refusal) => told.push(refusal) })
    servers().authorizationServer.intercept(() => ({ status: 500 }))
    const outage = await request(api.listener).get('/stats').auth(token, { type: 'bearer' })
    servers().authorizationServer.intercept(undefined)
    clock.advance(60)
    const responses = [outage, ...(await sendRefused(api))]
    expect((await request(api.listener).get('/')).status).toBe(200)
    expect((await request(api.listener).get('/stats').auth(token, { type: 'bearer' })).status).toBe(200)
    expect(told.map(({ status }) => status)).toEqual(responses.map(({ status }) => status))
    expect(told.map(({ code }) => code)).toEqual([
      'ERR_AUTHORIZATION_SERVER_RESPONSE',
      'ERR_CREDENTIALS_MISSING',
      'ERR_CREDENTIALS_MALFORMED',
      'ERR_TOKEN_MALFORMED',
      'ERR_SCOPE_INSUFFICIENT',
      'ERR_TOKEN_ISSUER',
    ])
  })

  test('asks a resource server for every answer, so that one can be put around another', async () => {
    const { resourceServer } = servers()
    const answered: number[] = []
    const api = protect({
      ...resourceServer,
      answer(error) {
        const answer = resourceServer.answer(error)
        answered.push(answer?.status ?? 0)
        return answer && { ...answer, headers: { ...answer.headers, 'X-Answered': 'yes' } }
      },
    })
    const responses = await sendRefused(api)
    expect(answered).toEqual([401, 400, 401, 403, 401])
    expect(responses.map(({ headers }) => headers['x-answered'])).toEqual(responses.map(() => 'yes'))
  })
})
