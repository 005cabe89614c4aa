import { expect } from '@jest/globals'
import { createResourceServer, type IssuerOptions, type Snapshot } from '@bearward/core'
import { createVirtualClock } from '@bearward/testing'
import { createOwnKey } from '../support/jws.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { createKeySetSnapshot, toSource } from '../support/snapshot.js'
import { createVirtualServers, type VirtualServers } from '../support/virtual-servers.js'

const UNREACHABLE = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'
const ISSUER = 'https://as.example.com'
const own = createOwnKey('P-256')
const other = createOwnKey('P-256', 'other')

/** A resource server that restarts while its authorization server is down. */
async function prepare(): Promise<VirtualServers & { readonly verdictOnOwn: () => Promise<string> }> {
  const servers = await createVirtualServers()
  const { authorizationServer, resourceServer } = servers
  authorizationServer.behave('metadata', { fault: 'refuse' })
  return {
    ...servers,
    verdictOnOwn: async () => verdictOn(resourceServer, await own.mint(authorizationServer)),
  }
}

/** A resource server that looks issuers up, and has not had to yet: restored key sets wait. */
function createWaiting() {
  const clock = createVirtualClock()
  const resolveAuthorizationServer = () => Promise.resolve(undefined)
  return { clock, resourceServer: createResourceServer({ audience: 'a', clock, resolveAuthorizationServer }) }
}

/** A snapshot as it should be, apart from these members of its one key set; as it comes out of a file. */
function snapshotWith(members: object, now: number): unknown {
  const keySet = createKeySetSnapshot(ISSUER, { fetchedAt: now, keys: [own.jwk], ...members })
  return JSON.parse(JSON.stringify({ version: 1, keySets: [keySet] }))
}

const NO_SNAPSHOTS: Readonly<Record<string, (good: string) => string>> = {
  null: () => 'null',
  'a list': (good) => `[${good}]`,
  'a text': (good) => JSON.stringify(good),
  'another version': (good) => good.replace('"version":1', '"version":2'),
  'a version in quotation marks': (good) => good.replace('"version":1', '"version":"1"'),
  'no version': (good) => good.replace('"version":1,', ''),
  'no key sets': () => '{"version":1}',
  'key sets in an object': () => '{"version":1,"keySets":{}}',
  'a key set that is null': () => '{"version":1,"keySets":[null]}',
  'a key set that is a list': (good) => good.replace(/\[\{.*\}\]/, '[[]]'),
  'a key set without issuer': (good) => good.replace('"issuer"', '"iss"'),
  'an issuer in a list': (good) => good.replace(`"${ISSUER}"`, `["${ISSUER}"]`),
  'a key set without source': (good) => good.replace('"source"', '"origin"'),
  'a time in quotation marks': (good) => good.replace(/"fetchedAt":(\d+)/, '"fetchedAt":"$1"'),
  'no lifetime': (good) => good.replace('"lifetime":600,', ''),
  'a lifetime in quotation marks': (good) => good.replace('"lifetime":600', '"lifetime":"600"'),
  'an infinite time': (good) => good.replace(/"fetchedAt":\d+/, '"fetchedAt":1e999'),
  'keys in an object': (good) => good.replace('"keys":[', '"keys":{"0":').replace('}]}]}', '}}}]}'),
  'everything in the prototype': (good) => `{"__proto__":${good}}`,
  'a key set in the prototype': (good) => good.replace('[{', '[{"__proto__":{').replace('}]}]}', '}]}}]}'),
}

ruleForEach('SNAP-01', NO_SNAPSHOTS, 'takes %s for no snapshot, and nothing from it', async (spoil) => {
  const { clock, resourceServer, verdictOnOwn } = await prepare()
  const good = JSON.stringify(snapshotWith({}, clock.now()))
  const bad: unknown = JSON.parse(spoil(good))
  await expect(resourceServer.restore(bad)).rejects.toThrow(TypeError)
  expect(await verdictOnOwn()).toBe(UNREACHABLE)
  expect(await resourceServer.restore(JSON.parse(good))).toEqual([ISSUER])
  expect(await verdictOnOwn()).toBe('accepted')
})

const privateJwk = own.privateKey.export({ format: 'jwk' })
const secret = { kty: 'oct', kid: 'own', k: 'AAAA', alg: 'HS256' }

const UNUSED: Readonly<Record<string, (now: number) => object>> = {
  'of another issuer': () => ({ issuer: 'https://evil.example.com' }),
  'of nearly the same issuer': () => ({ issuer: `${ISSUER}/` }),
  'of an issuer with the name of a member': () => ({ issuer: '__proto__' }),
  'from the future': (now) => ({ fetchedAt: now + 61 }),
  'from a far future': () => ({ fetchedAt: 1e308 }),
  'from before 1970': () => ({ fetchedAt: -1 }),
  'that is too old': (now) => ({ fetchedAt: now - 87_000 }),
  'without keys': () => ({ keys: [] }),
  'with a symmetric key': () => ({ keys: [secret] }),
  'with nothing that is a key': () => ({ keys: [null, 1, 'own', [], {}, { kty: 'EC' }] }),
  'with a key in its prototype': () => ({ keys: [JSON.parse(`{"__proto__":${JSON.stringify(own.jwk)}}`)] }),
  'with a key for encryption': () => ({ keys: [{ ...own.jwk, use: 'enc' }] }),
  'with a key after a hundred thousand others': () => ({
    keys: [...Array.from({ length: 100_000 }, () => null), own.jwk],
  }),
}

ruleForEach('SNAP-01', UNUSED, 'uses no key set %s', async (toMembers) => {
  const { clock, resourceServer, verdictOnOwn } = await prepare()
  expect(await resourceServer.restore(snapshotWith(toMembers(clock.now()), clock.now()))).toEqual([])
  expect(await verdictOnOwn()).toBe(UNREACHABLE)
  expect(({} as Record<string, unknown>)['kty']).toBeUndefined()
  expect(await resourceServer.restore(snapshotWith({}, clock.now()))).toEqual([ISSUER])
  expect(await verdictOnOwn()).toBe('accepted')
})

rule('SNAP-01', 'puts nothing of a snapshot in the place of keys that it has fetched', async () => {
  const { clock, authorizationServer, resourceServer, verdict } = await createVirtualServers()
  expect(await verdict()).toBe('accepted')
  expect(await resourceServer.restore(snapshotWith({}, clock.now()))).toEqual([])
  expect(await verdictOn(resourceServer, await own.mint(authorizationServer))).toBe('ERR_TOKEN_KEY')
  expect(await verdict()).toBe('accepted')
})

rule('SNAP-01', 'replaces what it restored by what it fetches, and asks for it at once', async () => {
  const { clock, authorizationServer, resourceServer, verdict } = await createVirtualServers()
  expect(await resourceServer.restore(snapshotWith({}, clock.now()))).toEqual([ISSUER])
  await clock.settle()
  expect(authorizationServer.requests).toMatchObject({ metadata: 1, jwks: 1 })
  expect(await verdict()).toBe('accepted')
  expect(await verdictOn(resourceServer, await own.mint(authorizationServer))).toBe('ERR_TOKEN_KEY')
})

ruleForEach(
  'SNAP-01',
  { 'of ages': [1e308, 172_799], 'that is negative': [-1e308, 86_459], 'of no time': [0, 86_459] } as const,
  'believes no lifetime %s: keys are used from a minute to a day, and then as stale ones',
  async ([lifetime, oldest]) => {
    for (const [age, verdict] of [
      [oldest, 'accepted'],
      [oldest + 1, UNREACHABLE],
    ] as const) {
      const { clock, resourceServer, verdictOnOwn } = await prepare()
      const fetchedAt = clock.now() - age
      await resourceServer.restore(snapshotWith({ lifetime, fetchedAt }, clock.now()))
      expect(await verdictOnOwn()).toBe(verdict)
    }
  },
)

rule('SNAP-01', 'uses restored keys no longer than the bound of stale ones', async () => {
  const { clock, resourceServer, verdictOnOwn } = await prepare()
  await resourceServer.restore(snapshotWith({}, clock.now() - 86_990))
  await clock.advance(9.9)
  expect(await verdictOnOwn()).toBe('accepted')
  await clock.advance(0.1)
  expect(await verdictOnOwn()).toBe(UNREACHABLE)
})

const ELSEWHERE: Readonly<Record<string, Partial<IssuerOptions>>> = {
  'another `jwksUri`': { jwksUri: `${ISSUER}/moved` },
  'another `internalOrigin`': { internalOrigin: 'https://moved.example.com' },
}

ruleForEach('OWN-100', ELSEWHERE, 'believes no keys from before a process was told of %s', async (moved) => {
  const options = { fetch: () => Promise.reject(new TypeError('fetch failed')) }
  const { clock, authorizationServer, resourceServer } = await createVirtualServers({ ...options, ...moved })
  const token = await own.mint(authorizationServer)
  expect(await resourceServer.restore(snapshotWith({}, clock.now()))).toEqual([])
  expect(await verdictOn(resourceServer, token)).toBe(UNREACHABLE)
  const source = toSource(ISSUER, moved.jwksUri ?? null, moved.internalOrigin ?? null)
  expect(await resourceServer.restore(snapshotWith({ source }, clock.now()))).toEqual([ISSUER])
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
})

rule('SNAP-02', 'keeps and hands out no private member and no symmetric key', async () => {
  const { clock, authorizationServer, resourceServer, verdictOnOwn } = await prepare()
  const keys = [{ ...privateJwk, kid: 'own' }, secret, { ...other.jwk, d: privateJwk.d, oth: [] }]
  expect(await resourceServer.restore(snapshotWith({ keys }, clock.now()))).toEqual([ISSUER])
  expect(await verdictOnOwn()).toBe('accepted')
  const hmac = await authorizationServer.mint(
    {},
    { key: { secret: Buffer.from('AAAA', 'base64url') }, kid: 'own' },
  )
  expect(await verdictOn(resourceServer, hmac)).toBe('ERR_TOKEN_ALGORITHM')
  const [keySet] = resourceServer.snapshot().keySets
  expect(keySet?.keys.map((key) => Object.keys(key).sort())).toEqual([
    ['alg', 'crv', 'kid', 'kty', 'x', 'y'],
    ['alg', 'crv', 'kid', 'kty', 'x', 'y'],
  ])
  expect(JSON.stringify(resourceServer.snapshot())).not.toContain(privateJwk.d)
})

rule('SNAP-02', 'hands out no member that is none of a key set', async () => {
  const { clock, resourceServer } = createWaiting()
  const [good] = (snapshotWith({}, clock.now()) as Snapshot).keySets
  const more = { ...good, password: 'secret', content: 'secret' }
  const text = `{"version":1,"keySets":[${JSON.stringify(more).replace('{', '{"__proto__":"secret",')}]}`
  await resourceServer.restore(JSON.parse(text))
  const [keySet] = resourceServer.snapshot().keySets
  expect(keySet).toMatchObject({ ...good, keys: [own.jwk] })
  expect(Object.keys(keySet ?? {}).sort()).toEqual(Object.keys(good ?? {}).sort())
  expect(JSON.stringify(resourceServer.snapshot())).not.toContain('secret')
})

const NEVER_USED: Readonly<Record<string, (now: number) => object>> = {
  'of 2017': () => ({ fetchedAt: 1_500_000_000 }),
  'older than any options allow': (now) => ({ fetchedAt: now - 691_200 }),
  'from a far future': () => ({ fetchedAt: 1e308 }),
}

ruleForEach('SNAP-01', NEVER_USED, 'keeps no key set %s, for whatever issuer', async (toMembers) => {
  const { clock, resourceServer } = createWaiting()
  await resourceServer.restore(snapshotWith(toMembers(clock.now()), clock.now()))
  expect(resourceServer.snapshot().keySets).toEqual([])
  await resourceServer.restore(snapshotWith({ fetchedAt: clock.now() - 691_199 }, clock.now()))
  expect(resourceServer.snapshot().keySets).toMatchObject([{ issuer: ISSUER }])
})

rule('SNAP-02', 'survives its own snapshot, as it comes out of a file', async () => {
  const first = await createVirtualServers()
  const { authorizationServer } = first
  authorizationServer.publish([own.jwk, other.jwk])
  expect(await verdictOn(first.resourceServer, await own.mint(authorizationServer))).toBe('accepted')
  const { resourceServer, verdictOnOwn } = await prepare()
  const text = JSON.stringify(first.resourceServer.snapshot())
  expect(await resourceServer.restore(JSON.parse(text))).toEqual([ISSUER])
  expect(await verdictOnOwn()).toBe('accepted')
  expect(JSON.stringify(resourceServer.snapshot())).toBe(text)
})
