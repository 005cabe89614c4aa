import { expect } from '@jest/globals'
import { createResourceServer, type IssuerOptions } from '@bearward/core'
import { createOwnKey, putTogether } from '../support/jws.js'
import { createManualClock } from '../support/manual-clock.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

const TENANT = /^https:\/\/t\d+\.example\.com$/
/** So many are kept. */
const MOST = 1_000
const toIssuer = (tenant: number) => `https://t${tenant}.example.com`
const own = createOwnKey('P-256')
const nextTurn = (): Promise<unknown> => new Promise(setImmediate)

/**
 * A resource server of countless tenants: `https://t1.example.com`, `https://t2.example.com` and so on. All of them have the
 * same key.
 *
 * @param look Finds the options of a tenant.
 * @param answer Answers a request for the key set at this URL otherwise.
 */
function prepare({
  look = (options: IssuerOptions): Promise<IssuerOptions | undefined> => Promise.resolve(options),
  answer = (_url: string): Promise<Response> | undefined => undefined,
} = {}) {
  const clock = createManualClock()
  const lookUps: string[] = []
  const requests: string[] = []
  const fetch: NonNullable<IssuerOptions['fetch']> = async (url) => {
    requests.push(url)
    const { origin, pathname } = new URL(url)
    const metadata = { issuer: origin, jwks_uri: `${origin}/jwks` }
    if (pathname.startsWith('/.well-known/')) return Response.json(metadata)
    return (await answer(url)) ?? Response.json({ keys: [own.jwk] })
  }
  const resourceServer = createResourceServer({
    audience: AUDIENCE,
    clock,
    resolveAuthorizationServer: async (issuer) => {
      lookUps.push(issuer)
      return TENANT.test(issuer) ? look({ issuer, fetch }) : undefined
    },
  })
  const mint = (iss: string, kid = 'own'): string => {
    const iat = Math.floor(clock.now())
    const claims = { iss, aud: AUDIENCE, sub: 's', client_id: 'c', jti: 'j', iat, exp: iat + 600 }
    const header = { alg: 'ES256', typ: 'at+jwt', kid }
    return kid === 'own' ? own.sign(header, claims) : putTogether(header, claims, 'no signature')
  }
  /** Each verdict that there was on tokens of these issuers at once, once. */
  const verdictsOn = async (issuers: readonly string[], kid?: string): Promise<readonly string[]> => {
    const verdicts = issuers.map((issuer) => verdictOn(resourceServer, mint(issuer, kid)))
    return [...new Set(await Promise.all(verdicts))].sort()
  }
  return { clock, resourceServer, lookUps, requests, mint, verdictsOn }
}

const range = (size: number, start = 0): readonly string[] =>
  Array.from({ length: size }, (_, index) => toIssuer(start + index))

rule(
  'TENANT-01',
  'judges tokens of more issuers at once than it keeps, also of those that make room',
  async () => {
    let release: (keySet: Response) => void = () => undefined
    const held = new Promise<Response>((resolve) => {
      release = resolve
    })
    const answer = (url: string) => (url.startsWith(toIssuer(0)) ? held : undefined)
    const { clock, resourceServer, requests, verdictsOn } = prepare({ answer })
    const waiting = verdictsOn(range(10).map(() => toIssuer(0)))
    await nextTurn()
    const [forged, good] = await Promise.all([
      verdictsOn(range(MOST, 1), 'x'),
      verdictsOn(range(20, MOST + 1)),
    ])
    expect([forged, good]).toEqual([['ERR_TOKEN_KEY'], ['accepted']])
    const issuers = resourceServer.health().authorizationServers.map(({ issuer }) => issuer)
    expect(issuers.length).toBe(MOST)
    expect(issuers).not.toContain(toIssuer(0))
    release(Response.json({ keys: [own.jwk] }))
    expect(await waiting).toEqual(['accepted'])
    expect(requests.length).toBe(2 * (1 + MOST + 20))
    expect(clock.timers).toBe(2 * MOST)
    resourceServer.close()
    expect(clock.timers).toBe(0)
  },
)

rule('TENANT-01', 'asks no server twice for the issuers that it keeps, whatever tokens say', async () => {
  const { requests, verdictsOn } = prepare()
  const tenants = range(200)
  for (const kid of ['x', 'y', 'z']) expect(await verdictsOn(tenants, kid)).toEqual(['ERR_TOKEN_KEY'])
  expect(requests.length).toBe(2 * 200)
  expect(await verdictsOn(range(5))).toEqual(['accepted'])
})

rule('TENANT-02', 'keeps nothing of 3000 made-up issuers, and asks no server for them', async () => {
  const { clock, resourceServer, lookUps, requests, verdictsOn } = prepare()
  expect(await verdictsOn([toIssuer(0)])).toEqual(['accepted'])
  const madeUp = range(3_000).map((issuer) => `${issuer}.evil.example`)
  expect(await verdictsOn(madeUp)).toEqual(['ERR_TOKEN_ISSUER'])
  expect([lookUps.length, requests.length, clock.timers]).toEqual([3_001, 2, 2])
  expect(resourceServer.health().authorizationServers.map(({ issuer }) => issuer)).toEqual([toIssuer(0)])
  expect(await verdictsOn([toIssuer(0)])).toEqual(['accepted'])
  expect(requests.length).toBe(2)
})

rule('OWN-71', 'lets forged tokens put out no issuer that a good token came from', async () => {
  const { resourceServer, requests, verdictsOn } = prepare()
  const [inUse, named] = [range(5), range(5, 5)]
  expect(await verdictsOn(inUse)).toEqual(['accepted'])
  expect(await verdictsOn(named, 'x')).toEqual(['ERR_TOKEN_KEY'])
  for (const start of [1_000, 2_000, 3_000]) {
    expect(await verdictsOn(range(MOST, start), 'x')).toEqual(['ERR_TOKEN_KEY'])
  }
  const issuers = resourceServer.health().authorizationServers.map(({ issuer }) => issuer)
  expect(issuers.length).toBe(5 + MOST)
  expect(issuers).toEqual(expect.arrayContaining([...inUse]))
  expect(issuers).not.toEqual(expect.arrayContaining(named.slice(0, 1)))
  const before = requests.length
  expect(await verdictsOn(inUse)).toEqual(['accepted'])
  expect(requests.length).toBe(before)
  resourceServer.close()
})

const FAILURES: Readonly<Record<string, () => Promise<never>>> = {
  rejects: () => Promise.reject(new Error('down')),
  'rejects with nothing': () =>
    Promise.resolve().then(() => {
      throw undefined as unknown as Error
    }),
  throws: () => {
    throw new Error('down')
  },
  'never answers': () => new Promise(() => {}),
}

ruleForEach(
  'TENANT-03',
  FAILURES,
  'cannot tell where the look-up %s, asks once for 500 requests, and recovers with the next one',
  async (fail) => {
    let isFailing = true
    const { clock, lookUps, requests, verdictsOn } = prepare({
      look: (options) => (isFailing ? fail() : Promise.resolve(options)),
    })
    const pending = verdictsOn(range(500).map(() => toIssuer(7)))
    await nextTurn()
    clock.advance(5)
    expect(await pending).toEqual(['ERR_ISSUER_LOOKUP'])
    expect([lookUps.length, requests.length, clock.timers]).toEqual([1, 0, 0])
    isFailing = false
    expect(await verdictsOn([toIssuer(7)])).toEqual(['accepted'])
  },
)

ruleForEach<() => Promise<Response>>(
  'TENANT-03',
  {
    hangs: () => new Promise(() => {}),
    'answers with errors': () => Promise.resolve(new Response('', { status: 500 })),
  },
  'does not let the requests of one issuer feel that the server of another %s',
  async (fail) => {
    const { clock, verdictsOn } = prepare({
      answer: (url) => (url.startsWith(toIssuer(1)) ? fail() : undefined),
    })
    const sick = verdictsOn([toIssuer(1)])
    await nextTurn()
    expect(await verdictsOn([toIssuer(0), toIssuer(2)])).toEqual(['accepted'])
    clock.advance(3)
    expect(await sick).not.toEqual(['accepted'])
    expect(await verdictsOn([toIssuer(0), toIssuer(2)])).toEqual(['accepted'])
  },
)
