import { describe, expect, test } from '@jest/globals'
import { createOwnKey } from '../../../test/support/jws.js'
import { createKeySetSnapshot } from '../../../test/support/snapshot.js'
import { createVirtualServers } from '../../../test/support/virtual-servers.js'

const own = createOwnKey('P-256')
/** 2026-01-01, when virtual clocks begin. */
const START = 1_767_225_600
const ISSUER = 'https://as.example.com'

const snapshotOf = (keySet: object = {}) => ({
  version: 1,
  keySets: [createKeySetSnapshot(ISSUER, { fetchedAt: START, keys: [own.jwk], ...keySet })],
})

/** Servers of which the authorization server is down, and signs with `own`. */
async function createDown(options: Parameters<typeof createVirtualServers>[0] = {}) {
  const servers = await createVirtualServers(options)
  servers.authorizationServer.publish([own.jwk])
  servers.authorizationServer.behave('metadata', { fault: 'refuse' })
  return servers
}

describe('a snapshot', () => {
  test('holds nothing before there are keys', async () => {
    const { resourceServer } = await createVirtualServers()
    expect(resourceServer.snapshot()).toEqual({ version: 1, keySets: [] })
  })

  test('holds the keys of each issuer, and when they were fetched', async () => {
    const { resourceServer, authorizationServer, clock } = await createVirtualServers()
    await clock.advance(10)
    authorizationServer.publish([own.jwk])
    await resourceServer.warmUp()
    await clock.advance(100)
    const snapshot = resourceServer.snapshot()
    expect(snapshot).toEqual(snapshotOf({ fetchedAt: START + 10, keys: [{ ...own.jwk, alg: 'ES256' }] }))
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
    resourceServer.close()
  })

  test('holds the lifetime that the server gave them', async () => {
    const { resourceServer, substitute, authorizationServer } = await createVirtualServers()
    const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'max-age=1200' }
    substitute((url) =>
      url === authorizationServer.jwksUri
        ? new Response(JSON.stringify({ keys: [own.jwk] }), { headers })
        : undefined,
    )
    await resourceServer.warmUp()
    expect(resourceServer.snapshot()).toMatchObject({ keySets: [{ lifetime: 1_200 }] })
    resourceServer.close()
  })

  test('tells that time by the wall clock of today', async () => {
    const { resourceServer, clock } = await createVirtualServers()
    await resourceServer.warmUp()
    clock.step(-50)
    expect(resourceServer.snapshot().keySets).toMatchObject([{ fetchedAt: START - 50 }])
    resourceServer.close()
  })

  test('holds keys while they may be used, and not after that', async () => {
    const { resourceServer, clock } = await createVirtualServers({ staleWindow: 100 })
    await resourceServer.warmUp()
    resourceServer.close()
    await clock.advance(699.9)
    expect(resourceServer.snapshot().keySets).toHaveLength(1)
    await clock.advance(0.1)
    expect(resourceServer.snapshot()).toEqual({ version: 1, keySets: [] })
  })
})

describe('restore', () => {
  test('has tokens accepted while the authorization server is down, and says for whom', async () => {
    const { resourceServer, authorizationServer, clock } = await createVirtualServers()
    await resourceServer.warmUp()
    resourceServer.close()
    const taken: unknown = JSON.parse(JSON.stringify(resourceServer.snapshot()))
    authorizationServer.behave('metadata', { fault: 'hang' })
    const next = await createVirtualServers({ clock, fetch: authorizationServer.fetch })
    expect(await next.resourceServer.restore(taken)).toEqual([ISSUER])
    expect(await next.verdictOn(await authorizationServer.mint())).toBe('accepted')
    expect(next.resourceServer.health()).toMatchObject({ ready: true })
    next.resourceServer.close()
  })

  test('has newer keys fetched at once', async () => {
    const { resourceServer, authorizationServer, clock, verdict } = await createVirtualServers()
    expect(await resourceServer.restore(snapshotOf())).toEqual([ISSUER])
    await clock.settle()
    expect(authorizationServer.requests).toMatchObject({ metadata: 1, jwks: 1 })
    expect(await verdict()).toBe('accepted')
    resourceServer.close()
  })

  test.each([
    [0, true],
    [500, true],
    [699, true],
    [700, false],
    [10_000, false],
    [-60, true],
    [-61, false],
  ])('uses keys of %d seconds ago: %p', async (age, isUsed) => {
    const { resourceServer } = await createDown({ staleWindow: 100 })
    const restored = await resourceServer.restore(snapshotOf({ fetchedAt: START - age }))
    expect(restored).toEqual(isUsed ? [ISSUER] : [])
    const [health] = resourceServer.health().authorizationServers
    expect(health).toMatchObject(
      isUsed
        ? { keys: ['own'], age: Math.max(0, age), timeLeft: 700 - Math.max(0, age) }
        : { keys: [], status: 'unavailable' },
    )
    resourceServer.close()
  })

  test.each([
    [{}, 600, 600],
    [{}, 59, 60],
    [{}, -1, 60],
    [{}, 1e308, 86_400],
    [{ refreshInterval: 300 }, 299, 299],
    [{ refreshInterval: 300 }, 301, 300],
  ])(
    'lets keys be as old as %p and a lifetime of %d allow: %d seconds and the window',
    async (options, given, most) => {
      const restore = async (age: number) => {
        const { resourceServer } = await createDown({ staleWindow: 100, ...options })
        const fetchedAt = START - age
        const restored = await resourceServer.restore(snapshotOf({ fetchedAt, lifetime: given }))
        const [health] = resourceServer.health().authorizationServers
        resourceServer.close()
        return [restored, health?.timeLeft]
      }
      expect(await restore(most + 99)).toEqual([[ISSUER], 1])
      expect(await restore(most + 100)).toEqual([[], 0])
    },
  )

  test('leaves the keys alone that there are already', async () => {
    const { resourceServer, authorizationServer, verdict } = await createVirtualServers()
    await resourceServer.warmUp()
    expect(await resourceServer.restore(snapshotOf())).toEqual([])
    expect(await verdict()).toBe('accepted')
    expect(authorizationServer.requests.jwks).toBe(1)
    resourceServer.close()
  })

  test('leaves out other issuers, and key sets without a usable key', async () => {
    const { resourceServer } = await createDown()
    for (const keySet of [
      { issuer: `${ISSUER}/` },
      { keys: [] },
      { keys: [null, { kty: 'oct', k: 'AAAA' }] },
    ]) {
      expect(await resourceServer.restore(snapshotOf(keySet))).toEqual([])
    }
    expect(await resourceServer.restore({ version: 1, keySets: [] })).toEqual([])
    const keySets = [...snapshotOf({ keys: [] }).keySets, ...snapshotOf({ keys: [null, own.jwk] }).keySets]
    expect(await resourceServer.restore({ version: 1, keySets })).toEqual([ISSUER])
    resourceServer.close()
  })

  test('uses the keys of a snapshot though all is closed, and fetches none', async () => {
    const { resourceServer, authorizationServer, clock } = await createDown()
    resourceServer.close()
    expect(await resourceServer.restore(snapshotOf())).toEqual([ISSUER])
    await clock.settle()
    expect(authorizationServer.requests.metadata).toBe(0)
    expect(resourceServer.health().authorizationServers).toMatchObject([{ keys: ['own'] }])
    expect(clock.timers).toBe(0)
  })
})
