import { beforeEach, describe, expect } from '@jest/globals'
import { ConfigurationError } from '@bearward/core'
import request from 'supertest'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Kit, Layer } from '../support/kit.js'
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
})
