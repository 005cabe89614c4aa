import { expect } from '@jest/globals'
import { judge, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { createVirtualServers } from '../support/virtual-servers.js'

type Headers = Readonly<Record<string, string>>

const MINUTE = 60
const DEFAULT = 600
const DAY = 86_400
const ENDLESS = '9'.repeat(400)

/** Header fields of a key set, and for how many seconds they make it fresh. */
const LIFETIMES: Readonly<Record<string, readonly [headers: Headers, lifetime: number]>> = {
  'a day and more': [{ 'Cache-Control': 'max-age=99999999' }, DAY],
  'a number of 400 digits': [{ 'Cache-Control': `max-age=${ENDLESS}` }, DAY],
  'two numbers of 400 digits, one less the other': [
    { 'Cache-Control': `max-age=${ENDLESS}`, Age: ENDLESS },
    MINUTE,
  ],
  'an age of 400 digits': [{ 'Cache-Control': 'max-age=3600', Age: ENDLESS }, MINUTE],
  'a negative age': [{ 'Cache-Control': 'max-age=3600', Age: '-3600' }, 3_600],
  'an age in words': [{ 'Cache-Control': 'max-age=3600', Age: 'old' }, 3_600],
  'a negative number': [{ 'Cache-Control': 'max-age=-1' }, DEFAULT],
  'a number with an exponent': [{ 'Cache-Control': 'max-age=1e9' }, DEFAULT],
  'a hexadecimal number': [{ 'Cache-Control': 'max-age=0xffff' }, DEFAULT],
  Infinity: [{ 'Cache-Control': 'max-age=Infinity' }, DEFAULT],
  nothing: [{ 'Cache-Control': 'max-age=' }, DEFAULT],
  zero: [{ 'Cache-Control': 'max-age=0' }, MINUTE],
  'two numbers': [{ 'Cache-Control': 'max-age=86400, max-age=120' }, 120],
  'a number, but not to be stored': [{ 'Cache-Control': 'max-age=86400, No-Store' }, MINUTE],
  'another directive that ends like it': [{ 'Cache-Control': 'x-max-age=86400' }, DEFAULT],
  'the number for shared caches': [{ 'Cache-Control': 's-maxage=86400' }, DEFAULT],
  '10000 commas': [{ 'Cache-Control': ','.repeat(10_000) }, DEFAULT],
}

ruleForEach(
  'AGE-01',
  LIFETIMES,
  'plans the next refresh in time where max-age says %s',
  async ([headers, lifetime]) => {
    const { clock, authorizationServer, resourceServer, verdict } = await createVirtualServers()
    const health = () => resourceServer.health().authorizationServers[0]
    authorizationServer.behave('jwks', { headers })
    expect(await verdict()).toBe('accepted')
    expect(health()?.nextRefresh).toBeGreaterThanOrEqual(lifetime * 0.7)
    expect(health()?.nextRefresh).toBeLessThanOrEqual(lifetime * 0.8)
    expect(health()?.timeLeft).toBe(lifetime + DAY)
    const old = await authorizationServer.mint({ exp: Math.floor(clock.now()) + 3 * DAY })
    await authorizationServer.rotateKeys()
    await clock.advance(lifetime)
    expect(await verdictOn(resourceServer, old)).toBe('ERR_TOKEN_KEY')
    expect(await verdict()).toBe('accepted')
  },
)

rule('AGE-01', 'uses keys no longer than the bound of stale ones, whatever max-age says', async () => {
  const { clock, authorizationServer, verdict } = await createVirtualServers({ staleWindow: 0 })
  authorizationServer.behave('jwks', { headers: { 'Cache-Control': `max-age=${ENDLESS}`, Age: ENDLESS } })
  expect(await verdict()).toBe('accepted')
  authorizationServer.behave('jwks', { fault: 'refuse' })
  await clock.advance(59.9)
  expect(await verdict()).toBe('accepted')
  await clock.advance(0.1)
  expect(await verdict()).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
})

/** Values of `Retry-After`, and for how many seconds nobody asks again: 4 at least, 5 at most, where they say nothing. */
const PAUSES: Readonly<Record<string, readonly [value: string, least: number, most: number]>> = {
  'a year': ['31536000', 300, 300],
  'a number of 400 digits': [ENDLESS, 300, 300],
  'a date in the year 9999': ['Fri, 31 Dec 9999 23:59:59 GMT', 300, 300],
  'a date in the past': ['Thu, 01 Jan 1970 00:00:00 GMT', 4, 5],
  'a date that is none': ['Fri, 99 Dec 2026 99:99:99 GMT', 4, 5],
  'a negative number': ['-30', 4, 5],
  'a number with an exponent': ['1e9', 4, 5],
  'a fraction': ['30.5', 4, 5],
  'two numbers': ['30, 60', 4, 5],
  zero: ['0', 4, 5],
  nothing: ['', 4, 5],
}

ruleForEach(
  'AGE-02',
  PAUSES,
  'asks again by itself, and in 5 minutes at the latest, where Retry-After says %s',
  async ([value, least, most]) => {
    const { clock, authorizationServer, resourceServer, verdict } = await createVirtualServers()
    const headers = { 'Retry-After': value }
    authorizationServer.behave('metadata', { fault: 'unavailable', headers })
    const request = requestWithToken(await authorizationServer.mint())
    const outcome = await judge(resourceServer, request)
    expect(outcome).toMatchObject({ verdict: 'unavailable', error: { retryAfter: most } })
    authorizationServer.behave('metadata', undefined)
    await clock.advance(least - 0.001)
    expect(await verdict()).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
    expect(authorizationServer.requests.metadata).toBe(1)
    await clock.advance(most - least + 0.001)
    expect(await verdict()).toBe('accepted')
  },
)

ruleForEach(
  'AGE-03',
  {
    'without quotation marks': 'abc',
    'with a quotation mark inside': '"a"b"',
    'with a space': '"a b"',
    'with a comma after it': '"a", "b"',
    'that is a star': '*',
    'of 300 characters': `"${'x'.repeat(300)}"`,
    'that is empty': '',
  },
  'sends back no ETag %s',
  async (etag) => {
    const { clock, authorizationServer, verdict } = await createVirtualServers()
    const conditional = () => authorizationServer.log.filter(({ isConditional }) => isConditional).length
    authorizationServer.behave('jwks', { headers: { ETag: etag } })
    expect(await verdict()).toBe('accepted')
    await clock.advance(600)
    expect([authorizationServer.requests.jwks, conditional()]).toEqual([2, 0])
    authorizationServer.behave('jwks', { headers: { ETag: '"good"' } })
    await clock.advance(1_200)
    expect(conditional()).toBeGreaterThan(0)
    expect(await verdict()).toBe('accepted')
  },
)

rule(
  'AGE-03',
  'accepts the first token of a rotated key from a server whose ETag never changes',
  async () => {
    const { clock, authorizationServer, resourceServer, substitute, verdict } = await createVirtualServers()
    const { jwksUri } = authorizationServer
    const isLastConditional = () =>
      authorizationServer.log.filter(({ endpoint }) => endpoint === 'jwks').at(-1)?.isConditional === true
    const keySet = () => Response.json(authorizationServer.keySet(), { headers: { ETag: '"1"' } })
    const unchanged = () => new Response(null, { status: 304, headers: { ETag: '"1"' } })
    substitute((url) => {
      if (url !== jwksUri) return undefined
      return isLastConditional() ? unchanged() : keySet()
    })
    expect(await verdict()).toBe('accepted')
    const withdrawn = await authorizationServer.mint({ exp: Math.floor(clock.now()) + DAY })
    await clock.advance(600)
    expect(isLastConditional()).toBe(true)
    await authorizationServer.rotateKeys()
    await clock.advance(60)
    expect(await verdictOn(resourceServer, withdrawn)).toBe('accepted')
    expect(await verdict()).toBe('accepted')
    expect(await verdictOn(resourceServer, withdrawn)).toBe('ERR_TOKEN_KEY')
  },
)
