import { expect } from '@jest/globals'
import {
  createResourceServer,
  type Forgotten,
  type IssuerOptions,
  type StoredVerdict,
  type VerdictStore,
} from '@bearward/core'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  type ScriptedAuthorizationServer,
} from '@bearward/testing'
import { INTROSPECTION } from '../support/introspection.js'
import { putTogether } from '../support/jws.js'
import { requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

/** Two tenants whose JWTs are asked about, and a resource server that looks them up. */
async function createTenants(options: Partial<IssuerOptions> = {}) {
  const clock = createVirtualClock()
  const [a, b] = await Promise.all([
    createScriptedAuthorizationServer({ clock, issuer: 'https://a.example.com' }),
    createScriptedAuthorizationServer({ clock, issuer: 'https://b.example.com' }),
  ])
  const entry = ({ issuer, fetch }: ScriptedAuthorizationServer) =>
    ({ issuer, fetch, accessTokens: 'opaque', introspection: INTROSPECTION, ...options }) as const
  const create = (verdictStore?: VerdictStore, audience: readonly string[] = [AUDIENCE]) =>
    createResourceServer({
      audience,
      clock,
      resolveAuthorizationServer: (issuer) => [a, b].map(entry).find((known) => known.issuer === issuer),
      ...(verdictStore && { verdictStore }),
    })
  const resourceServer = create()
  return {
    clock,
    a,
    b,
    create,
    resourceServer,
    verdictOn: (token: string) => verdictOn(resourceServer, token),
  }
}

/** What processes share. */
function createStore(): VerdictStore {
  const verdicts = new Map<string, StoredVerdict>()
  const listeners = new Set<(forgotten: Forgotten) => void>()
  return {
    find: (key) => Promise.resolve(verdicts.get(key)),
    store: (key, verdict) => Promise.resolve(void verdicts.set(key, verdict)),
    forget(forgotten) {
      if (typeof forgotten === 'string' || !('digest' in forgotten)) throw new Error('No test says so')
      for (const key of verdicts.keys()) if (key.startsWith(`${forgotten.digest}.`)) verdicts.delete(key)
      for (const listener of listeners) listener(forgotten)
      return Promise.resolve()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** A JWT that anybody can write, as far as its text goes. */
const write = (claims: object): string => putTogether({ alg: 'none' }, { ...claims }, 'signature')

rule('INTRO-02', 'asks about a JWT the tenant that it names, and no other', async () => {
  const { a, b, verdictOn: judge } = await createTenants()
  const token = write({ iss: a.issuer })
  b.mintOpaque({}, { token })
  expect(await judge(token)).toBe('ERR_TOKEN_INACTIVE')
  expect([a.requests.introspection, b.requests.introspection]).toEqual([1, 0])
  expect(await judge(await b.mint())).toBe('accepted')
  expect([a.requests.introspection, b.requests.introspection]).toEqual([1, 1])
})

ruleForEach(
  ['INTRO-02', 'INTRO-19'],
  {
    'nobody has looked up': 'https://evil.example.com',
    'is none': 7,
    'is a list of tenants': ['https://a.example.com'],
    'is missing': undefined,
  },
  'asks no tenant about a JWT whose issuer %s',
  async (iss) => {
    const { a, b, verdictOn: judge } = await createTenants()
    const token = write({ iss })
    for (const tenant of [a, b]) tenant.mintOpaque({}, { token })
    expect(await judge(token)).toBe('ERR_TOKEN_ISSUER')
    expect(await judge('opaque')).toBe('ERR_TOKEN_MALFORMED')
    expect([a.requests.introspection, b.requests.introspection]).toEqual([0, 0])
    expect(await judge(await a.mint())).toBe('accepted')
  },
)

rule('INTRO-19', 'believes no tenant that speaks for another', async () => {
  const { a, b, resourceServer, verdictOn: judge } = await createTenants()
  const token = write({ iss: a.issuer })
  a.mintOpaque({ iss: b.issuer, sub: 'alice' }, { token })
  expect(await judge(token)).toBe('ERR_TOKEN_ISSUER')
  const silent = write({ iss: a.issuer, sub: 'admin', scope: 'admin' })
  a.mintOpaque({ iss: undefined, sub: 'alice', scope: '' }, { token: silent })
  const auth = await resourceServer.authenticate(requestWithToken(silent))
  expect(auth).toMatchObject({ issuer: a.issuer, subject: 'alice', scopes: new Set(), via: 'introspection' })
})

rule('INTRO-19', 'takes nothing from a JWT that it asks about: the answer alone counts', async () => {
  const { a, verdictOn: judge } = await createTenants()
  const token = write({ iss: a.issuer, aud: AUDIENCE, exp: 9_999_999_999, active: true })
  a.mintOpaque({ aud: undefined }, { token })
  expect(await judge(token)).toBe('ERR_TOKEN_CLAIM_MISSING')
  a.setClaims(token, { aud: AUDIENCE })
  expect(await judge(write({ iss: a.issuer, aud: AUDIENCE, active: true }))).toBe('ERR_TOKEN_INACTIVE')
  const { a: other, verdictOn: judgeOther } = await createTenants()
  other.mintOpaque({}, { token })
  expect(await judgeOther(token)).toBe('accepted')
})

rule('VTC-13', 'forgets verdicts of tenants that were looked up, and of those alone that fit', async () => {
  const { a, b, resourceServer, verdictOn: judge } = await createTenants()
  const tokens = [await a.mint({ sub: 'alice' }), await b.mint({ sub: 'bob' })] as const
  for (const token of tokens) expect(await judge(token)).toBe('accepted')
  a.revoke(tokens[0])
  b.revoke(tokens[1])
  resourceServer.forgetWhere({ subject: 'alice' })
  expect([await judge(tokens[0]), await judge(tokens[1])]).toEqual(['ERR_TOKEN_INACTIVE', 'accepted'])
  resourceServer.forget(tokens[1])
  expect(await judge(tokens[1])).toBe('ERR_TOKEN_INACTIVE')
})

rule('VTC-13', 'has a fresh answer come from the tenant of the token', async () => {
  const { a, b, resourceServer } = await createTenants({ accessTokens: 'mixed' })
  const jwt = await a.mint()
  b.mintOpaque({ iss: a.issuer }, { token: jwt })
  const auth = await resourceServer.authenticate(requestWithToken(jwt))
  await expect(resourceServer.refresh(auth, { maxAge: 0 })).resolves.toMatchObject({ issuer: a.issuer })
  a.revoke(jwt)
  await expect(resourceServer.refresh(auth, { maxAge: 0 })).rejects.toMatchObject({
    code: 'ERR_TOKEN_INACTIVE',
  })
  expect(b.requests.introspection).toBe(0)
})

rule('OWN-89', 'forgets a token for those who ask about it in another way as well', async () => {
  const { a, clock, create } = await createTenants()
  const store = createStore()
  const [one, other] = [create(store), create(store, ['https://new.example.com', AUDIENCE])]
  const token = await a.mint()
  expect([await verdictOn(one, token), await verdictOn(other, token)]).toEqual(['accepted', 'accepted'])
  a.revoke(token)
  one.forget(token)
  await clock.settle()
  expect(await verdictOn(other, token)).toBe('ERR_TOKEN_INACTIVE')
})

rule('OWN-97', 'forgets for all processes a token whose issuer has not been met in this one', async () => {
  const { a, clock, create } = await createTenants()
  const store = createStore()
  const [one, other, third] = [create(store), create(store), create(store)]
  const [token, kept] = [await a.mint(), await a.mint()]
  for (const each of [token, kept]) {
    expect([await verdictOn(one, each), await verdictOn(other, each)]).toEqual(['accepted', 'accepted'])
    a.revoke(each)
  }
  third.forget(token)
  for (const hopeless of ['opaque', 'a.b.c', write({ iss: 'https://evil.example.com' })])
    third.forget(hopeless)
  await clock.settle()
  for (const process of [one, other, third]) {
    expect(await verdictOn(process, token)).toBe('ERR_TOKEN_INACTIVE')
    expect(await verdictOn(process, kept)).toBe('accepted')
  }
})
