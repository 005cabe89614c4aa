import { beforeEach, describe, expect } from '@jest/globals'
import { ConfigurationError } from '@bearward/core'
import request from 'supertest'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Kit, Layer } from '../support/kit.js'
import { insufficientScope, readRefusal } from '../support/refusal.js'
import { ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

const GUARDS: Readonly<Record<string, (kit: Kit) => Layer>> = {
  requireScope: ({ requireScope }) => requireScope('stats:read'),
  requireAnyScope: ({ requireAnyScope }) => requireAnyScope('stats:read', 'stats:write'),
  requireClaims: ({ requireClaims }) => requireClaims(() => true),
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
  })

  ruleForEach(
    'ROUTE-11',
    GUARDS,
    'makes an error of the developer of %s without requireToken before it, and never passes',
    async (guard) => {
      const api = createApp((kit) => [
        kit.get('/before', guard(kit), kit.handler()),
        kit.mount('/elsewhere', kit.requireToken(servers().resourceServer)),
        kit.get('/after', guard(kit), kit.handler()),
        kit.requireToken(servers().resourceServer, { optional: true }),
        kit.get('/good', guard(kit), kit.handler()),
      ])
      for (const path of ['/before', '/after']) {
        expect((await request(api.listener).get(path)).status).toBe(500)
        const response = await request(api.listener).get(path).auth(token, { type: 'bearer' })
        expect(response.status).toBe(500)
        expect(response.headers).not.toHaveProperty('www-authenticate')
      }
      expect(api.handled()).toBe(0)
      expect(api.errors).toHaveLength(4)
      for (const error of api.errors) expect(error).toBeInstanceOf(ConfigurationError)
      expect((await request(api.listener).get('/good').auth(token, { type: 'bearer' })).status).toBe(200)
    },
  )

  ruleForEach(
    'SCOPE-01',
    {
      'the beginning of it': 'stats',
      'the beginning of it, and the rest': 'stats: read',
      'it and more letters': 'stats:readonly',
      'it and more parts': 'stats:read:all',
      'letters before it': 'xstats:read',
      'parts before it': 'all:stats:read',
      'other capitals': 'STATS:READ',
      'a comma after it': 'stats:read,stats:write',
      'a tab after it': 'stats:read\tstats:write',
      'a line break after it': 'stats:read\nstats:write',
      'a no-break space after it': 'stats:read\u00a0stats:write',
      'a zero-width space in it': 'stats\u200b:read',
      'a wildcard': 'stats:* *',
      nothing: '',
      'spaces alone': '   ',
    },
    'does not take for a scope %s',
    async (scope) => {
      const api = createApp((kit) => [
        kit.requireToken(servers().resourceServer),
        kit.get('/all', kit.requireScope('stats:read'), kit.handler()),
        kit.get('/any', kit.requireAnyScope('stats:read', 'stats:admin'), kit.handler()),
      ])
      const get = async (path: string, value: string) =>
        request(api.listener)
          .get(path)
          .auth(await servers().authorizationServer.mint({ scope: value }), { type: 'bearer' })
      for (const path of ['/all', '/any']) {
        expect(readRefusal(await get(path, scope))).toEqual(insufficientScope('stats:read'))
      }
      expect(api.handled()).toBe(0)
      expect((await get('/all', `${scope} stats:read`)).status).toBe(200)
      expect((await get('/any', `stats:read ${scope}`)).status).toBe(200)
    },
  )
})
