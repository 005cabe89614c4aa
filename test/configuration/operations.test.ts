import { describe, expect, test } from '@jest/globals'
import { createResourceServer, type Refresh } from '@bearward/core'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  type ScriptedAuthorizationServer,
} from '@bearward/testing'
import { verdictOn } from '../support/request.js'
import { AUDIENCE } from '../support/servers.js'

/** Two authorization servers, and what is behind both. */
async function createTwo() {
  const clock = createVirtualClock()
  const [a, b] = await Promise.all([
    createScriptedAuthorizationServer({ clock, issuer: 'https://a.example.com' }),
    createScriptedAuthorizationServer({ clock, issuer: 'https://b.example.com' }),
  ])
  const entry = ({ issuer, fetch }: ScriptedAuthorizationServer) => ({ issuer, fetch })
  const entries = [entry(a), entry(b)]
  const refreshes: Refresh[] = []
  const common = {
    audience: AUDIENCE,
    clock,
    onRefresh: (refresh: Refresh) => void refreshes.push(refresh),
  }
  return {
    clock,
    a,
    b,
    refreshes,
    protect: () => createResourceServer({ ...common, authorizationServers: entries }),
    /** Looks each of the two up. */
    protectTenants: () =>
      createResourceServer({
        ...common,
        resolveAuthorizationServer: (issuer) => entries.find((known) => known.issuer === issuer),
      }),
  }
}

const issuersOf = ({ keySets }: { readonly keySets: readonly { readonly issuer: string }[] }) =>
  keySets.map(({ issuer }) => issuer)

describe('with several authorization servers', () => {
  test('warms up for all, and is not ready before', async () => {
    const { a, b, protect } = await createTwo()
    const resourceServer = protect()
    expect(await verdictOn(resourceServer, await a.mint())).toBe('accepted')
    expect(resourceServer.health()).toMatchObject({
      ready: false,
      authorizationServers: [
        { issuer: a.issuer, status: 'fresh' },
        { issuer: b.issuer, status: 'unavailable' },
      ],
    })
    await resourceServer.warmUp()
    expect(resourceServer.health().ready).toBe(true)
    expect([a.requests.jwks, b.requests.jwks]).toEqual([1, 1])
    resourceServer.close()
  })

  test('fails to warm up where one of them is down, and has the keys of the other', async () => {
    const { a, b, protect } = await createTwo()
    const resourceServer = protect()
    b.behave('metadata', { fault: 'refuse' })
    await expect(resourceServer.warmUp()).rejects.toMatchObject({
      code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE',
    })
    expect(await verdictOn(resourceServer, await a.mint())).toBe('accepted')
    resourceServer.close()
  })

  test('takes and restores the keys of all', async () => {
    const { a, b, protect } = await createTwo()
    const [before, after] = [protect(), protect()]
    await before.warmUp()
    const snapshot = before.snapshot()
    before.close()
    expect(issuersOf(snapshot)).toEqual([a.issuer, b.issuer])
    for (const { behave } of [a, b]) behave('metadata', { fault: 'refuse' })
    expect(await after.restore(snapshot)).toEqual([a.issuer, b.issuer])
    expect(await verdictOn(after, await b.mint())).toBe('accepted')
    after.close()
  })
})

describe('with issuers that are looked up', () => {
  test('is ready at once, and names those in use', async () => {
    const { a, protectTenants } = await createTwo()
    const resourceServer = protectTenants()
    expect(resourceServer.health()).toEqual({ ready: true, authorizationServers: [] })
    await resourceServer.warmUp()
    expect(a.requests.metadata).toBe(0)
    expect(await verdictOn(resourceServer, await a.mint())).toBe('accepted')
    expect(resourceServer.health()).toMatchObject({
      ready: true,
      authorizationServers: [{ issuer: a.issuer }],
    })
    expect(issuersOf(resourceServer.snapshot())).toEqual([a.issuer])
    resourceServer.close()
  })

  test('keeps the keys of a snapshot for the first token of the issuer, and uses them once', async () => {
    const { a, b, clock, protectTenants } = await createTwo()
    const before = protectTenants()
    for (const { mint } of [a, b]) await verdictOn(before, await mint())
    const snapshot = before.snapshot()
    before.close()
    a.behave('metadata', { fault: 'hang' })
    const after = protectTenants()
    expect(await after.restore(snapshot)).toEqual([])
    expect(a.requests.metadata).toBe(1)
    expect(await verdictOn(after, await a.mint())).toBe('accepted')
    expect(new Set(issuersOf(after.snapshot()))).toEqual(new Set([a.issuer, b.issuer])) // b's wait on
    await clock.settle()
    expect(a.requests.metadata).toBe(2)
    after.close()
  })

  test('makes no request for an issuer that is looked up after the end, but uses its restored keys', async () => {
    const { a, b, clock, protectTenants } = await createTwo()
    const before = protectTenants()
    await verdictOn(before, await a.mint())
    const snapshot = before.snapshot()
    before.close()
    const after = protectTenants()
    await after.restore(snapshot)
    after.close()
    expect(await verdictOn(after, await b.mint())).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
    expect(b.requests).toMatchObject({ metadata: 0, jwks: 0 })
    await clock.settle()
    expect(clock.timers).toBe(0)
  })
})

describe('onRefresh', () => {
  test('is told of each fetch, well or badly ended', async () => {
    const { a, refreshes, protectTenants } = await createTwo()
    const resourceServer = protectTenants()
    a.behave('jwks', [{ fault: 'server-error' }, {}])
    expect(await verdictOn(resourceServer, await a.mint())).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
    resourceServer.close()
    const metadata = {
      issuer: a.issuer,
      document: 'authorization server metadata',
      error: undefined,
      timeLeft: 87_000,
    }
    expect(refreshes).toEqual([
      metadata,
      metadata, // asked again, since the key set may have moved
      {
        issuer: a.issuer,
        document: 'key set',
        error: expect.objectContaining({ code: 'ERR_AUTHORIZATION_SERVER_RESPONSE' }),
        timeLeft: 0,
      },
    ])
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('mine')
      },
    ],
    ['rejects', () => Promise.reject(new Error('mine'))],
    ['never answers', () => new Promise<void>(() => undefined)],
  ])('changes nothing where it %s', async (_name, onRefresh) => {
    const { a, clock } = await createTwo()
    const { issuer, fetch } = a
    const resourceServer = createResourceServer({ issuer, fetch, clock, audience: AUDIENCE, onRefresh })
    expect(await verdictOn(resourceServer, await a.mint())).toBe('accepted')
    resourceServer.close()
  })
})
