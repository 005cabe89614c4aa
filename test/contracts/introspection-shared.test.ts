import { describe, expect, test } from '@jest/globals'
import {
  createResourceServer,
  type Forgotten,
  type IntrospectionCacheOptions,
  type StoredVerdict,
  type VerdictStore,
} from '@bearward/core'
import { createScriptedAuthorizationServer, createVirtualClock } from '@bearward/testing'
import { INTROSPECTION } from '../support/introspection.js'
import { requestWithToken, verdictOn } from '../support/request.js'
import { rule } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

const INACTIVE = { code: 'ERR_TOKEN_INACTIVE' }
const ACTIVE = { active: true, sub: 'alice', aud: AUDIENCE }

/** A store that keeps what it is given, and fails, or answers late, when the test says so. */
function createStore() {
  const verdicts = new Map<string, StoredVerdict>()
  const listeners = new Set<(forgotten: Forgotten) => void>()
  const answered: Promise<void> = Promise.resolve()
  const state = { isBroken: false, isHanging: false, isOdd: false, answered, verdicts, listeners }
  async function use<T>(action: () => T): Promise<T> {
    if (state.isHanging) return new Promise<T>(() => undefined)
    if (state.isBroken) throw new Error('down')
    const result = action()
    await state.answered
    return result
  }
  const store: VerdictStore = {
    find: (key) => use(() => verdicts.get(key)),
    store: (key, verdict) => use(() => void verdicts.set(key, verdict)),
    forget: (forgotten) =>
      use(() => {
        verdicts.clear()
        for (const listener of listeners) listener(forgotten)
      }),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  return { ...state, state, store }
}

/** Has answers of the store under way until the function is called that it returns. */
function holdAnswers(state: { answered: Promise<void> }): () => void {
  let release = (): void => undefined
  state.answered = new Promise((resolve) => {
    release = resolve
  })
  return () => {
    release()
  }
}

/** Two processes with one authorization server and one store, and a token that it calls active. */
async function createProcesses(cache: IntrospectionCacheOptions = {}) {
  const clock = createVirtualClock()
  const authorizationServer = await createScriptedAuthorizationServer({ clock })
  const { store, state } = createStore()
  const create = (audience: string = AUDIENCE) =>
    createResourceServer({
      issuer: authorizationServer.issuer,
      audience,
      clock,
      fetch: (url, init) =>
        state.isOdd
          ? Promise.resolve(Response.json({ active: 'false' }))
          : authorizationServer.fetch(url, init),
      introspection: { ...INTROSPECTION, cache },
      verdictStore: store,
    })
  const [one, other] = [create(), create()]
  const token = authorizationServer.mintOpaque({ sub: 'alice' })
  const asked = (): number => authorizationServer.requests.introspection
  return { clock, authorizationServer, state, create, one, other, token, asked }
}

describe('a verdict that processes share', () => {
  test('is asked for once, and judged by each', async () => {
    const { one, other, token, asked, create } = await createProcesses()
    expect([await verdictOn(one, token), await verdictOn(other, token)]).toEqual(['accepted', 'accepted'])
    expect(asked()).toBe(1)
    expect(await verdictOn(create('https://other.example.com'), token)).toBe('ERR_TOKEN_AUDIENCE')
    expect(asked()).toBe(2) // another API asks for itself
  })

  test('is asked for once by all requests of a process at once', async () => {
    const { one, other, token, asked } = await createProcesses()
    await verdictOn(one, token)
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => verdictOn(other, token)))
    expect([new Set(verdicts), asked()]).toEqual([new Set(['accepted']), 1])
  })

  test('is a second older than it is, and never older than it may be', async () => {
    const { clock, authorizationServer, one, other, token, asked } = await createProcesses({ maxAge: 10 })
    await verdictOn(one, token)
    authorizationServer.revoke(token)
    await clock.advance(8.9)
    expect([await verdictOn(other, token), asked()]).toEqual(['accepted', 1])
    await clock.advance(0.2)
    expect([await verdictOn(other, token), asked()]).toEqual(['ERR_TOKEN_INACTIVE', 2])
  })

  test('is no answer for who wants a younger one', async () => {
    const { one, other, token, asked } = await createProcesses()
    const auth = await other.authenticate(requestWithToken(token))
    expect([await verdictOn(one, token), asked()]).toEqual(['accepted', 1])
    await other.refresh(auth, { maxAge: 0 })
    expect(asked()).toBe(2)
  })

  test.each<[string, (now: number) => unknown]>([
    ['comes from the future', (now) => ({ claims: ACTIVE, askedAt: now + 2 })],
    ['says no time', () => ({ claims: ACTIVE, askedAt: NaN })],
    ['says nothing of the token', (now) => ({ claims: 'active', askedAt: now })],
    ['is none', () => 'garbage'],
  ])('is not believed where it %s', async (_what, makeBad) => {
    const { clock, state, one, other, token, asked } = await createProcesses()
    await verdictOn(one, token)
    for (const key of state.verdicts.keys()) state.verdicts.set(key, makeBad(clock.now()) as StoredVerdict)
    expect([await verdictOn(other, token), asked()]).toEqual(['accepted', 2])
  })

  test.each([{ isBroken: true }, { isHanging: true }])('is no condition: %j', async (fault) => {
    const { clock, state, one, other, token, asked } = await createProcesses()
    Object.assign(state, fault)
    const verdicts = [one, other].map((server) => verdictOn(server, token))
    await clock.advance(1)
    expect(await Promise.all(verdicts)).toEqual(['accepted', 'accepted'])
    expect(asked()).toBe(2)
  })

  test.each<[string, (server: ReturnType<typeof createResourceServer>, token: string) => void]>([
    ['forget', (server, token) => server.forget(token)],
    ['forgetWhere', (server) => server.forgetWhere({ subject: 'alice' })],
  ])('is gone in all processes after %s in one', async (_name, forget) => {
    const { clock, authorizationServer, one, other, token } = await createProcesses()
    await Promise.all([verdictOn(one, token), verdictOn(other, token)])
    authorizationServer.revoke(token)
    expect(await verdictOn(other, token)).toBe('accepted')
    forget(one, token)
    await clock.settle()
    const verdicts = [await verdictOn(one, token), await verdictOn(other, token)]
    expect(verdicts).toEqual(['ERR_TOKEN_INACTIVE', 'ERR_TOKEN_INACTIVE'])
  })

  test('is forgotten in this process at once, where the others cannot be told', async () => {
    const { authorizationServer, state, one, token } = await createProcesses()
    await verdictOn(one, token)
    authorizationServer.revoke(token)
    state.isBroken = true
    one.forget(token)
    expect(await verdictOn(one, token)).toBe('ERR_TOKEN_INACTIVE')
  })

  rule('OWN-84', 'is not believed where a later one was heard while it was on its way', async () => {
    const { clock, authorizationServer, state, one, other, token } = await createProcesses({
      inactiveMaxAge: 0,
    })
    const auth = await one.authenticate(requestWithToken(token))
    const arrive = holdAnswers(state)
    const plain = verdictOn(other, token)
    await clock.settle()
    authorizationServer.revoke(token)
    await expect(other.refresh(auth, { maxAge: 0 })).rejects.toMatchObject(INACTIVE)
    arrive()
    expect([await plain, await verdictOn(other, token)]).toEqual(['ERR_TOKEN_INACTIVE', 'ERR_TOKEN_INACTIVE'])
  })

  rule('OWN-84', 'is believed where it is on its way, and was asked for last', async () => {
    const { clock, state, one, other, token, asked } = await createProcesses({ inactiveMaxAge: 0 })
    await verdictOn(one, token)
    const arrive = holdAnswers(state)
    const plain = verdictOn(other, token)
    await clock.settle()
    arrive()
    expect([await plain, await verdictOn(other, token), asked()]).toEqual(['accepted', 'accepted', 1])
  })

  rule('OWN-84', 'is not believed by who heard a later one, and could not store it', async () => {
    const { authorizationServer, state, one, other, token } = await createProcesses({ inactiveMaxAge: 0 })
    const auth = await one.authenticate(requestWithToken(token))
    authorizationServer.revoke(token)
    state.isBroken = true
    await expect(other.refresh(auth, { maxAge: 0 })).rejects.toMatchObject(INACTIVE)
    state.isBroken = false
    expect(await verdictOn(other, token)).toBe('ERR_TOKEN_INACTIVE')
  })

  rule(
    'OWN-88',
    'gives way to an answer that says neither that the token is active nor that it is not',
    async () => {
      const { state, one, other, token } = await createProcesses()
      const auth = await one.authenticate(requestWithToken(token))
      expect(await verdictOn(other, token)).toBe('accepted')
      state.isOdd = true
      await expect(one.refresh(auth, { maxAge: 0 })).rejects.toMatchObject(INACTIVE)
      state.isOdd = false
      expect(await verdictOn(one, token)).toBe('ERR_TOKEN_INACTIVE')
    },
  )

  test('is heard of until the resource server is closed', async () => {
    const { state, one } = await createProcesses()
    expect(state.listeners.size).toBe(2)
    one.close()
    expect(state.listeners.size).toBe(1)
  })
})
