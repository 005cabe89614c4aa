import { describe, expect, test } from '@jest/globals'
import { ConfigurationError, type FreshnessOptions } from '@bearward/core'
import { createIntrospectingServers } from '../support/introspection.js'
import { createVirtualServers } from '../support/virtual-servers.js'
import { FRESH_FRAMEWORKS, get } from './require-fresh.js'

describe.each(FRESH_FRAMEWORKS)('%s', (_name, createApp) => {
  test.each([-1, -0.1, NaN, Infinity, 3_601, '10', null, undefined])(
    'does not start with a maxAge of %p',
    (maxAge) => {
      const options = { maxAge } as FreshnessOptions
      expect(() => createApp(({ requireFresh }) => [requireFresh(options)])).toThrow(ConfigurationError)
      expect(() => createApp(({ requireFresh }) => [requireFresh({ maxAge: 3_600 })])).not.toThrow()
    },
  )

  test.each([undefined, null, 10, 'now', {}, { maxage: 10 }, { maxAge: 10, scope: 'a' }])(
    'does not start with %p for options',
    (options) => {
      const start = () => createApp(({ requireFresh }) => [requireFresh(options as FreshnessOptions)])
      expect(start).toThrow(ConfigurationError)
    },
  )

  test('makes an error of the developer of a guard without requireToken before it, and never passes', async () => {
    const { resourceServer, mint } = await createIntrospectingServers()
    const api = createApp(({ requireToken, requireFresh, ...kit }) => [
      kit.get('/before', requireFresh({ maxAge: 0 }), kit.handler()),
      requireToken(resourceServer),
      kit.get('/after', requireFresh({ maxAge: 0 }), kit.handler()),
    ])
    for (const token of [undefined, mint()]) {
      const { status, headers } = await get(api, '/before', token)
      expect(status).toBe(500)
      expect(headers).not.toHaveProperty('www-authenticate')
    }
    expect(api.handled()).toBe(0)
    expect(api.errors).toEqual([expect.any(ConfigurationError), expect.any(ConfigurationError)])
    expect((await get(api, '/after', mint())).status).toBe(200)
  })

  test('makes one of a guard where there is no introspection, and never passes', async () => {
    const { resourceServer, authorizationServer } = await createVirtualServers()
    const api = createApp(({ requireToken, requireFresh, ...kit }) => [
      requireToken(resourceServer),
      kit.get('/any', kit.handler()),
      kit.get('/now', requireFresh({ maxAge: 0 }), kit.handler()),
    ])
    const token = await authorizationServer.mint()
    expect((await get(api, '/now', token)).status).toBe(500)
    expect(api.handled()).toBe(0)
    expect(api.errors).toEqual([
      expect.objectContaining({ code: 'ERR_CONFIGURATION', option: 'introspection' }),
    ])
    expect((await get(api, '/any', token)).status).toBe(200)
  })
})
