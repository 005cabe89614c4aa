import { beforeEach, describe, expect, jest, test } from '@jest/globals'
import { RefusedError, UnavailableError, type Answer, type ResourceServer } from '@bearward/core'
import request from 'supertest'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import { INSUFFICIENT_CLAIMS, insufficientScope, NO_CREDENTIALS, readRefusal } from '../support/refusal.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()

/** An error of another copy of the core: of a class that this one has never seen. */
class ForeignError extends Error {
  readonly answer: Answer | undefined
  constructor(error: Error, answer: Answer | undefined) {
    super(error.message)
    this.answer = answer
  }
}

/** A resource server as another copy of the core would make it: it throws, and answers, errors of its own. */
function makeForeign(inner: ResourceServer): ResourceServer {
  const toForeign = (error: unknown): unknown =>
    error instanceof RefusedError || error instanceof UnavailableError
      ? new ForeignError(error, inner.answer(error))
      : error
  return {
    authenticate: (...parameters: Parameters<ResourceServer['authenticate']>) =>
      inner.authenticate(...parameters).catch((error: unknown) => {
        throw toForeign(error)
      }),
    authorize(auth, requirement) {
      try {
        inner.authorize(auth, requirement)
      } catch (error) {
        throw toForeign(error)
      }
    },
    answer: (error) => (error instanceof ForeignError ? error.answer : undefined),
  } as ResourceServer
}

/** A resource server of a second copy of the core that is really there. */
async function makeWithAnotherCopy(): Promise<ResourceServer> {
  const { issuer } = servers().authorizationServer
  jest.resetModules()
  const another = await import('@bearward/core')
  expect(another.RefusedError).not.toBe(RefusedError)
  return another.createResourceServer({ issuer, audience: AUDIENCE })
}

describe.each([
  ['throws errors of a class of its own', () => Promise.resolve(makeForeign(servers().resourceServer))],
  ['is made by another copy of the core', makeWithAnotherCopy],
])('a resource server that %s', (_kind, make) => {
  describe.each(FRAMEWORKS)('in %s', (_name, createApp) => {
    let api: Api
    let token: string
    beforeEach(async () => {
      token = await servers().authorizationServer.mint({ scope: 'stats:read' })
      const resourceServer = await make()
      api = createApp(({ requireToken, requireScope, requireAnyScope, requireClaims, get, handler }) => [
        requireToken(resourceServer),
        get('/me', handler()),
        get('/stats', requireScope('stats:read'), handler()),
        get('/admin', requireScope('stats:read', 'stats:admin'), handler()),
        get('/any', requireAnyScope('stats:admin', 'stats:write'), handler()),
        get(
          '/users',
          requireClaims((claims) => claims.sub !== claims.client_id),
          handler(),
        ),
      ])
    })

    const get = (path: string) => request(api.listener).get(path).auth(token, { type: 'bearer' })

    test('answers its own refusals, and those of the guards', async () => {
      expect(readRefusal(await request(api.listener).get('/me'))).toEqual(NO_CREDENTIALS)
      expect((await request(api.listener).get('/me').auth('a.b.c', { type: 'bearer' })).status).toBe(401)
      expect(readRefusal(await get('/admin'))).toEqual(insufficientScope('stats:read stats:admin'))
      expect(readRefusal(await get('/any'))).toEqual(insufficientScope('stats:admin'))
      expect(readRefusal(await get('/users'))).toEqual(INSUFFICIENT_CLAIMS)
      expect([api.handled(), api.errors]).toEqual([0, []])
      expect((await get('/me')).status).toBe(200)
      expect((await get('/stats')).status).toBe(200)
    })

    test('answers an outage as an outage', async () => {
      servers().authorizationServer.intercept(() => ({ status: 500 }))
      const response = await get('/me')
      expect([response.status, response.headers['retry-after'], response.text]).toEqual([503, '5', ''])
      expect([api.handled(), api.errors]).toEqual([0, []])
    })
  })
})
