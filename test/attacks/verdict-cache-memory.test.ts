import { inspect } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from '@jest/globals'
import { optionAtFault } from '../support/configuration.js'
import { createRecallingServers, SURELY_KEPT } from '../support/recalled.js'
import { requestWith, requestWithToken } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

/** The name of the option that this setting is refused for. */
const faultWith = (verdictCache: unknown): string | undefined =>
  optionAtFault({ issuer: 'https://as.example.com', audience: AUDIENCE, verdictCache })

ruleForEach(
  ['VTC-08', 'VTC-11'],
  {
    NaN: NaN,
    Infinity: Infinity,
    'a negative number': -1,
    'a part of a byte': 1_000.5,
    'more than a gigabyte': 1_073_741_825,
    text: '1000000',
    null: null,
    true: true,
    'an object': {},
  },
  'does not start with %s for the bytes of the verdict cache',
  (maxSize) => {
    expect(faultWith({ maxSize })).toBe('verdictCache.maxSize')
    for (const good of [undefined, 0, 1, 1_073_741_824]) expect(faultWith({ maxSize: good })).toBeUndefined()
  },
)

ruleForEach(
  ['VTC-01', 'VTC-08'],
  {
    text: 'true',
    null: null,
    'a number': 1_000_000,
    'a list': [],
    'a function': () => true,
    'a map': new Map(),
  },
  'does not start with %s for the verdict cache',
  (setting) => {
    expect(faultWith(setting)).toBe('verdictCache')
    for (const good of [undefined, true, false, {}]) expect(faultWith(good)).toBeUndefined()
  },
)

rule('VTC-01', 'lets nobody choose by what a verdict on a JWT is found again', () => {
  for (const name of ['key', 'keyBuilder', 'cacheKey', 'get', 'store', 'maxAge', 'ttl']) {
    expect(faultWith({ [name]: () => 'same' })).toBe(name)
  }
})

ruleForEach(
  'VTC-08',
  {
    'with false': false,
    'with no byte': { maxSize: 0 },
    'with fewer bytes than a verdict takes': { maxSize: 500 },
  },
  'keeps no verdict on a JWT %s, and judges all the same',
  async (verdictCache) => {
    const { authorizationServer, kept, verdictOn } = await createRecallingServers({ verdictCache })
    const token = await authorizationServer.mint()
    for (let time = 0; time < SURELY_KEPT + 1; time += 1) {
      expect([await verdictOn(token), kept(token)]).toEqual(['accepted', undefined])
    }
  },
)

rule('VTC-08', 'keeps nothing of a token that was refused, however often it comes', async () => {
  const { authorizationServer, clock, keep, kept, verdictOn } = await createRecallingServers()
  await keep()
  const refused = [
    await authorizationServer.mint({}, { signature: 'corrupt' }),
    await authorizationServer.mint({}, { key: 'unpublished' }),
    await authorizationServer.mint({ exp: clock.now() - 10 }),
    await authorizationServer.mint({ nbf: clock.now() + 100 }),
    await authorizationServer.mint({ aud: 'https://other.example.com' }),
    await authorizationServer.mint({ iss: 'https://other.example.com' }),
    await authorizationServer.mint({ cnf: { jkt: 'x' } }),
    await authorizationServer.mint({ scope: 7 }),
  ]
  for (const token of refused) {
    for (let time = 0; time < SURELY_KEPT + 1; time += 1) {
      expect(await verdictOn(token)).toMatch(/^ERR_TOKEN_/)
      expect(kept(token)).toBeUndefined()
    }
  }
  await clock.advance(100)
  const [, , , early = ''] = refused
  expect([await verdictOn(early), kept(early)]).toEqual(['accepted', undefined])
})

rule('OWN-105', 'keeps of a field of a megabyte the token alone', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { authorizationServer, keep, kept, resourceServer } = await createRecallingServers()
  await keep()
  const heap = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = heap()
  const tokens = await Promise.all(Array.from({ length: 30 }, () => authorizationServer.mint()))
  for (let time = 0; time < SURELY_KEPT; time += 1) {
    for (const token of tokens) {
      const authorization = `Bearer${' '.repeat(1_000_000)}${token}`
      await resourceServer.authenticate(requestWith({ authorization }))
    }
  }
  expect(heap() - before).toBeLessThan(10_000_000)
  for (const token of tokens) expect(kept(token)).toBeDefined()
})

rule(['VTC-08', 'VTC-09'], 'judges rightly while tokens push each other out', async () => {
  const { authorizationServer, kept, verdictOn } = await createRecallingServers({
    verdictCache: { maxSize: 10_000 },
  })
  const tokens = await Promise.all(
    Array.from({ length: 30 }, (_, number) => authorizationServer.mint({ sub: String(number) })),
  )
  const bad = await authorizationServer.mint({}, { signature: 'corrupt' })
  for (let time = 0; time < SURELY_KEPT; time += 1) {
    for (const token of tokens) expect(await verdictOn(token)).toBe('accepted')
    expect(await verdictOn(bad)).toBe('ERR_TOKEN_SIGNATURE')
  }
  const found = tokens.map((token) => kept(token)?.subject).filter((subject) => subject !== undefined)
  expect(found.length).toBeGreaterThan(0)
  expect(found.length).toBeLessThan(10)
  expect(found).toEqual(tokens.flatMap((token, number) => (kept(token) ? [String(number)] : [])))
})

rule('VTC-10', 'shows no token that it has kept to who prints what there is', async () => {
  const { keep, kept, resourceServer } = await createRecallingServers()
  const token = await keep()
  const shown = [kept(token), resourceServer, resourceServer.health()].map(
    (value) => `${inspect(value, { depth: 9 })}${JSON.stringify(value)}`,
  )
  for (const text of shown) {
    expect(text).not.toContain(token)
    expect(text).not.toContain(token.slice(-43))
  }
  expect(kept(token)?.token).toBe(token)
})

rule(
  'VTC-02',
  'gives the same auth on a hit as on a miss, and none of its parts can be changed',
  async () => {
    const { authorizationServer, kept, resourceServer } = await createRecallingServers()
    const token = await authorizationServer.mint({
      scope: 'stats:read',
      roles: ['reader'],
      act: { sub: 'a' },
    })
    const missed = await resourceServer.authenticate(requestWithToken(token))
    for (let time = 0; time < SURELY_KEPT; time += 1)
      await resourceServer.authenticate(requestWithToken(token))
    const hit = kept(token)
    expect(hit).toEqual(missed)
    expect([hit?.token, hit?.via]).toEqual([token, 'jwt'])
    const attempts: readonly ((auth: NonNullable<typeof hit>) => unknown)[] = [
      (auth) => Object.assign(auth, { subject: 'admin' }),
      (auth) => Object.assign(auth, { isAdmin: true }),
      (auth) => Object.defineProperty(auth, 'token', { value: 'x' }),
      (auth) => Object.setPrototypeOf(auth, { isAdmin: true }) as unknown,
      (auth) => Object.assign(auth.claims, { sub: 'admin' }),
      (auth) => (auth.claims.roles as string[]).push('admin'),
      (auth) => Object.assign(auth.claims.act as object, { sub: 'admin' }),
      (auth) => (auth.scopes as Set<string>).add('admin'),
      (auth) => {
        ;(auth.scopes as Set<string>).clear()
      },
      (auth) => Object.assign(auth.scopes, { has: () => true }),
    ]
    for (const attempt of attempts) {
      expect(() => hit && attempt(hit)).toThrow(TypeError)
      expect(await resourceServer.authenticate(requestWithToken(token))).toEqual(missed)
      expect(kept(token)).toEqual(missed)
    }
  },
)
