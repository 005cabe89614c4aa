import { expect } from '@jest/globals'
import type { Fault } from '@bearward/testing'
import { createOwnKey } from '../support/jws.js'
import { judge, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { createVirtualServers, type VirtualServers } from '../support/virtual-servers.js'

const DAY = 86_400
const UNUSABLE = 'ERR_AUTHORIZATION_SERVER_RESPONSE'
const UNREACHABLE = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'

/** Answers without a key in them that can be used, and what is said of them where there is no other. */
const FAILURES: Readonly<Record<string, readonly [fault: Fault, code: string]>> = {
  'an error': ['server-error', UNUSABLE],
  'a refused connection': ['refuse', UNREACHABLE],
  'a cut connection': ['reset', UNREACHABLE],
  'half of it': ['truncate', UNUSABLE],
  'an error page': ['error-page', UNUSABLE],
  'a redirect': ['redirect', UNUSABLE],
  '304 without having been asked': ['not-modified', UNUSABLE],
  'an array': ['wrong-json', UNUSABLE],
  'plain text': ['wrong-type', UNUSABLE],
  'more than 64 KiB': ['huge-body', UNUSABLE],
  'no key': ['empty-key-set', 'ERR_KEY_SET_INVALID'],
}

/** The verdict on a token that `key` signed now. */
async function verdictOnKey(servers: VirtualServers, key: ReturnType<typeof createOwnKey>): Promise<string> {
  const { authorizationServer, resourceServer } = servers
  return verdictOn(resourceServer, await key.mint(authorizationServer))
}

ruleForEach(
  ['JWKS-02', 'JWKS-15'],
  FAILURES,
  'keeps its keys where the refresh ends in %s, and takes new ones from the next good answer',
  async ([fault]) => {
    const servers = await createVirtualServers()
    const { clock, authorizationServer, resourceServer, verdict } = servers
    const [first, second] = [createOwnKey('P-256', 'first'), createOwnKey('P-256', 'second')]
    authorizationServer.publish([first.jwk])
    expect(await verdictOnKey(servers, first)).toBe('accepted')
    authorizationServer.behave('jwks', { fault })
    authorizationServer.publish([second.jwk])
    await clock.advance(590)
    expect(resourceServer.health().authorizationServers[0]?.lastError).toBeDefined()
    expect(await verdictOnKey(servers, first)).toBe('accepted')
    authorizationServer.behave('jwks', undefined)
    await clock.advance(60)
    expect(await verdictOnKey(servers, second)).toBe('accepted')
    expect(await verdictOnKey(servers, first)).toBe('ERR_TOKEN_KEY')
    expect(await verdict()).toBe('ERR_TOKEN_KEY')
  },
)

ruleForEach(
  ['JWKS-02', 'JWKS-07'],
  FAILURES,
  'uses its keys past their lifetime where refreshes end in %s, up to the configured time, and not longer',
  async ([fault, code]) => {
    const { clock, authorizationServer, verdict } = await createVirtualServers({ staleWindow: 900 })
    expect(await verdict()).toBe('accepted')
    authorizationServer.behave('jwks', { fault })
    await clock.advance(1_499.999)
    expect(await verdict()).toBe('accepted')
    await clock.advance(0.001)
    expect(await verdict()).toBe(code)
    authorizationServer.behave('jwks', undefined)
    await clock.advance(60)
    expect(await verdict()).toBe('accepted')
  },
)

rule('JWKS-07', 'uses its keys for 24 hours past their lifetime where nothing is configured', async () => {
  const { clock, authorizationServer, verdict } = await createVirtualServers()
  expect(await verdict()).toBe('accepted')
  authorizationServer.behave('jwks', { fault: 'refuse' })
  await clock.advance(600 + DAY - 0.001)
  expect(await verdict()).toBe('accepted')
  await clock.advance(0.001)
  expect(await verdict()).toBe(UNREACHABLE)
  authorizationServer.behave('jwks', undefined)
  await clock.advance(60)
  expect(await verdict()).toBe('accepted')
})

rule('JWKS-07', 'says 503 past the bound of stale keys, for good and for forged tokens alike', async () => {
  const { clock, authorizationServer, resourceServer } = await createVirtualServers({ staleWindow: 0 })
  const judgeNow = async (options?: Parameters<typeof authorizationServer.mint>[1]) =>
    judge(resourceServer, requestWithToken(await authorizationServer.mint({}, options)))
  expect(await judgeNow()).toMatchObject({ verdict: 'accepted' })
  authorizationServer.behave('jwks', { fault: 'server-error' })
  await clock.advance(599)
  expect(await judgeNow()).toMatchObject({ verdict: 'accepted' })
  await clock.advance(1)
  for (const options of [{}, { key: 'unpublished' }, { signature: 'corrupt' }] as const) {
    const outcome = await judgeNow(options)
    expect(outcome).toMatchObject({ verdict: 'unavailable', error: { status: 503, code: UNUSABLE } })
  }
  authorizationServer.behave('jwks', undefined)
  await clock.advance(60)
  expect(await judgeNow()).toMatchObject({ verdict: 'accepted' })
})

ruleForEach(
  'JWKS-06',
  {
    '600 seconds, without a word of the server': [undefined, {}, 600],
    'the minute that the server says': ['max-age=60', {}, 60],
    'a minute, where the server says less': ['no-store', {}, 60],
    'a day, where the server says more': ['max-age=31536000', {}, DAY],
    'the interval that is configured, whatever the server says': [
      'max-age=31536000',
      { refreshInterval: 120 },
      120,
    ],
  } as const,
  'refuses a withdrawn key after %s, though no token names an unknown one',
  async ([cacheControl, options, interval]) => {
    const servers = await createVirtualServers(options)
    const { clock, authorizationServer } = servers
    const [withdrawn, kept] = [createOwnKey('P-256', 'withdrawn'), createOwnKey('P-256', 'kept')]
    authorizationServer.behave('jwks', cacheControl && { headers: { 'Cache-Control': cacheControl } })
    authorizationServer.publish([withdrawn.jwk, kept.jwk])
    expect(await verdictOnKey(servers, withdrawn)).toBe('accepted')
    authorizationServer.publish([kept.jwk])
    await clock.advance(interval * 0.69)
    expect(await verdictOnKey(servers, withdrawn)).toBe('accepted')
    await clock.advance(interval * 0.31)
    expect(await verdictOnKey(servers, withdrawn)).toBe('ERR_TOKEN_KEY')
    expect(await verdictOnKey(servers, kept)).toBe('accepted')
  },
)

rule('JWKS-06', 'refuses a withdrawn key as soon as any search has noticed', async () => {
  const { clock, authorizationServer, resourceServer, verdict } = await createVirtualServers()
  const old = await authorizationServer.mint()
  expect(await verdictOn(resourceServer, old)).toBe('accepted')
  await authorizationServer.rotateKeys()
  await clock.advance(1)
  expect(await verdictOn(resourceServer, old)).toBe('accepted')
  expect(await verdict()).toBe('accepted')
  expect(await verdictOn(resourceServer, old)).toBe('ERR_TOKEN_KEY')
})

ruleForEach(
  'JWKS-08',
  FAILURES,
  'accepts nothing where the first fetch ends in %s: neither a good token nor a forged one',
  async ([fault, code]) => {
    const { clock, authorizationServer, resourceServer, verdict } = await createVirtualServers()
    authorizationServer.behave('jwks', { fault })
    const verdictOnForged = async (options: Parameters<typeof authorizationServer.mint>[1]) =>
      verdictOn(resourceServer, await authorizationServer.mint({}, options))
    expect(await verdict()).toBe(code)
    expect(await verdictOnForged({ key: 'unpublished' })).toBe(code)
    expect(await verdictOnForged({ kid: null })).toBe(code)
    expect(await verdictOnForged({ signature: 'stripped' })).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdictOnForged({ signature: 'none' })).toBe('ERR_TOKEN_ALGORITHM')
    expect(await verdictOnForged({ key: { secret: Buffer.alloc(0) } })).toBe('ERR_TOKEN_ALGORITHM')
    authorizationServer.behave('jwks', undefined)
    await clock.advance(5)
    expect(await verdict()).toBe('accepted')
  },
)

ruleForEach(
  'JWKS-20',
  FAILURES,
  'recovers by itself from a first fetch that ended in %s, and asks nobody for 4 seconds',
  async ([fault, code]) => {
    const { clock, authorizationServer, verdict } = await createVirtualServers()
    authorizationServer.behave('jwks', { fault })
    expect(await Promise.all([verdict(), verdict(), verdict()])).toEqual([code, code, code])
    authorizationServer.behave('jwks', undefined)
    await clock.advance(3.9)
    expect(await verdict()).toBe(code)
    expect(authorizationServer.requests.jwks).toBe(1)
    await clock.advance(1.1)
    expect(await Promise.all([verdict(), verdict()])).toEqual(['accepted', 'accepted'])
    expect(authorizationServer.requests.jwks).toBe(2)
  },
)
