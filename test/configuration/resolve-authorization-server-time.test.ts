import { describe, expect, jest, test } from '@jest/globals'
import { createResourceServer, type Fetch, type ResolveAuthorizationServer } from '@bearward/core'
import { createManualClock } from '../support/manual-clock.js'
import { judge, requestWithToken, verdictOn } from '../support/request.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()
const OUTAGE = 'ERR_AUTHORIZATION_SERVER_RESPONSE'

/** A resource server that looks its issuers up so, and the verdict on a token that holds for a day. */
async function protectBy(resolve: ResolveAuthorizationServer) {
  const clock = createManualClock()
  const resolveAuthorizationServer = jest.fn(resolve)
  const resourceServer = createResourceServer({ audience: AUDIENCE, clock, resolveAuthorizationServer })
  const token = await servers().authorizationServer.mint({ exp: clock.now() + 86_400 })
  const verdict = () => verdictOn(resourceServer, token)
  return { resourceServer, resolve: resolveAuthorizationServer, clock, token, verdict }
}

describe('resolveAuthorizationServer that never answers', () => {
  test('leaves the verdict open after 5 seconds by the clock, and is asked again', async () => {
    const { issuer } = servers().authorizationServer
    let isLost = true
    const { resourceServer, resolve, clock, token, verdict } = await protectBy(() =>
      isLost ? new Promise(() => undefined) : { issuer },
    )
    const settled: string[] = []
    const first = judge(resourceServer, requestWithToken(token))
    const joined = verdict()
    for (const outcome of [first, joined]) void outcome.then(() => settled.push('settled'))
    clock.advance(4.9)
    await new Promise(setImmediate)
    expect(settled).toEqual([])
    clock.advance(0.1)
    expect(await first).toMatchObject({
      verdict: 'unavailable',
      error: { code: 'ERR_ISSUER_LOOKUP', status: 503, headers: { 'Retry-After': '5' } },
    })
    expect(await joined).toBe('ERR_ISSUER_LOOKUP')
    expect(resolve).toHaveBeenCalledTimes(1)
    isLost = false
    expect(await verdict()).toBe('accepted')
    expect(resolve).toHaveBeenCalledTimes(2)
  })

  test('is not heard any more where it answers, or fails, later', async () => {
    const { issuer } = servers().authorizationServer
    let finish: (late: Promise<undefined>) => void = () => undefined
    for (const late of [() => Promise.resolve(undefined), () => Promise.reject(new Error('late'))]) {
      let isSlow = true
      const { clock, verdict } = await protectBy(() =>
        isSlow
          ? new Promise<undefined>((resolve) => {
              finish = resolve
            })
          : { issuer },
      )
      const first = verdict()
      clock.advance(5)
      expect(await first).toBe('ERR_ISSUER_LOOKUP')
      isSlow = false
      expect(await verdict()).toBe('accepted')
      finish(late())
      await new Promise(setImmediate)
      expect(await verdict()).toBe('accepted')
    }
  })
})

describe('the keys of an issuer that is looked up again', () => {
  /** The verdict after this answer to the first look-up and this one to the second, while there are no keys to be had. */
  async function verdictInOutage(first: object, second: object): Promise<string> {
    const { authorizationServer } = servers()
    const { issuer } = authorizationServer
    authorizationServer.intercept(undefined)
    const answers = [first, second]
    const { resolve, clock, verdict } = await protectBy(() => ({ issuer, ...answers.shift() }))
    expect(await verdict()).toBe('accepted')
    authorizationServer.intercept(() => ({ status: 503 }))
    clock.advance(601)
    const outcome = await verdict()
    expect(resolve).toHaveBeenCalledTimes(2)
    return outcome
  }

  const own: Fetch = (url, init) => fetch(url, init)
  const other: Fetch = (url, init) => fetch(url, init)

  test('hold on through an outage, as those of a configured issuer do', async () => {
    const { authorizationServer, protect } = servers()
    expect(await verdictInOutage({}, {})).toBe('accepted')
    expect(await verdictInOutage({}, { scopesFrom: 'scp', clockTolerance: 10 })).toBe('accepted')
    expect(await verdictInOutage({ fetch: own }, { fetch: own })).toBe('accepted')
    authorizationServer.intercept(undefined)
    const clock = createManualClock()
    const configured = protect({ clock })
    const token = await authorizationServer.mint({ exp: clock.now() + 86_400 })
    expect(await verdictOn(configured, token)).toBe('accepted')
    authorizationServer.intercept(() => ({ status: 503 }))
    clock.advance(601)
    expect(await verdictOn(configured, token)).toBe('accepted')
  })

  test('do not outlive the way that led to them', async () => {
    const { jwksUri, issuer } = servers().authorizationServer
    const { origin } = new URL(issuer)
    expect(await verdictInOutage({}, { jwksUri })).toBe(OUTAGE)
    expect(await verdictInOutage({}, { internalOrigin: origin })).toBe(OUTAGE)
    expect(await verdictInOutage({}, { dangerouslyAllowHttp: true })).toBe(OUTAGE)
    expect(await verdictInOutage({ fetch: own }, { fetch: other })).toBe(OUTAGE)
  })

  test('are judged by what the second answer says', async () => {
    expect(await verdictInOutage({}, { audience: 'urn:other' })).toBe('ERR_TOKEN_AUDIENCE')
  })

  test('are not fetched again because of it', async () => {
    const { authorizationServer } = servers()
    const { issuer } = authorizationServer
    const { resourceServer, resolve, clock, verdict } = await protectBy(() => ({ issuer }))
    const unsigned = await authorizationServer.mint({}, { signature: 'stripped' })
    expect(await verdictOn(resourceServer, unsigned)).toBe('ERR_TOKEN_SIGNATURE')
    expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    clock.advance(300)
    expect(await verdict()).toBe('accepted')
    clock.advance(300)
    expect(await verdict()).toBe('accepted')
    expect(resolve).toHaveBeenCalledTimes(2)
    expect(authorizationServer.requests).toMatchObject({ metadata: 1, jwks: 1 })
  })
})
