import { beforeEach, describe, expect } from '@jest/globals'
import { allScopes, ConfigurationError, fromNodeRequest } from '@bearward/core'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Kit, Layer } from '../support/kit.js'
import { sendRaw, type RawRequest, type RawResponse } from '../support/raw.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

/** Targets that begin with a public path, or hold one. */
const NEARLY_PUBLIC = [
  '/publicadmin',
  '/public/../admin',
  '/public/%2e%2e/admin',
  '/public/..%2fadmin',
  '/admin?/public',
  '/admin?x=/public',
  '/admin#/public',
  '/admin;/public',
  '/admin/public',
  '/admin%00/public',
  '/%70ublicadmin',
]

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint({ scope: 'stats:read tenant:1' })
  })

  const protect = ({ requireToken }: Kit): Layer => requireToken(servers().resourceServer)

  const send = (api: Api, target: string, more: RawRequest = {}, credentials = ''): Promise<RawResponse> => {
    const fields = credentials === '' ? [] : [['Authorization', credentials] as const]
    return sendRaw(api.listener, { target, ...more, fields: [...fields, ...(more.fields ?? [])] })
  }

  const sendGood = async (api: Api, target: string, more: RawRequest = {}) =>
    (await send(api, target, more, `Bearer ${token}`)).status

  rule('ROUTE-03', 'lets no path pass for a public one because it begins like one', async () => {
    const reached: string[] = []
    const api = createApp((kit) => [
      kit.get(
        '/public',
        kit.handler((exchange) => exchange.answer(200, 'public')),
      ),
      protect(kit),
      kit.handler((exchange) => {
        reached.push(exchange.message.url ?? '')
        exchange.answer(200, 'private')
      }),
    ])
    for (const target of NEARLY_PUBLIC) {
      const response = await send(api, target)
      expect([target, response.body.includes('private'), reached]).toEqual([target, false, []])
    }
    expect([(await send(api, '/public')).body, (await send(api, '/admin')).status]).toEqual(['"public"', 401])
    expect([await sendGood(api, '/publicadmin'), reached]).toEqual([200, ['/publicadmin']])
  })

  ruleForEach(
    'ROUTE-04',
    Object.fromEntries(
      ['X-Original-URL', 'X-Rewrite-URL', 'X-Forwarded-Uri', 'X-Original-URI', 'X-Forwarded-Path'].map(
        (name) => [name, name],
      ),
    ),
    'takes no path from the field %s',
    async (name) => {
      const api = createApp((kit) => [
        kit.get('/public', kit.handler()),
        protect(kit),
        kit.get('/admin', kit.handler()),
      ])
      for (const path of ['/public', '/health', '/']) {
        expect((await send(api, '/admin', { fields: [[name, path]] })).status).toBe(401)
      }
      expect([api.handled(), await sendGood(api, '/admin', { fields: [[name, '/public']] })]).toEqual([
        0, 200,
      ])
    },
  )

  rule(['ROUTE-05', 'ERR-14'], 'authenticates OPTIONS, but for what CORS ends before', async () => {
    const api = createApp((kit) => [kit.cors(), protect(kit), kit.handler()])
    const origin = ['Origin', 'https://app.example.com'] as const
    const preflight = [origin, ['Access-Control-Request-Method', 'GET']] as const
    const ended = await send(api, '/', { method: 'OPTIONS', fields: preflight })
    expect([ended.status, api.handled()]).toEqual([204, 0])
    const plain = await send(api, '/', { method: 'GET', fields: [origin] })
    expect([plain.status, plain.fieldValues('access-control-expose-headers')]).toEqual([
      401,
      ['WWW-Authenticate'],
    ])
    const bare = createApp((kit) => [protect(kit), kit.handler()])
    for (const fields of [[], [origin], preflight]) {
      expect((await send(bare, '/', { method: 'OPTIONS', fields })).status).toBe(401)
    }
    expect([bare.handled(), await sendGood(bare, '/', { method: 'OPTIONS' })]).toEqual([0, 200])
  })

  rule(['ROUTE-06', 'ROUTE-07'], 'guards HEAD like GET, and answers OPTIONS without a handler', async () => {
    const api = createApp((kit) => [
      kit.get('/stats', protect(kit), kit.requireScope('stats:read'), kit.handler()),
      kit.get('/admin', protect(kit), kit.requireScope('stats:admin'), kit.handler()),
    ])
    const head = (target: string, credentials?: string) => send(api, target, { method: 'HEAD' }, credentials)
    const statuses = [
      await head('/stats'),
      await head('/stats', 'Bearer x'),
      await head('/admin', `Bearer ${token}`),
    ]
    expect([statuses.map(({ status }) => status), api.handled()]).toEqual([[401, 401, 403], 0])
    await send(api, '/stats', { method: 'OPTIONS' })
    expect(api.handled()).toBe(0)
    expect([(await head('/stats', `Bearer ${token}`)).status, api.handled()]).toEqual([200, 1])
  })

  rule('ROUTE-09', 'knows who makes the request in mounted apps and nested routers', async () => {
    const api = createApp((kit) => [
      protect(kit),
      kit.mountApp(
        '/v1',
        kit.nestRouters('/deep', '/stats', kit.requireScope('stats:read'), kit.handler()),
        kit.nestRouters('/deep', '/admin', kit.requireScope('stats:admin'), kit.handler()),
      ),
    ])
    expect((await send(api, '/v1/deep/stats')).status).toBe(401)
    expect((await send(api, '/v1/deep/admin', {}, `Bearer ${token}`)).status).toBe(403)
    expect(api.handled()).toBe(0)
    const response = await send(api, '/v1/deep/stats', {}, `Bearer ${token}`)
    expect(JSON.parse(response.body)).toMatchObject({ subject: 'client' })
  })

  rule('ROUTE-10', 'makes an error of a guard that stands before its requireToken', async () => {
    const api = createApp((kit) => [
      kit.get('/stats', kit.requireScope('stats:read'), kit.handler()),
      protect(kit),
      kit.get('/later', kit.requireScope('stats:read'), kit.handler()),
    ])
    expect([await sendGood(api, '/stats'), api.handled()]).toEqual([500, 0])
    expect(api.errors).toEqual([expect.any(ConfigurationError)])
    expect((await send(api, '/nowhere')).status).toBe(401)
    expect([await sendGood(api, '/nowhere'), await sendGood(api, '/later')]).toEqual([404, 200])
  })

  rule('ROUTE-12', 'believes of two resource servers on one route the last alone', async () => {
    const internal = servers().protect({
      realm: 'internal',
      readAccessToken: ({ fieldValues }) => fieldValues('x-internal')[0],
    })
    const api = createApp((kit) => [
      protect(kit),
      kit.requireToken(internal),
      kit.requireScope('stats:admin'),
      kit.handler(),
    ])
    const admin = await servers().authorizationServer.mint({ sub: 'service', scope: 'stats:admin' })
    const sendBoth = async (outer: string, inner: string) =>
      (await send(api, '/', { fields: [['X-Internal', inner]] }, `Bearer ${outer}`)).status
    expect(await sendBoth(admin, '')).toBe(401)
    expect([await sendBoth(admin, token), await sendBoth('a.b.c', admin)]).toEqual([403, 401])
    expect([api.handled(), await sendBoth(token, admin)]).toEqual([0, 200])
  })

  rule(
    'ROUTE-14',
    'guards paths that are lists, patterns and wildcards before they are decoded',
    async () => {
      const paths = [['/a/b', '/c'], /^\/a\/(.*)$/] as unknown as readonly string[]
      const api = createApp((kit) => paths.map((path) => kit.get(path, protect(kit), kit.handler())))
      const targets = [
        '/a/b',
        '/c',
        '/a/b%2f..',
        '/a/%2e%2e',
        '/a/%',
        '/a/%ff',
        '/a//',
        '/c/',
        '/a/b;x',
        '/a/b?%',
      ]
      for (const target of targets) {
        const { status } = await send(api, target)
        expect([target, status >= 400, api.handled()]).toEqual([target, true, 0])
      }
      expect(await Promise.all(['/a/b', '/c', '/a/x'].map((path) => sendGood(api, path)))).toEqual([
        200, 200, 200,
      ])
    },
  )
})

ruleForEach(
  'ROUTE-13',
  {
    'its own': ['1', 'allowed'],
    another: ['2', 'ERR_SCOPE_INSUFFICIENT'],
    'a wildcard': ['*', 'ERR_SCOPE_INSUFFICIENT'],
    nothing: ['', 'ERR_SCOPE_INSUFFICIENT'],
    'a space, and another scope': ['1 stats:read', 'ERR_CONFIGURATION'],
    'a line break': ['1\n', 'ERR_CONFIGURATION'],
    'a quote': ['1"', 'ERR_CONFIGURATION'],
    'what is not ASCII': ['１', 'ERR_CONFIGURATION'],
  } as const,
  'takes the scope of a tenant from the path as it stands, or not at all: %s',
  async ([tenant, decision]) => {
    const { authorizationServer, resourceServer } = servers()
    const token = await authorizationServer.mint({ scope: 'stats:read tenant:1' })
    const rawHeaders = ['Authorization', `Bearer ${token}`]
    const auth = await resourceServer.authenticate(fromNodeRequest({ rawHeaders }))
    let outcome: unknown = 'allowed'
    try {
      resourceServer.authorize(auth, allScopes(`tenant:${tenant}`))
    } catch (error) {
      outcome = (error as { code: unknown }).code
    }
    expect(outcome).toBe(decision)
  },
)
