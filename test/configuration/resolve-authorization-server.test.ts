import { describe, expect, jest, test } from '@jest/globals'
import { createResourceServer, type ResolveAuthorizationServer } from '@bearward/core'
import { createManualClock } from '../support/manual-clock.js'
import { judge, requestWithToken, verdictOn } from '../support/request.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()

/** A resource server that looks its issuers up so. */
function protectBy(resolve: ResolveAuthorizationServer) {
  const clock = createManualClock()
  const resolveAuthorizationServer = jest.fn(resolve)
  const resourceServer = createResourceServer({ audience: AUDIENCE, clock, resolveAuthorizationServer })
  return { resourceServer, resolve: resolveAuthorizationServer, clock }
}

/** Accepts the issuer of the authorization server, and no other. */
const known: ResolveAuthorizationServer = (issuer) =>
  issuer === servers().authorizationServer.issuer ? { issuer } : undefined

/** A token that is refused as soon as its issuer has been found: it costs no key and no request. */
const mintUnsigned = (iss: string) => servers().authorizationServer.mint({ iss }, { signature: 'stripped' })

/** What has been asked for. */
const issuersOf = (resolve: jest.Mock<ResolveAuthorizationServer>) =>
  resolve.mock.calls.map(([issuer]) => issuer)

describe('resolveAuthorizationServer', () => {
  test('is asked for the issuer of a token, when the token comes', async () => {
    const { authorizationServer } = servers()
    const { resourceServer, resolve } = protectBy(known)
    expect(resolve).not.toHaveBeenCalled()
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
    expect(issuersOf(resolve)).toEqual([authorizationServer.issuer])
  })

  test('may answer later', async () => {
    const { resourceServer } = protectBy((issuer) => Promise.resolve(known(issuer)))
    expect(await verdictOn(resourceServer, await servers().authorizationServer.mint())).toBe('accepted')
  })

  test('decides the audience of each issuer, or leaves it to the common one', async () => {
    const { issuer, mint } = servers().authorizationServer
    const { resourceServer } = protectBy(() => ({ issuer, audience: 'urn:tenant' }))
    expect(await verdictOn(resourceServer, await mint())).toBe('ERR_TOKEN_AUDIENCE')
    expect(await verdictOn(resourceServer, await mint({ aud: 'urn:tenant' }))).toBe('accepted')
  })

  test.each([
    ['absent', undefined],
    ['a number', 1],
    ['a list', ['https://as.example.com']],
    ['null', null],
  ])('is not asked for an issuer that is %s', async (_name, iss) => {
    const { resourceServer, resolve } = protectBy(known)
    const token = await servers().authorizationServer.mint({ iss })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ISSUER')
    expect(resolve).not.toHaveBeenCalled()
  })

  test.each([
    ['undefined', () => undefined],
    ['null, as databases answer', () => null],
  ])('refuses an issuer with %s, which is not kept', async (_name, refuse: ResolveAuthorizationServer) => {
    const { issuer, mint } = servers().authorizationServer
    let isKnown = false
    const { resourceServer, resolve } = protectBy((asked) => (isKnown ? known(asked) : refuse(asked)))
    const token = await mint()
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ISSUER')
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ISSUER')
    expect(servers().authorizationServer.requests).toEqual({
      metadata: 0,
      jwks: 0,
      token: 0,
      introspection: 0,
      revocation: 0,
      other: 0,
    })
    isKnown = true
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
    expect(issuersOf(resolve)).toEqual([issuer, issuer, issuer])
  })

  test('is asked again for an accepted issuer after 10 minutes by the clock', async () => {
    const { resourceServer, resolve, clock } = protectBy(known)
    const { issuer } = servers().authorizationServer
    const token = await mintUnsigned(issuer)
    const timesAfter = async (seconds: number) => {
      clock.advance(seconds)
      expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_SIGNATURE')
      return resolve.mock.calls.length
    }
    expect(await timesAfter(0)).toBe(1)
    expect(await timesAfter(599)).toBe(1)
    clock.step(86_400)
    expect(await timesAfter(0.9)).toBe(1)
    expect(await timesAfter(0.1)).toBe(2)
  })

  test('gives up an issuer that it no longer accepts', async () => {
    let isAccepted = true
    const { resourceServer, clock } = protectBy((issuer) => (isAccepted ? { issuer } : undefined))
    const claims = { exp: clock.now() + 3600 }
    const request = requestWithToken(await servers().authorizationServer.mint(claims))
    expect(await verdictOn(resourceServer, request)).toBe('accepted')
    isAccepted = false
    clock.advance(599)
    expect(await verdictOn(resourceServer, request)).toBe('accepted')
    clock.advance(1)
    expect(await verdictOn(resourceServer, request)).toBe('ERR_TOKEN_ISSUER')
  })

  test('is asked once for all requests that wait', async () => {
    let answer: (value: undefined) => void = () => undefined
    const { issuer } = servers().authorizationServer
    const { resourceServer, resolve } = protectBy(async () => {
      await new Promise<undefined>((resume) => {
        answer = resume
      })
      return { issuer }
    })
    const token = await servers().authorizationServer.mint()
    const verdicts = Promise.all(['a', 'b', 'c'].map(() => verdictOn(resourceServer, token)))
    expect(resolve).toHaveBeenCalledTimes(1)
    answer(undefined)
    expect(await verdicts).toEqual(['accepted', 'accepted', 'accepted'])
    expect(resolve).toHaveBeenCalledTimes(1)
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('no database')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no database'))],
    ['answers for another issuer', () => ({ issuer: 'https://other.example.com' })],
    ['answers without an issuer', () => ({}) as { issuer: string }],
    ['answers a text', () => 'https://as.example.com' as unknown as undefined],
    ['answers with an option that does not exist', (issuer: string) => ({ issuer, clockSkew: 1 })],
    ['answers with an issuer over plain http', () => ({ issuer: 'http://as.example.com' })],
  ] as const satisfies readonly (readonly [string, ResolveAuthorizationServer])[])(
    'leaves the verdict open where it %s, and is asked again',
    async (_name, resolveBadly) => {
      let isBroken = true
      const { issuer } = servers().authorizationServer
      const { resourceServer, resolve } = protectBy((asked) =>
        isBroken ? resolveBadly(asked) : known(asked),
      )
      const request = requestWithToken(await servers().authorizationServer.mint({ iss: issuer }))
      const verdict = await judge(resourceServer, request)
      expect(verdict).toMatchObject({
        verdict: 'unavailable',
        error: { code: 'ERR_ISSUER_LOOKUP', status: 503, headers: { 'Retry-After': '5' } },
      })
      isBroken = false
      expect(await verdictOn(resourceServer, request)).toBe('accepted')
      expect(resolve).toHaveBeenCalledTimes(2)
    },
  )

  test('keeps its error in the cause, for the operator', async () => {
    const cause = new Error('no database')
    const { resourceServer } = protectBy(() => {
      throw cause
    })
    const verdict = await judge(resourceServer, requestWithToken(await servers().authorizationServer.mint()))
    expect(verdict).toMatchObject({ verdict: 'unavailable', error: { cause } })
  })

  test('is asked anew for the issuer not used for longest once there are a thousand others', async () => {
    const { resourceServer, resolve } = protectBy((issuer) => ({ issuer }))
    const issuers = Array.from({ length: 1001 }, (_, index) => `https://as.example.com/${String(index)}`)
    for (const issuer of issuers) {
      expect(await verdictOn(resourceServer, await mintUnsigned(issuer))).toBe('ERR_TOKEN_SIGNATURE')
    }
    expect(resolve).toHaveBeenCalledTimes(1001)
    expect(await verdictOn(resourceServer, await mintUnsigned('https://as.example.com/1000'))).toBe(
      'ERR_TOKEN_SIGNATURE',
    )
    expect(resolve).toHaveBeenCalledTimes(1001)
    expect(await verdictOn(resourceServer, await mintUnsigned('https://as.example.com/0'))).toBe(
      'ERR_TOKEN_SIGNATURE',
    )
    expect(resolve).toHaveBeenCalledTimes(1002)
  })
})
