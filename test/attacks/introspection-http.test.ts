import { describe, expect } from '@jest/globals'
import type { FetchResponse } from '@bearward/core'
import request from 'supertest'
import { ADAPTERS } from '../support/apis.js'
import { createIntrospectingServers } from '../support/introspection.js'
import { insufficientScope, invalidToken, readRefusal, SENDER_CONSTRAINED } from '../support/refusal.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

const INACTIVE = invalidToken('The access token is not active')
const ACTIVE = { active: true, aud: AUDIENCE }

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  /** An API, what it makes of an answer with these members, asked twice, and what of a good one. */
  async function start() {
    const servers = await createIntrospectingServers()
    const api = createApi(servers.resourceServer)
    const get = (token: string, path = '/me') =>
      request(api.listener).get(path).auth(token, { type: 'bearer' })
    return { ...servers, api, get }
  }

  ruleForEach(
    ['INTRO-08', 'INTRO-09', 'INTRO-19', 'INTRO-20', 'INTRO-21'],
    {
      'is not active': [{ active: false, exp: 1_999_999_999, scope: 'admin' }, INACTIVE],
      'is active in words alone': [{ active: 'true' }, INACTIVE],
      'is for another API': [
        { aud: 'https://other.example.com' },
        invalidToken('The access token is meant for another resource server'),
      ],
      'is for nobody': [{ aud: undefined }, invalidToken('The access token lacks a required claim')],
      'is of another issuer': [
        { iss: 'https://evil.example.com' },
        invalidToken('The access token is of an issuer that this resource server does not accept'),
      ],
      'is a refresh token': [
        { token_type: 'refresh_token' },
        invalidToken('The token is not an access token'),
      ],
      'is bound to a key': [{ cnf: { jkt: 'x' } }, SENDER_CONSTRAINED],
    } as const,
    'answers 401 where a token %s, each time, and runs no handler',
    async ([members, refusal]) => {
      const { api, get, mint } = await start()
      const token = mint(members)
      for (const path of ['/me', '/stats', '/me'])
        expect(readRefusal(await get(token, path))).toEqual(refusal)
      expect([api.handled(), api.errors]).toEqual([0, []])
      expect((await get(mint())).status).toBe(200)
    },
  )

  rule(['INTRO-01', 'VTC-02'], 'answers 403 on one route to a token that another route let in', async () => {
    const { api, get, mint, asked } = await start()
    const token = mint({ scope: 'stats:write' })
    expect((await get(token)).status).toBe(200)
    expect(readRefusal(await get(token, '/stats'))).toEqual(insufficientScope('stats:read'))
    expect(readRefusal(await get(token, '/any'))).toEqual(insufficientScope('stats:read'))
    expect((await get(token)).status).toBe(200)
    expect([api.handled(), asked()]).toEqual([2, 1])
    expect((await get(mint({ scope: 'stats:read' }), '/stats')).status).toBe(200)
  })

  ruleForEach(
    ['INTRO-10', 'INTRO-11'],
    {
      'status 500': toResponse(JSON.stringify(ACTIVE), 500),
      'status 401': toResponse(JSON.stringify(ACTIVE), 401),
      'status 403': toResponse(JSON.stringify(ACTIVE), 403),
      'status 302': toResponse(JSON.stringify(ACTIVE), 302),
      'status 204': toResponse(JSON.stringify(ACTIVE), 204),
      'two values of active': toResponse('{"active":false,"active":true}'),
      'a page': toResponse('<p>active</p>', 200, 'text/html'),
    },
    'answers 503 where the endpoint says active with %s, and runs no handler',
    async (response) => {
      const { api, get, mint, authorizationServer, substitute } = await start()
      const token = mint()
      const { introspectionEndpoint } = authorizationServer
      substitute((url) => (url === introspectionEndpoint ? response : undefined))
      const { status, headers, text } = await get(token)
      expect([status, text]).toEqual([503, ''])
      expect(headers['retry-after']).toMatch(/^[1-9]\d*$/)
      expect(headers).not.toHaveProperty('www-authenticate')
      expect([api.handled(), api.errors]).toEqual([0, []])
      substitute(undefined)
      expect((await get(token)).status).toBe(200)
    },
  )

  rule(['INTRO-12', 'INTRO-15'], 'answers 503 while the endpoint is down, to new tokens alone', async () => {
    const { api, get, mint, authorizationServer, clock } = await start()
    const known = mint()
    expect((await get(known)).status).toBe(200)
    authorizationServer.behave('introspection', [{ fault: 'unavailable' }, {}])
    const refused = await get(mint())
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '20'])
    expect((await get(known)).status).toBe(200)
    expect((await get(await authorizationServer.mint())).status).toBe(200)
    expect((await get('unknown')).status).toBe(503)
    expect(api.handled()).toBe(3)
    await clock.advance(20)
    expect((await get(mint())).status).toBe(200)
    expect(readRefusal(await get('unknown'))).toEqual(INACTIVE)
  })

  rule(['INTRO-24', 'VTC-13'], 'answers 401 as soon as a token has been forgotten', async () => {
    const { api, get, mint, authorizationServer, resourceServer } = await start()
    const [token, other] = [mint({ sub: 'alice' }), mint({ sub: 'bob' })]
    for (const each of [token, other]) expect((await get(each)).status).toBe(200)
    for (const each of [token, other]) authorizationServer.revoke(each)
    resourceServer.forgetWhere({ subject: 'alice' })
    expect(readRefusal(await get(token))).toEqual(INACTIVE)
    expect((await get(other)).status).toBe(200)
    resourceServer.forget(other)
    expect(readRefusal(await get(other))).toEqual(INACTIVE)
    expect(api.handled()).toBe(3)
  })
})

function toResponse(content: string, status = 200, type = 'application/json'): FetchResponse {
  return {
    status,
    headers: new Headers({ 'Content-Type': type, Location: '/elsewhere' }),
    // One for each time it is read.
    get body() {
      return new Blob([content]).stream()
    },
  }
}
