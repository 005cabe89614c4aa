import { beforeEach, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Kit, Layer } from '../support/kit.js'
import { insufficientScope, NO_CREDENTIALS, readRefusal } from '../support/refusal.js'
import { useServers } from '../support/servers.js'

const servers = useServers()
const protect = ({ requireToken }: Kit): Layer => requireToken(servers().resourceServer)
const guard = (kit: Kit): readonly Layer[] => [kit.requireScope('stats:read'), kit.handler()]

/** Where a protected resource may stand; each at `/v1/stats`. */
const PLACES: Readonly<Record<string, (kit: Kit) => readonly Layer[]>> = {
  'a route': (kit) => [protect(kit), kit.get('/v1/stats', ...guard(kit))],
  'a route with requireToken of its own': (kit) => [kit.get('/v1/stats', protect(kit), ...guard(kit))],
  'a mounted app': (kit) => [protect(kit), kit.mountApp('/v1', kit.get('/stats', ...guard(kit)))],
  'a mounted app with requireToken of its own': (kit) => [
    kit.mountApp('/v1', protect(kit), kit.get('/stats', ...guard(kit))),
  ],
  'an app mounted in a mounted app': (kit) => [
    protect(kit),
    kit.mountApp('/v1', kit.mountApp('/stats', ...guard(kit))),
  ],
  'a router in a router': (kit) => [protect(kit), kit.nestRouters('/v1', '/stats', ...guard(kit))],
  'a router in a router, with requireToken of its own': (kit) => [
    kit.nestRouters('/v1', '/stats', protect(kit), ...guard(kit)),
  ],
  'a router in a mounted app': (kit) => [
    protect(kit),
    kit.mountApp('/v1', kit.nestRouters('/stats', '/', ...guard(kit))),
  ],
  'an app after one that is mounted, with requireToken on the path': (kit) => [
    kit.mount('/v1', protect(kit)),
    kit.get('/v1/stats', ...guard(kit)),
  ],
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  describe.each(Object.entries(PLACES))('protects %s', (_place, build) => {
    let api: ReturnType<typeof createApp>
    beforeEach(() => {
      api = createApp(build)
    })

    const get = async (scope: string) =>
      request(api.listener)
        .get('/v1/stats')
        .auth(await servers().authorizationServer.mint({ scope }), { type: 'bearer' })

    test('from requests without credentials', async () => {
      expect(readRefusal(await request(api.listener).get('/v1/stats'))).toEqual(NO_CREDENTIALS)
      expect(api.handled()).toBe(0)
    })

    test('from tokens without the scope', async () => {
      expect(readRefusal(await get('other'))).toEqual(insufficientScope('stats:read'))
      expect(api.handled()).toBe(0)
    })

    test('and lets its handler see who makes the request', async () => {
      const response = await get('stats:read')
      expect(response.status).toBe(200)
      expect(response.body).toEqual({ subject: 'client', clientId: 'client', scopes: ['stats:read'] })
    })
  })

  test('leaves what stands outside of a mounted app alone', async () => {
    const api = createApp((kit) => [kit.mountApp('/v1', protect(kit), kit.handler()), kit.handler()])
    expect((await request(api.listener).get('/health')).status).toBe(200)
    expect((await request(api.listener).get('/v1/health')).status).toBe(401)
  })
})
