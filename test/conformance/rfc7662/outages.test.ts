import { describe, expect } from '@jest/globals'
import { UnavailableError, type RefusedError } from '@bearward/core'
import type { Fault } from '@bearward/testing'
import request from 'supertest'
import { ADAPTERS } from '../../support/apis.js'
import { createIntrospectingServers } from '../../support/introspection.js'
import { invalidToken, readRefusal } from '../../support/refusal.js'
import { judge, requestWithToken } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'

const UNREACHABLE = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'
const UNUSABLE = 'ERR_AUTHORIZATION_SERVER_RESPONSE'
const REFUSED = 'ERR_INTROSPECTION_REFUSED'

/** What is wrong with the endpoint, what that is to the operator, and when the client is told to come back. */
const FAULTS: Readonly<Record<string, readonly [fault: Fault, code: string, retryAfter: number]>> = {
  'never answers': ['hang', UNREACHABLE, 2],
  'sends its answer slowly': ['slow-body', UNREACHABLE, 2],
  'does not listen': ['refuse', UNREACHABLE, 5],
  'breaks the connection': ['reset', UNREACHABLE, 5],
  'sends half of its answer': ['truncate', UNUSABLE, 5],
  'sends a page': ['error-page', UNUSABLE, 5],
  'fails with 500': ['server-error', UNUSABLE, 5],
  'is overloaded': ['too-many-requests', UNUSABLE, 20],
  'is down, and says until when': ['unavailable', UNUSABLE, 20],
  'redirects to another host': ['redirect', UNUSABLE, 5],
  'says that nothing changed': ['not-modified', UNUSABLE, 5],
  'sends an array': ['wrong-json', UNUSABLE, 5],
  'sends another media type': ['wrong-type', UNUSABLE, 5],
  'sends a megabyte': ['huge-body', UNUSABLE, 5],
}

ruleForEach(
  '7662-2.3-b',
  FAULTS,
  'cannot tell where the endpoint %s, and asks again when it is well',
  async ([fault, code, retryAfter]) => {
    const { clock, authorizationServer, resourceServer, mint, verdictOn } = await createIntrospectingServers()
    authorizationServer.behave('introspection', { fault })
    const token = mint()
    const outcome = judge(resourceServer, requestWithToken(token))
    await clock.advance(3)
    expect(await outcome).toMatchObject({
      verdict: 'unavailable',
      error: { code, status: 503, retryAfter, headers: { 'Retry-After': String(retryAfter) } },
    })
    authorizationServer.behave('introspection', undefined)
    await clock.advance(20)
    expect(await verdictOn(token)).toBe('accepted')
  },
)

const REFUSALS: Readonly<Record<string, Fault>> = {
  '401': 'unauthorized',
  '403': 'forbidden',
  '400': 'bad-request',
}

ruleForEach(
  '7662-2.3-a',
  REFUSALS,
  'reports to its operator, by a code of its own, that the endpoint answers with %s, and keeps no verdict',
  async (fault) => {
    const reported: (RefusedError | UnavailableError)[] = []
    const servers = await createIntrospectingServers({}, { onRefusal: (error) => void reported.push(error) })
    const { authorizationServer, mint, verdictOn, asked } = servers
    const token = mint()
    authorizationServer.behave('introspection', [{ fault }, {}])
    expect(await verdictOn(token)).toBe(REFUSED)
    expect(reported.map(({ code }) => code)).toEqual([REFUSED])
    expect(reported[0]).toBeInstanceOf(UnavailableError)
    expect(reported[0]?.message).toContain('check the option introspection')
    expect(await verdictOn(token)).toBe('accepted')
    expect(asked()).toBe(2)
  },
)

rule('7662-2.3-c', 'refuses a token that is not active, and asks but once', async () => {
  const { clock, mint, verdictOn, asked } = await createIntrospectingServers()
  expect(await verdictOn('unknown')).toBe('ERR_TOKEN_INACTIVE')
  await clock.advance(1)
  expect(asked()).toBe(1)
  expect(await verdictOn(mint())).toBe('accepted')
})

rule('7662-2.3-c', 'does not take many inactive tokens for an outage', async () => {
  const { mint, verdictOn, asked } = await createIntrospectingServers()
  for (let number = 0; number < 20; number += 1) {
    expect(await verdictOn(`unknown-${String(number)}`)).toBe('ERR_TOKEN_INACTIVE')
  }
  expect(await verdictOn(mint())).toBe('accepted')
  expect(asked()).toBe(21)
})

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  ruleForEach(
    ['7662-2.3-a', '7662-2.3-b'],
    { ...REFUSALS, 'a page': 'error-page', '500': 'server-error', '429': 'too-many-requests' } as const,
    'answers 503 and no challenge where the endpoint answers with %s, and runs no handler',
    async (fault) => {
      const { authorizationServer, resourceServer, mint } = await createIntrospectingServers()
      const api = createApi(resourceServer)
      const get = () => request(api.listener).get('/me').auth(mint(), { type: 'bearer' })
      expect((await get()).status).toBe(200)
      authorizationServer.behave('introspection', { fault })
      const { status, headers, text } = await get()
      expect([status, text, headers['cache-control']]).toEqual([503, '', 'no-store'])
      expect(headers['retry-after']).toBe(fault === 'too-many-requests' ? '20' : '5')
      expect(headers).not.toHaveProperty('www-authenticate')
      expect([api.handled(), api.errors]).toEqual([1, []])
    },
  )

  rule(
    ['7662-2.2-a', '7662-2.3-c'],
    'answers 401 where a token is not active, and runs no handler',
    async () => {
      const { resourceServer, mint } = await createIntrospectingServers()
      const api = createApi(resourceServer)
      for (const active of [false, 'true', 1]) {
        const response = await request(api.listener).get('/me').auth(mint({ active }), { type: 'bearer' })
        expect(readRefusal(response)).toEqual(invalidToken('The access token is not active'))
      }
      expect([api.handled(), api.errors]).toEqual([0, []])
      const good = await request(api.listener).get('/me').auth(mint(), { type: 'bearer' })
      expect([good.status, good.body]).toEqual([
        200,
        { subject: 'client', clientId: 'client', scopes: ['stats:read', 'stats:write'] },
      ])
    },
  )
})
