import { describe, expect } from '@jest/globals'
import { parseChallenges } from '@bearward/testing'
import request, { type Response } from 'supertest'
import { ADAPTERS, type Api } from '../../support/apis.js'
import { rule } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()

/** A client that keeps a token, and gets a new one once where the resource server says that it is no good. */
async function sendAsClient(api: Api, method: 'get' | 'post', keptToken: string): Promise<Response> {
  const send = (token: string) => request(api.listener)[method]('/stats').auth(token, { type: 'bearer' })
  const response = await send(keptToken)
  const challenges = parseChallenges(response.headers['www-authenticate'])
  const isStale = challenges.some(({ parameters }) => parameters.get('error') === 'invalid_token')
  return response.status === 401 && isStale ? send(await fetchToken()) : response
}

async function fetchToken(): Promise<string> {
  const response = await fetch(servers().authorizationServer.tokenEndpoint, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa('client:secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'stats:read' }),
  })
  const { access_token: token } = (await response.json()) as { access_token: string }
  return token
}

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  rule('6750-3.1-f', 'lets a client with an expired token succeed with a new one', async () => {
    const api = createApi(servers().resourceServer)
    const response = await sendAsClient(api, 'get', await servers().authorizationServer.mint({ exp: 1 }))
    expect(response.status).toBe(200)
    expect(servers().authorizationServer.requests.token).toBe(1)
    expect(api.handled()).toBe(1)
  })

  rule('6750-3.1-f', 'does not send a client for a new token where the scope is what lacks', async () => {
    const api = createApi(servers().resourceServer)
    const token = await servers().authorizationServer.mint({ scope: 'stats:read' })
    expect((await sendAsClient(api, 'post', token)).status).toBe(403)
    expect(servers().authorizationServer.requests.token).toBe(0)
    expect(api.handled()).toBe(0)
    expect((await sendAsClient(api, 'get', token)).status).toBe(200)
    expect(servers().authorizationServer.requests.token).toBe(0)
  })

  rule('6750-3.1-f', 'does not send a client for a new token during an outage', async () => {
    servers().authorizationServer.intercept(({ endpoint }) =>
      endpoint === 'jwks' ? { status: 500 } : undefined,
    )
    const api = createApi(servers().resourceServer)
    expect((await sendAsClient(api, 'get', await servers().authorizationServer.mint())).status).toBe(503)
    expect(servers().authorizationServer.requests.token).toBe(0)
  })

  rule('6750-3.1-f', 'keeps refusing a client whose new token is no better', async () => {
    const { issuer } = servers().authorizationServer
    const api = createApi({ issuer, audience: 'https://other.example.com' })
    const response = await sendAsClient(api, 'get', await servers().authorizationServer.mint())
    expect(response.status).toBe(401)
    expect(servers().authorizationServer.requests.token).toBe(1)
    expect(api.handled()).toBe(0)
  })
})
