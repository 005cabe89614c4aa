import { beforeEach, describe, expect } from '@jest/globals'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Kit, Layer } from '../support/kit.js'
import { sendRaw, withServer } from '../support/raw.js'
import { ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

/** Other spellings of `/admin/stats`, as they go over the wire. */
const TARGETS = [
  '/admin/stats/',
  '//admin/stats',
  '/admin//stats',
  '///admin///stats',
  '/ADMIN/stats',
  '/admin/STATS',
  '/Admin/Stats/',
  '/%61dmin/stats',
  '/%61%64%6D%69%6E/%73tats',
  '/admin%2Fstats',
  '/admin%2fstats',
  '/admin%5Cstats',
  '/admin\\stats',
  '\\admin\\stats',
  '/./admin/stats',
  '/admin/./stats',
  '/public/../admin/stats',
  '/public/..%2fadmin/stats',
  '/public/%2e%2e/admin/stats',
  '/%2e/admin/stats',
  '/admin/stats/.',
  '/admin/public/../stats',
  '/admin;a=b/stats',
  '/admin/stats;a=b',
  '/admin/stats%00',
  '/admin/stats%20',
  '/admin/stats%0a',
  '/admin/stats?',
  '/admin/stats?/public',
  '/admin/stats#/public',
  '/admin/stats%3fpublic',
  '/admin/stats%23public',
  '/admin/stats%',
  '/%/../admin/stats',
  '/%c0%afadmin/stats',
  '/%252e%252e/admin/stats',
  '/adm%69n/stats',
  'admin/stats',
  'http://api.example.com/admin/stats',
  'http://other.example.com//admin/stats',
  'HTTP://other.example.com/public/../admin/stats',
  '*',
  '?/admin/stats',
]

/** Where `requireToken` and the handler of `/admin/stats` may stand. */
const PLACES: Readonly<Record<string, (kit: Kit, protect: Layer) => readonly Layer[]>> = {
  'on the app, before a route': (kit, protect) => [protect, kit.get('/admin/stats', kit.handler())],
  'on the app, before a handler of every path': (kit, protect) => [protect, kit.handler()],
  'on the route': (kit, protect) => [kit.get('/admin/stats', protect, kit.handler())],
  'in a mounted app': (kit, protect) => [
    kit.mountApp('/admin', protect, kit.get('/stats', kit.handler()), kit.handler()),
  ],
  'in nested routers': (kit, protect) => [kit.nestRouters('/admin', '/stats', protect, kit.handler())],
  'on a path, before a route with a guard elsewhere': (kit, protect) => [
    kit.mount('/admin', protect),
    kit.get('/admin/stats', kit.requireScope('stats:read'), kit.handler()),
  ],
  'on a path, before a guarded handler of every path': (kit, protect) => [
    kit.mount('/admin', protect),
    kit.requireScope('stats:read'),
    kit.handler(),
  ],
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
  })

  /** The targets whose response to one of these methods is no refusal. */
  function findOpen(
    api: Api,
    credentials: string,
    methods: readonly string[] = ['GET'],
  ): Promise<readonly string[]> {
    const fields = credentials === '' ? [] : [['Authorization', credentials] as const]
    const requests = methods.flatMap((method) => TARGETS.map((target) => ({ method, target, fields })))
    return withServer(api.listener, async (port) => {
      const responses = await Promise.all(
        requests.map(async (sent) => ({ ...sent, ...(await sendRaw(port, sent)) })),
      )
      return responses.filter(({ status }) => status < 400).map(({ target }) => target)
    })
  }

  ruleForEach(
    'ROUTE-02',
    PLACES,
    'lets no other spelling of a path reach the handler, with requireToken %s',
    async (build) => {
      const api = createApp((kit) => build(kit, kit.requireToken(servers().resourceServer)))
      expect(await findOpen(api, '', ['GET', 'HEAD'])).toEqual([])
      expect(await findOpen(api, 'Bearer a.b.c')).toEqual([])
      expect(api.handled()).toBe(0)
      expect(await findOpen(api, `Bearer ${token}`)).toContain('/admin/stats?')
      expect(api.handled()).toBeGreaterThan(0)
    },
  )
})
