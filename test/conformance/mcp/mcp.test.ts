import { beforeEach, describe, expect } from '@jest/globals'
import { createTokenSource } from '@bearward/client'
import type { ScopesFrom } from '@bearward/core'
import request from 'supertest'
import type { Api } from '../../support/apis.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import { readRefusal } from '../../support/refusal.js'
import { rule } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()
const MCP = 'https://mcp.example.com/mcp'

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let api: Api
  const createApi = (scopesFrom?: ScopesFrom): Api =>
    createApp(({ requireToken, requireScope, handler }) => [
      requireToken({
        issuer: servers().authorizationServer.issuer,
        audience: MCP,
        resourceMetadata: { resource: MCP },
        ...(scopesFrom && { scopesFrom }),
      }),
      requireScope('files:read', 'files:list'),
      handler(),
    ])
  const mint = (claims: object = {}) =>
    servers().authorizationServer.mint({ aud: MCP, scope: 'files:read files:list', ...claims })
  const call = (token?: string, path = '/mcp') => {
    const sent = request(api.listener).post(path)
    return token === undefined ? sent : sent.auth(token, { type: 'bearer' })
  }
  beforeEach(() => {
    api = createApi()
  })

  rule(
    ['mcp-scope-b', 'mcp-scope-c'],
    'names in one challenge all scopes of what was asked for',
    async () => {
      for (const scope of ['', 'files:read', 'files:write']) {
        expect(readRefusal(await call(await mint({ scope })))).toMatchObject({
          status: 403,
          challenges: [
            {
              scheme: 'Bearer',
              realm: 'protected resource',
              scope: 'files:read files:list',
              error: 'insufficient_scope',
              error_description: 'The access token does not carry a required scope',
              resource_metadata: 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp',
            },
          ],
        })
      }
      expect((await call(await mint())).status).toBe(200)
    },
  )

  rule(
    'mcp-scope-d',
    'lets a wider scope stand for those that the configuration says it implies',
    async () => {
      const implied: Readonly<Record<string, readonly string[]>> = {
        'files:write': ['files:read', 'files:list'],
      }
      api = createApi(({ scope }) =>
        String(scope)
          .split(' ')
          .flatMap((granted) => [granted, ...(implied[granted] ?? [])]),
      )
      expect((await call(await mint({ scope: 'files:write' }))).status).toBe(200)
      expect((await call(await mint({ scope: 'files:list' }))).status).toBe(403)
      api = createApi()
      expect((await call(await mint({ scope: 'files:write' }))).status).toBe(403)
    },
  )

  rule('mcp-aud-a', 'accepts no token for another server, and none for nobody', async () => {
    for (const aud of ['https://other.example.com/mcp', 'https://mcp.example.com', undefined]) {
      expect((await call(await mint({ aud }))).status).toBe(401)
    }
    expect((await call(await mint({ aud: ['https://other.example.com/mcp', MCP] }))).status).toBe(200)
  })

  rule('mcp-tok-a', 'wants a token with each request, also on one connection', async () => {
    const session = { 'Mcp-Session-Id': 'one' }
    const token = await mint()
    expect((await call(token).set(session)).status).toBe(200)
    expect((await call().set(session)).status).toBe(401)
    expect((await call(token).set(session)).status).toBe(200)
    expect(api.handled()).toBe(2)
  })

  rule('mcp-tok-b', 'does not look for a token in the URL', async () => {
    const token = await mint()
    expect((await call(undefined, `/mcp?access_token=${token}`)).status).toBe(401)
    expect((await call(token, '/mcp?access_token=a.b.c')).status).toBe(200)
  })
})

/** A client that gets tokens of its own, and an API that answers so; with what each of them was asked. */
function createClient(answer: () => Response) {
  const { authorizationServer } = servers()
  const sent: string[] = []
  const tokens = createTokenSource({
    issuer: authorizationServer.issuer,
    clientId: 'client',
    clientSecret: 'secret',
    resource: 'https://api.example.com',
    async fetch(url: string, init: RequestInit) {
      if (url.startsWith(authorizationServer.issuer)) return fetch(url, init)
      sent.push(new Headers(init.headers).get('authorization') ?? '')
      return answer()
    },
  })
  return { tokens, sent }
}

rule('mcp-aud-b', 'calls onward with a token of its own, which the caller never sent', async () => {
  const { tokens, sent } = createClient(() => new Response('{}'))
  const callers = await servers().authorizationServer.mint({ aud: MCP })
  await tokens.fetch('https://api.example.com/files')
  expect(sent).toHaveLength(1)
  expect(sent[0]).toMatch(/^Bearer .+/)
  expect(sent[0]).not.toContain(callers)
})

rule('mcp-cc-a', 'ends, as a client that acts for itself, at the first insufficient_scope', async () => {
  const challenge = { 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="files:write"' }
  const { tokens, sent } = createClient(() => new Response('', { status: 403, headers: challenge }))
  expect((await tokens.fetch('https://api.example.com/files')).status).toBe(403)
  expect([sent.length, servers().authorizationServer.requests.token]).toEqual([1, 1])
})
