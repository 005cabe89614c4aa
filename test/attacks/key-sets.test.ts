import { expect } from '@jest/globals'
import type { InterceptedResponse } from '@bearward/testing'
import { createManualClock } from '../support/manual-clock.js'
import { createOwnKey, putTogether, takeApart } from '../support/jws.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

/** A resource server on a manual clock, and what it says of tokens issued at the time of that clock. */
function prepare() {
  const clock = createManualClock()
  const { authorizationServer, protect } = servers()
  const resourceServer = protect({ clock })
  const mint = (): Promise<string> => {
    const iat = Math.floor(clock.now())
    return authorizationServer.mint({ iat, exp: iat + 300 })
  }
  const verdict = async (): Promise<string> => verdictOn(resourceServer, await mint())
  /** The verdicts on this many tokens of unknown keys, each once. */
  const flood = async (size: number): Promise<readonly string[]> => {
    const { payload, signature } = takeApart(await mint())
    const verdicts = Array.from({ length: size }, (_, index) => {
      const header = { alg: 'ES256', typ: 'at+jwt', kid: `unknown-${String(index)}` }
      return verdictOn(resourceServer, putTogether(header, payload, signature))
    })
    return [...new Set(await Promise.all(verdicts))]
  }
  return { clock, authorizationServer, resourceServer, mint, verdict, flood }
}

/** Answers requests for the key set with this. */
function failWith(answer: InterceptedResponse): void {
  servers().authorizationServer.intercept(({ endpoint }) => (endpoint === 'jwks' ? answer : undefined))
}

const FAILURES: Readonly<Record<string, readonly [answer: InterceptedResponse, code: string]>> = {
  'an error': [{ status: 500 }, 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
  'a refusal': [{ status: 401 }, 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
  'a cut connection': ['disconnect', 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'],
  'no content': [{ status: 204 }, 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
  'an error page': [
    { headers: { 'Content-Type': 'text/html' }, body: '<html>' },
    'ERR_AUTHORIZATION_SERVER_RESPONSE',
  ],
  'no key': [{ headers: { 'Content-Type': 'application/json' }, body: '{"keys":[]}' }, 'ERR_KEY_SET_INVALID'],
}

rule('JWKS-01', 'asks once for 1000 unknown key identifiers, and known keys go on working', async () => {
  const { authorizationServer, clock, verdict, flood } = prepare()
  expect(await verdict()).toBe('accepted')
  clock.advance(1)
  expect(await flood(1_000)).toEqual(['ERR_TOKEN_KEY'])
  expect(await verdict()).toBe('accepted')
  expect(authorizationServer.requests).toMatchObject({ metadata: 2, jwks: 2 })
})

rule('JWKS-01', 'asks once in 30 seconds, however long the flood lasts', async () => {
  const { authorizationServer, clock, verdict, flood } = prepare()
  expect(await verdict()).toBe('accepted')
  for (let second = 0; second < 90; second += 1) {
    clock.advance(1)
    expect(await flood(5)).toEqual(['ERR_TOKEN_KEY'])
  }
  expect(await verdict()).toBe('accepted')
  expect(authorizationServer.requests.jwks).toBe(1 + 3)
})

ruleForEach(
  ['JWKS-02', 'JWKS-04'],
  FAILURES,
  'keeps its keys where a search for an unknown one ends in %s, and asks once in 5 seconds',
  async ([answer, code]) => {
    const { authorizationServer, clock, verdict, flood } = prepare()
    expect(await verdict()).toBe('accepted')
    clock.advance(1)
    failWith(answer)
    for (const expected of [2, 3, 4]) {
      expect(await flood(100)).toEqual([code])
      expect(await verdict()).toBe('accepted')
      clock.advance(4.9)
      expect(await flood(100)).toEqual([code])
      expect(authorizationServer.requests.jwks).toBe(expected)
      clock.advance(0.1)
    }
    authorizationServer.intercept(undefined)
    expect(await flood(100)).toEqual(['ERR_TOKEN_KEY'])
    expect(await verdict()).toBe('accepted')
  },
)

ruleForEach(
  ['JWKS-02', 'JWKS-07'],
  FAILURES,
  'keeps its keys for 24 hours where refreshes end in %s, and not longer',
  async ([answer, code]) => {
    const { authorizationServer, clock, verdict } = prepare()
    expect(await verdict()).toBe('accepted')
    failWith(answer)
    for (let hour = 1; hour < 24; hour += 1) {
      clock.advance(3_600)
      expect(await verdict()).toBe('accepted')
    }
    clock.advance(3_600)
    expect(await verdict()).toBe(code)
    authorizationServer.intercept(undefined)
    clock.advance(5)
    expect(await verdict()).toBe('accepted')
  },
)

rule(
  'JWKS-06',
  'refuses a withdrawn key after 600 seconds, though no token names an unknown one',
  async () => {
    const { authorizationServer, clock, resourceServer } = prepare()
    const [withdrawn, kept] = [createOwnKey('P-256', 'withdrawn'), createOwnKey('P-256', 'kept')]
    const verdictOnKey = async (key: typeof kept): Promise<string> => {
      const iat = Math.floor(clock.now())
      return verdictOn(
        resourceServer,
        await key.mint(authorizationServer, { claims: { iat, exp: iat + 300 } }),
      )
    }
    authorizationServer.publish([withdrawn.jwk, kept.jwk])
    expect(await verdictOnKey(withdrawn)).toBe('accepted')
    authorizationServer.publish([kept.jwk])
    clock.advance(599)
    expect(await verdictOnKey(withdrawn)).toBe('accepted')
    clock.advance(1)
    expect(await verdictOnKey(withdrawn)).toBe('ERR_TOKEN_KEY')
    expect(await verdictOnKey(kept)).toBe('accepted')
  },
)

rule('JWKS-06', 'refuses a withdrawn key as soon as any search has noticed', async () => {
  const { authorizationServer, clock, resourceServer, verdict, mint } = prepare()
  const old = await mint()
  expect(await verdictOn(resourceServer, old)).toBe('accepted')
  await authorizationServer.rotateKeys()
  clock.advance(1)
  expect(await verdict()).toBe('accepted')
  expect(await verdictOn(resourceServer, old)).toBe('ERR_TOKEN_KEY')
})

ruleForEach(
  'JWKS-08',
  FAILURES,
  'accepts nothing where the first fetch ends in %s: neither a good token nor a forged one',
  async ([answer, code]) => {
    const { authorizationServer, clock, resourceServer, verdict } = prepare()
    failWith(answer)
    const forge = (options: Parameters<typeof authorizationServer.mint>[1]): Promise<string> =>
      authorizationServer.mint({}, options)
    expect(await verdict()).toBe(code)
    expect(await verdictOn(resourceServer, await forge({ key: 'unpublished' }))).toBe(code)
    expect(await verdictOn(resourceServer, await forge({ kid: null }))).toBe(code)
    expect(await verdictOn(resourceServer, await forge({ signature: 'stripped' }))).toBe(
      'ERR_TOKEN_SIGNATURE',
    )
    expect(await verdictOn(resourceServer, await forge({ signature: 'none' }))).toBe('ERR_TOKEN_ALGORITHM')
    const empty = await forge({ key: { secret: Buffer.alloc(0) } })
    expect(await verdictOn(resourceServer, empty)).toBe('ERR_TOKEN_ALGORITHM')
    authorizationServer.intercept(undefined)
    clock.advance(5)
    expect(await verdict()).toBe('accepted')
  },
)

ruleForEach(
  'JWKS-20',
  FAILURES,
  'recovers by itself from a first fetch that ended in %s, asking once in 5 seconds',
  async ([answer, code]) => {
    const { authorizationServer, clock, verdict } = prepare()
    failWith(answer)
    expect(await Promise.all([verdict(), verdict(), verdict()])).toEqual([code, code, code])
    authorizationServer.intercept(undefined)
    clock.advance(4.9)
    expect(await verdict()).toBe(code)
    expect(authorizationServer.requests.jwks).toBe(1)
    clock.advance(0.1)
    expect(await Promise.all([verdict(), verdict()])).toEqual(['accepted', 'accepted'])
    expect(authorizationServer.requests.jwks).toBe(2)
  },
)
