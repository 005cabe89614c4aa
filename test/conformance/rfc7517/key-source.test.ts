import { expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { startAuthorizationServer } from '@bearward/testing'
import { createManualClock } from '../../support/manual-clock.js'
import { createOwnKey } from '../../support/jws.js'
import { judge, requestWithToken, verdictOn } from '../../support/request.js'
import { rule } from '../../support/rule.js'
import { AUDIENCE, useServers } from '../../support/servers.js'
import { createVirtualServers } from '../../support/virtual-servers.js'

const servers = useServers()

rule(
  ['jwks-impl-a', 'JWKS-01', 'JWKS-10'],
  'fetches the key set once for a flood of unknown key identifiers, and again after 30 seconds',
  async () => {
    const { authorizationServer, resourceServer, clock, verdict } = await createVirtualServers()
    const { requests, mint } = authorizationServer
    expect(await verdict()).toBe('accepted')
    expect(requests).toMatchObject({ metadata: 1, jwks: 1 })
    const iat = clock.now() - 1
    await clock.advance(1)

    const flood = async (name: string): Promise<ReadonlySet<string>> => {
      const kids = Array.from({ length: 100 }, (_, index) => `${name}-${String(index)}`)
      const tokens = await Promise.all(kids.map((kid) => mint({ iat }, { kid })))
      return new Set(await Promise.all(tokens.map((token) => verdictOn(resourceServer, token))))
    }
    expect(await flood('first')).toEqual(new Set(['ERR_TOKEN_KEY']))
    expect(requests.jwks).toBe(2)
    await clock.advance(29.9)
    expect(await flood('second')).toEqual(new Set(['ERR_TOKEN_KEY']))
    expect(requests.jwks).toBe(2)
    expect(await verdict()).toBe('accepted')
    await clock.advance(0.1)
    expect(await flood('third')).toEqual(new Set(['ERR_TOKEN_KEY']))
    expect(requests.jwks).toBe(3)
    expect(await verdict()).toBe('accepted')
    expect(requests.jwks).toBe(3)
    resourceServer.close()
  },
)

rule(
  ['jwks-impl-a', 'JWKS-01', 'JWKS-10'],
  'cannot tell, and does not refuse, where tokens newer than the last look are many and unknown; fetches twice for all of them',
  async () => {
    const { authorizationServer, resourceServer, clock, verdict } = await createVirtualServers()
    const { requests, mint } = authorizationServer
    expect(await verdict()).toBe('accepted')
    const verdicts: string[] = []
    for (let second = 1; second <= 20; second += 1) {
      await clock.advance(1)
      const kids = Array.from({ length: 10 }, (_, index) => `${String(second)}-${String(index)}`)
      const tokens = await Promise.all(kids.map((kid) => mint({}, { kid })))
      verdicts.push(...(await Promise.all(tokens.map((token) => verdictOn(resourceServer, token)))))
      expect(await verdict()).toBe('accepted')
    }
    expect(new Set(verdicts)).toEqual(new Set(['ERR_TOKEN_KEY', 'ERR_KEY_SEARCH_LIMIT']))
    expect(verdicts.filter((code) => code === 'ERR_TOKEN_KEY')).toHaveLength(10) // those who shared the look
    expect(requests.jwks).toBe(2)
    await authorizationServer.rotateKeys()
    const rotated = await mint()
    expect(await verdictOn(resourceServer, rotated)).toBe('ERR_KEY_SEARCH_LIMIT')
    expect(await verdictOn(resourceServer, rotated)).toBe('accepted')
    expect(requests.jwks).toBe(3)
    resourceServer.close()
  },
)

rule('jwks-impl-a', 'accepts the first token of a key that was rotated in, after one fetch', async () => {
  const { authorizationServer, resourceServer } = servers()
  const old = await authorizationServer.mint()
  expect(await verdictOn(resourceServer, old)).toBe('accepted')
  await authorizationServer.rotateKeys({ keepOld: true })
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  expect(await verdictOn(resourceServer, old)).toBe('accepted')
  expect(authorizationServer.requests.jwks).toBe(2)
})

rule(
  ['jwks-impl-a', 'JWKS-10'],
  'asks once for metadata and keys when many first requests come at once',
  async () => {
    const { authorizationServer, resourceServer } = servers()
    const tokens = await Promise.all(Array.from({ length: 500 }, () => authorizationServer.mint()))
    const verdicts = await Promise.all(tokens.map((token) => verdictOn(resourceServer, token)))
    expect(new Set(verdicts)).toEqual(new Set(['accepted']))
    expect(authorizationServer.requests).toEqual({
      metadata: 1,
      jwks: 1,
      token: 0,
      introspection: 0,
      revocation: 0,
      other: 0,
    })
  },
)

rule(
  ['jwks-impl-b', 'JWKS-08'],
  'cannot tell, and does not refuse, where no keys were ever obtained',
  async () => {
    const clock = createManualClock()
    const { authorizationServer, protect } = servers()
    const resourceServer = protect({ clock })
    const token = await authorizationServer.mint()
    authorizationServer.intercept(({ endpoint }) => (endpoint === 'jwks' ? { status: 500 } : undefined))
    const outcome = await judge(resourceServer, requestWithToken(token))
    expect(outcome).toMatchObject({
      verdict: 'unavailable',
      error: { code: 'ERR_AUTHORIZATION_SERVER_RESPONSE', status: 503 },
    })
    if (outcome.verdict !== 'unavailable') throw new Error('decided without keys')
    expect(resourceServer.answer(outcome.error)).toEqual({
      status: 503,
      headers: { 'Cache-Control': 'no-store', 'Retry-After': '5' },
      body: '',
    })
    authorizationServer.intercept(undefined)
    clock.advance(5)
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  },
)

rule(
  ['jwks-impl-b', 'JWKS-02', 'JWKS-07'],
  'goes on with the keys it has for 24 hours of an outage, and cannot tell after that',
  async () => {
    const { authorizationServer, resourceServer, clock, verdict } = await createVirtualServers()
    expect(await verdict()).toBe('accepted')
    for (const endpoint of ['metadata', 'jwks'] as const) {
      authorizationServer.behave(endpoint, { fault: 'refuse' })
    }
    await clock.advance(600)
    expect(await verdict()).toBe('accepted')
    await clock.advance(86_400 - 1)
    expect(await verdict()).toBe('accepted')
    await clock.advance(1)
    expect(await verdict()).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
    for (const endpoint of ['metadata', 'jwks'] as const) authorizationServer.behave(endpoint, undefined)
    await clock.advance(60)
    expect(await verdict()).toBe('accepted')
    resourceServer.close()
  },
)

rule(
  ['jwks-impl-b', 'JWKS-02'],
  'cannot tell of a key that was rotated in during an outage, however long it lasts',
  async () => {
    const { authorizationServer, resourceServer, clock, verdict } = await createVirtualServers()
    const old = await authorizationServer.mint({ exp: clock.now() + 86_400 })
    expect(await verdictOn(resourceServer, old)).toBe('accepted')
    await authorizationServer.rotateKeys()
    authorizationServer.behave('jwks', { fault: 'reset' })
    for (const seconds of [1, 5, 29, 565, 3_600]) {
      await clock.advance(seconds)
      expect(await verdict()).toMatch(/^ERR_(AUTHORIZATION_SERVER_UNREACHABLE|KEY_SEARCH_LIMIT)$/)
      expect(await verdictOn(resourceServer, old)).toBe('accepted')
    }
    authorizationServer.behave('jwks', undefined)
    await clock.advance(60)
    expect(await verdict()).toBe('accepted')
    resourceServer.close()
  },
)

rule(
  ['jwks-impl-d', 'ISS-02'],
  'verifies no token with the key of another issuer, whatever its kid',
  async () => {
    const first = await startAuthorizationServer({ algorithms: ['ES256'], path: '/first' })
    const second = await startAuthorizationServer({ algorithms: ['ES256'], path: '/second' })
    const [keyOfFirst, keyOfSecond] = [createOwnKey('P-256', 'same'), createOwnKey('P-256', 'same')]
    first.publish([keyOfFirst.jwk])
    second.publish([keyOfSecond.jwk])
    const resourceServer = createResourceServer({
      authorizationServers: [{ issuer: first.issuer }, { issuer: second.issuer }],
      audience: AUDIENCE,
    })
    // Judged twice: before and after the keys of both are in hand.
    for (let round = 0; round < 2; round += 1) {
      expect(await verdictOn(resourceServer, await keyOfFirst.mint(second))).toBe('ERR_TOKEN_SIGNATURE')
      expect(await verdictOn(resourceServer, await keyOfSecond.mint(first))).toBe('ERR_TOKEN_SIGNATURE')
      expect(await verdictOn(resourceServer, await keyOfFirst.mint(first))).toBe('accepted')
      expect(await verdictOn(resourceServer, await keyOfSecond.mint(second))).toBe('accepted')
    }
    await Promise.all([first.close(), second.close()])
  },
)
