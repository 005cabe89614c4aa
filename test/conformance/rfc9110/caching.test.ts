import { beforeEach, describe, expect } from '@jest/globals'
import request from 'supertest'
import type { Api } from '../../support/apis.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import type { Kit, Layer } from '../../support/kit.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint({ scope: 'stats:read' })
  })

  /** An API that lets everybody keep what it answers, unless it is told otherwise. */
  function createCacheable(createGuards: (kit: Kit) => readonly Layer[], cacheControl?: string): Api {
    return createApp((kit) => [
      kit.step(({ response }) => {
        if (cacheControl !== undefined) response.setHeader('Cache-Control', cacheControl)
      }),
      ...createGuards(kit),
      kit.handler(),
    ])
  }

  ruleForEach<readonly [(kit: Kit) => readonly Layer[], credentials: string, status: number]>(
    '9111-3.5-a',
    {
      'a request without credentials': [
        ({ requireToken }) => [requireToken(servers().resourceServer)],
        '',
        401,
      ],
      'a malformed request': [({ requireToken }) => [requireToken(servers().resourceServer)], 'Bearer', 400],
      'a bad token': [({ requireToken }) => [requireToken(servers().resourceServer)], 'Bearer a.b.c', 401],
      'a token without the scope': [
        ({ requireToken, requireScope }) => [requireToken(servers().resourceServer), requireScope('other')],
        'Bearer TOKEN',
        403,
      ],
      'a token without the scope, as if there were nothing,': [
        ({ requireToken, requireScope }) => [
          requireToken(servers().protect({ hideForbidden: true })),
          requireScope('other'),
        ],
        'Bearer TOKEN',
        404,
      ],
    },
    'answers %s with an answer that no cache keeps',
    async ([createGuards, credentials, status]) => {
      for (const earlier of [undefined, 'public, max-age=60']) {
        const api = createCacheable(createGuards, earlier)
        const response = await request(api.listener)
          .get('/me')
          .set('Authorization', credentials.replace('TOKEN', token))
        expect(response.status).toBe(status)
        expect(response.headers['cache-control']).toBe('no-store')
        expect(api.handled()).toBe(0)
      }
    },
  )

  rule('9111-3.5-a', 'answers an outage with an answer that no cache keeps', async () => {
    servers().authorizationServer.intercept(() => ({ status: 500 }))
    const api = createCacheable(({ requireToken }) => [requireToken(servers().resourceServer)], 'public')
    const response = await request(api.listener).get('/me').auth(token, { type: 'bearer' })
    expect(response.status).toBe(503)
    expect(response.headers['cache-control']).toBe('no-store')
  })

  ruleForEach(
    '9111-3.5-a',
    { nothing: undefined, 'what it says itself': 'private, max-age=60' },
    'lets caches keep of accepted requests %s',
    async (cacheControl) => {
      const createGuards = ({ requireToken, requireScope }: Kit) => [
        requireToken(servers().resourceServer),
        requireScope('stats:read'),
      ]
      const api = createCacheable(createGuards, cacheControl)
      const response = await request(api.listener).get('/me').auth(token, { type: 'bearer' })
      expect(response.status).toBe(200)
      expect(response.headers['cache-control']).toBe(cacheControl)
    },
  )
})
