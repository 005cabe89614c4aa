import { once } from 'node:events'
import { inspect } from 'node:util'
import { beforeEach, describe, expect } from '@jest/globals'
import type { RefusedError, UnavailableError } from '@bearward/core'
import { FRAMEWORKS } from '../support/frameworks.js'
import { holdKeySet } from '../support/held-key-set.js'
import type { Exchange, Run } from '../support/kit.js'
import { openRequest, sendRaw, withServer, type RawRequest } from '../support/raw.js'
import { judge, requestWithToken } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
const servers = useServers()

const withToken = (token: string): RawRequest => ({ fields: [['Authorization', `Bearer ${token}`]] })

/** What a token may say to break a header field, a line of a log, or a terminal. */
const ODD: Readonly<Record<string, string>> = {
  'a quote': 'zq7", error="none", x="',
  'a backslash': 'zq7\\',
  'a line break': 'zq7\r\nX-Injected: yes\r\n\r\n',
  'an escape sequence': '\u001b[2J\u001b[31mzq7',
  'a NUL': 'zq7\0',
  'what is not Latin-1': 'zq7\u202e日本',
  'half a character': 'zq7\ud800',
}

ruleForEach(
  ['ERR-01', 'ERR-03', 'ERR-04', 'ERR-05'],
  ODD,
  'says nothing of what a token says, wherever it stands: %s',
  async (odd) => {
    const { authorizationServer, refuses } = everywhere()
    const reported: unknown[] = []
    const told: string[] = []
    const options = {
      onRefusal(error: RefusedError | UnavailableError) {
        told.push(error.code)
        reported.push(error, error.cause, error.message, error.stack)
      },
    }
    const mint = authorizationServer.mint
    await refuses({ attack: await mint({ iss: odd }), code: 'ERR_TOKEN_ISSUER' })
    await refuses({ attack: await mint({ aud: odd }), code: 'ERR_TOKEN_AUDIENCE', asks: 'keys' })
    await refuses({ attack: await mint({ sub: odd, exp: 1 }), code: 'ERR_TOKEN_EXPIRED', asks: 'keys' })
    await refuses({ attack: await mint({}, { header: { typ: odd } }), code: 'ERR_TOKEN_TYPE' })
    await refuses({ attack: await mint({}, { header: { alg: odd } }), code: 'ERR_TOKEN_ALGORITHM' })
    await refuses({
      attack: await mint({ scope: odd }),
      twin: await mint({ scope: 'stats:read' }),
      requires: ['stats:read'],
      code: 'ERR_SCOPE_INSUFFICIENT',
      asks: 'keys',
    })
    const resourceServer = servers().protect(options)
    const tokens = await Promise.all(
      [{ iss: odd }, { aud: odd }, { sub: odd, exp: 1 }].map((claims) =>
        servers().authorizationServer.mint(claims),
      ),
    )
    for (const token of tokens) await judge(resourceServer, requestWithToken(token))
    expect(told).toHaveLength(3)
    const log = inspect(reported, { depth: Infinity, showHidden: true })
    for (const secret of ['zq7', '\u001b', ...tokens]) expect(log).not.toContain(secret)
  },
)

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let good: string
  beforeEach(async () => {
    good = await servers().authorizationServer.mint()
  })

  const createApi = (run?: Run, before: Run = () => undefined) =>
    createApp((kit) => [
      kit.step(before),
      kit.requireToken(servers().resourceServer),
      kit.requireScope('stats:read'),
      kit.handler(run),
    ])

  ruleForEach(
    ['ERR-03', 'ERR-06'],
    {
      'answers with an error': { status: 500, body: 'secret of the database' },
      'is not to be reached': 'disconnect',
      'answers with a page': { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<h1>Login' },
      'refuses this resource server': { status: 401, body: '{"error":"invalid_client"}' },
    } as const,
    'says 503 and no more where the authorization server %s, and refuses what it can tell',
    async (fault) => {
      const api = createApi()
      servers().authorizationServer.intercept(() => fault)
      const response = await sendRaw(api.listener, withToken(good))
      expect([response.status, response.body, response.fieldValues('www-authenticate')]).toEqual([
        503,
        '',
        [],
      ])
      expect(Number(response.fieldValues('retry-after')[0])).toBeGreaterThan(0)
      expect(response.text).not.toContain(servers().authorizationServer.issuer)
      expect([(await sendRaw(api.listener, withToken('a.b.c'))).status, api.handled()]).toEqual([401, 0])
      servers().authorizationServer.intercept(undefined)
      const fresh = createApp((kit) => [kit.requireToken(servers().protect()), kit.handler()])
      expect((await sendRaw(fresh.listener, withToken(good))).status).toBe(200)
    },
  )

  rule(
    'ERR-08',
    'answers once, and runs no handler, where the client has gone or a time-out came',
    async () => {
      const seen: Exchange[] = []
      const api = createApi(undefined, (exchange) => void seen.push(exchange))
      const held = holdKeySet(servers().authorizationServer)
      await withServer(api.listener, async (port) => {
        const gone = openRequest(port, withToken(good))
        await held.asked
        const late = sendRaw(port, withToken(await servers().authorizationServer.mint()))
        while (seen.length < 2) await new Promise(setImmediate)
        const [first, second] = seen
        const closed = first && once(first.response, 'close')
        gone.destroy()
        await closed
        second?.response.writeHead(504).end('late')
        held.release()
        const response = await late
        expect([response.status, response.text.match(/^HTTP\/1\.1 /gm)?.length]).toEqual([504, 1])
        expect((await sendRaw(port, withToken(good))).status).toBe(200)
      })
      expect(api.errors).toEqual([])
    },
  )

  ruleForEach(
    ['ERR-09', 'ERR-10'],
    {
      'the status 401': Object.assign(new Error('of an upstream API'), { status: 401 }),
      'the name of a JWT error': Object.assign(new Error('"exp" claim'), { name: 'JWTExpired', status: 401 }),
      'the code of a refusal': Object.assign(new Error('x'), { code: 'ERR_TOKEN_EXPIRED', status: 401 }),
      'nothing special': new Error('of the handler'),
    },
    'leaves an error of the application alone that has %s',
    async (error) => {
      const failing = [
        createApi(() => {
          throw error
        }),
        createApi(() => Promise.reject(error)),
      ]
      for (const api of failing) {
        const response = await sendRaw(api.listener, withToken(good))
        expect(response.fieldValues('www-authenticate')).toEqual([])
        expect([api.handled(), api.errors]).toEqual([1, [error]])
        expect((await sendRaw(api.listener, withToken('a.b.c'))).status).toBe(401)
      }
    },
  )

  ruleForEach<unknown>(
    'ERR-12',
    {
      nothing: undefined,
      null: null,
      'the text false': 'false',
      'the text true': 'true',
      '1': 1,
      'an object': {},
      'a promise of true': Promise.resolve(true),
      'a promise of false': Promise.resolve(false),
    },
    'lets nobody pass where a predicate answers with %s',
    async (value) => {
      const api = createApp((kit) => [
        kit.requireToken(servers().resourceServer),
        kit.get('/odd', kit.requireClaims((() => value) as () => boolean), kit.handler()),
        kit.get(
          '/good',
          kit.requireClaims(() => true),
          kit.handler(),
        ),
      ])
      const odd = await sendRaw(api.listener, { ...withToken(good), target: '/odd' })
      expect([odd.status, api.handled(), api.errors]).toEqual([500, 0, [expect.any(TypeError)]])
      expect((await sendRaw(api.listener, { ...withToken(good), target: '/good' })).status).toBe(200)
    },
  )

  rule(
    ['ERR-13', 'OWN-96'],
    'lets nobody store a refusal or an outage, or send a file in its place, whatever was said before',
    async () => {
      const api = createApi(undefined, ({ response }) => {
        response.setHeader('Cache-Control', 'public, max-age=3600')
        response.setHeader('CDN-Cache-Control', 'max-age=3600')
        response.setHeader('Surrogate-Control', 'max-age=3600')
        response.setHeader('X-Accel-Expires', '3600')
        response.setHeader('X-Accel-Redirect', '/protected/file')
        response.setHeader('X-Sendfile', '/protected/file')
        response.setHeader('Expires', 'Fri, 01 Jan 2100 00:00:00 GMT')
        response.setHeader('ETag', '"1"')
      })
      const poor = await servers().authorizationServer.mint({ scope: 'other' })
      const requests = [{}, withToken('a b'), withToken('a.b.c'), withToken(poor)]
      const stored = [
        'cache-control',
        'cdn-cache-control',
        'surrogate-control',
        'expires',
        'etag',
        'x-accel-expires',
        'x-accel-redirect',
        'x-sendfile',
      ]
      for (const request of requests) {
        const response = await sendRaw(api.listener, request)
        expect(stored.flatMap((name) => response.fieldValues(name))).toEqual(['no-store'])
      }
      const accepted = await sendRaw(api.listener, withToken(good))
      expect([accepted.status, accepted.fieldValues('cache-control')]).toEqual([
        200,
        ['public, max-age=3600'],
      ])
    },
  )
})
