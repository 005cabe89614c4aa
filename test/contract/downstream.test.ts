import { beforeEach, describe, expect, test } from '@jest/globals'
import { allScopes } from '@bearward/core'
import request from 'supertest'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Run } from '../support/kit.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

/** Errors that may come out of a handler, and are no business of ours. */
const ERRORS: readonly (readonly [name: string, createError: () => Error])[] = [
  ['any error', () => new Error('of the handler')],
  ['an error with the status 401', () => Object.assign(new Error('of an upstream API'), { status: 401 })],
  ['an error with the status 403', () => Object.assign(new Error('of an upstream API'), { statusCode: 403 })],
  ['an error of another JWT library', () => Object.assign(new Error('jwt expired'), { name: 'JWTExpired' })],
  [
    'a refusal of another resource server',
    () => {
      try {
        servers().protect({ realm: 'another' }).authorize(undefined, allScopes('other'))
      } catch (error) {
        if (error instanceof Error) return error
      }
      throw new Error('Nothing was refused')
    },
  ],
]

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
  })

  const createApi = (run: Run) =>
    createApp(({ requireToken, requireScope, handler }) => [
      requireToken(servers().resourceServer),
      requireScope('stats:read'),
      handler(run),
    ])

  test.each(ERRORS)(
    'leaves %s to the application, where a handler throws it',
    async (_error, createError) => {
      const error = createError()
      const throwing = [
        createApi(() => {
          throw error
        }),
        createApi(async () => {
          await Promise.resolve()
          throw error
        }),
      ]
      for (const api of throwing) {
        const response = await request(api.listener).get('/').auth(token, { type: 'bearer' })
        expect(api.errors).toHaveLength(1)
        expect(api.errors[0]).toBe(error)
        expect(response.headers['www-authenticate'] ?? '').not.toContain('protected resource')
        expect(api.handled()).toBe(1)
      }
    },
  )

  test.each([401, 403, 503])('leaves a response with the status %i to the handler', async (status) => {
    const api = createApi((exchange) => exchange.answer(status, { own: true }))
    const response = await request(api.listener).get('/').auth(token, { type: 'bearer' })
    expect([response.status, response.body]).toEqual([status, { own: true }])
    expect(response.headers).not.toHaveProperty('www-authenticate')
    expect(response.headers).not.toHaveProperty('cache-control')
  })

  test('leaves a path without a handler to the framework', async () => {
    const api = createApp(({ requireToken }) => [requireToken(servers().resourceServer)])
    expect((await request(api.listener).get('/').auth(token, { type: 'bearer' })).status).toBe(404)
    expect((await request(api.listener).get('/')).status).toBe(401)
  })
})
