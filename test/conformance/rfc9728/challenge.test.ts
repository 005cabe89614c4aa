import { beforeEach, describe, expect } from '@jest/globals'
import type { ResourceServer } from '@bearward/core'
import request from 'supertest'
import type { Api } from '../../support/apis.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import {
  insufficientScope,
  invalidToken,
  MALFORMED,
  NO_CREDENTIALS,
  readRefusal,
} from '../../support/refusal.js'
import { rule } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()
const METADATA = 'https://api.example.com/.well-known/oauth-protected-resource/mcp'
const RESOURCE_METADATA = { resourceMetadata: { resource: 'https://api.example.com/mcp' } }

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let api: Api
  const createApi = (resourceServer: ResourceServer): Api =>
    createApp(({ requireToken, requireScope, handler }) => [
      requireToken(resourceServer),
      requireScope('files:read', 'files:write'),
      handler(),
    ])
  const ask = async (credentials: string) =>
    readRefusal(await request(api.listener).post('/mcp').set('Authorization', credentials))
  beforeEach(() => {
    api = createApi(servers().protect(RESOURCE_METADATA))
  })

  rule(
    ['9728-5-a', 'mcp-prm-b', 'mcp-err-a'],
    'says in every challenge where the metadata is, once',
    async () => {
      const { authorizationServer } = servers()
      const narrow = await authorizationServer.mint({ scope: 'files:read' })
      const expired = await authorizationServer.mint({ exp: 1 })
      for (const [credentials, refusal] of [
        ['', NO_CREDENTIALS],
        ['Basic dTpw', NO_CREDENTIALS],
        ['Bearer', MALFORMED],
        [`Bearer ${expired}`, invalidToken('The access token expired')],
        [`Bearer ${narrow}`, insufficientScope('files:read files:write')],
      ] as const) {
        expect(await ask(credentials)).toEqual({
          ...refusal,
          challenges: [{ ...refusal.challenges[0], resource_metadata: METADATA }],
        })
      }
      const wide = await authorizationServer.mint({ scope: 'files:read files:write' })
      expect((await request(api.listener).post('/mcp').auth(wide, { type: 'bearer' })).status).toBe(200)
    },
  )

  rule('9728-5-a', 'says nothing of it where there is none, or where the refusal is hidden', async () => {
    const narrow = `Bearer ${await servers().authorizationServer.mint({ scope: 'files:read' })}`
    api = createApi(servers().protect({ ...RESOURCE_METADATA, hideForbidden: true }))
    expect(await ask(narrow)).toMatchObject({ status: 404, challenges: [] })
    api = createApi(servers().resourceServer)
    expect(await ask('')).toEqual(NO_CREDENTIALS)
  })

  rule('9728-5.2-a', 'says so each time, so that a client can look whether it has changed', async () => {
    for (let time = 0; time < 3; time += 1) {
      const { challenges } = await ask('')
      expect(challenges).toEqual([
        { scheme: 'Bearer', realm: 'protected resource', resource_metadata: METADATA },
      ])
    }
  })

  rule('9728-5-a', 'says nothing of it where the authorization server cannot be reached', async () => {
    servers().authorizationServer.intercept(() => 'disconnect')
    const token = await servers().authorizationServer.mint()
    const response = await request(api.listener).post('/mcp').auth(token, { type: 'bearer' })
    expect([response.status, response.headers['www-authenticate']]).toEqual([503, undefined])
  })

  rule(['mcp-scope-a', '9728-5-a'], 'names scopes to begin with to whoever has no valid token', async () => {
    api = createApi(servers().protect({ ...RESOURCE_METADATA, challengeScopes: ['files:read'] }))
    const { authorizationServer } = servers()
    const scopeOf = async (credentials: string) => {
      const { status, challenges } = await ask(credentials)
      return [status, challenges[0]?.['scope']]
    }
    expect(await scopeOf('')).toEqual([401, 'files:read'])
    expect(await scopeOf(`Bearer ${await authorizationServer.mint({ exp: 1 })}`)).toEqual([401, 'files:read'])
    expect(await scopeOf('Bearer')).toEqual([400, undefined])
    const narrow = await authorizationServer.mint({ scope: 'files:read' })
    expect(await scopeOf(`Bearer ${narrow}`)).toEqual([403, 'files:read files:write'])
  })
})
