import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createTokenSource, type TokenSource } from '@bearward/client'
import { createResourceServer, fromWebRequest } from '@bearward/core'
import { startAuthorizationServer, type AuthorizationServer } from '@bearward/testing'
import { decodeJwt } from 'jose'
import { rule } from '../../../test/support/rule.js'
import { failureOf } from './support/script.js'

const ODD = { clientId: 'odd client:1', clientSecret: 'p+ss w%rd/é', scope: 'read write' }
let server: AuthorizationServer

beforeAll(async () => {
  server = await startAuthorizationServer({ algorithms: ['ES256'], path: '/tenants/a', clients: [ODD] })
})
beforeEach(() => {
  server.intercept(undefined)
  server.resetCounters()
})
afterAll(() => server.close())

interface Options {
  readonly clientSecret?: string
  readonly clientAuthentication?: 'client_secret_post'
  readonly scope?: string
}

function createClient(options: Options = {}): TokenSource {
  const { clientId, clientSecret } = ODD
  return createTokenSource({ issuer: server.issuer, clientId, clientSecret, ...options })
}

describe('over HTTP, with a server that asks for all that RFC 6749 asks for', () => {
  rule(['6749-2.3.1-a', '6749-4.4-a'], 'a client gets a token by Basic', async () => {
    const { accessToken, scope } = await createClient({ scope: 'read' }).getToken()
    expect(scope).toBe('read')
    expect(decodeJwt(accessToken)).toMatchObject({
      iss: server.issuer,
      client_id: 'odd client:1',
      scope: 'read',
    })
    expect(server.requests).toMatchObject({ metadata: 1, token: 1 })
  })

  rule('6749-2.3.1-d', 'a client gets a token by credentials in the body', async () => {
    const token = await createClient({ clientAuthentication: 'client_secret_post' }).getToken()
    expect(token.scope).toBe('read write')
  })

  rule('6749-5.2-b', 'a client with the wrong secret is told so', async () => {
    const error = await failureOf(createClient({ clientSecret: 'wrong' }).getToken())
    expect(error).toMatchObject({ code: 'invalid_client', status: 401 })
    expect(server.requests.token).toBe(1)
  })

  rule('6749-5.2-a', 'a client that wants too much is told so', async () => {
    const error = await failureOf(createClient({ scope: 'delete' }).getToken())
    expect(error).toMatchObject({ code: 'invalid_scope', status: 400 })
  })

  rule('6749-5.2-c', 'a connection that is cut is an outage', async () => {
    server.intercept(({ endpoint }) => (endpoint === 'token' ? 'disconnect' : undefined))
    expect(await failureOf(createClient().getToken())).toMatchObject({
      code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE',
    })
  })

  test('a hundred callers cause one request', async () => {
    const client = createClient()
    await Promise.all(Array.from({ length: 100 }, () => client.getToken()))
    expect(server.requests).toMatchObject({ metadata: 1, token: 1 })
  })

  test('the token does not follow a redirect of the API to another origin', async () => {
    const other = await startAuthorizationServer({ algorithms: ['ES256'] })
    const seen: unknown[] = []
    server.intercept(({ endpoint, headers }) => {
      if (endpoint !== 'other') return undefined
      seen.push(headers.authorization)
      return { status: 307, headers: { Location: `${other.issuer}/stats` } }
    })
    const { clientId, clientSecret } = ODD
    const origins = new URL(server.issuer).origin
    const client = createTokenSource({ issuer: server.issuer, clientId, clientSecret, origins })
    const response = await client.fetch(`${origins}/stats`)
    const { accessToken } = await client.getToken()
    expect([response.status, seen, other.requests.other]).toEqual([307, [`Bearer ${accessToken}`], 0])
    await other.close()
  })
})

rule(
  '10070-b',
  'an assertion of a client is no access token, though everything else in it is right',
  async () => {
    const resourceServer = createResourceServer({
      issuer: server.issuer,
      audience: 'https://api.example.com',
    })
    const present = async (typ: string) => {
      const headers = { authorization: `Bearer ${await server.mint({}, { header: { typ } })}` }
      return resourceServer.authenticate(fromWebRequest(new Request('https://api.example.com/', { headers })))
    }
    expect(await failureOf(present('client-authentication+jwt'))).toMatchObject({
      status: 401,
      code: 'ERR_TOKEN_TYPE',
    })
    expect((await present('at+jwt')).issuer).toBe(server.issuer)
  },
)
