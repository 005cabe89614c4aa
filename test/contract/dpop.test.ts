import { beforeEach, describe, expect, test } from '@jest/globals'
import { createProof, createProofKey, type ProofKey } from '@bearward/testing'
import request from 'supertest'
import { DPOP, ORIGIN, SECRET } from '../support/dpop.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Kit, Layer } from '../support/kit.js'
import { rule } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let key: ProofKey
  let token: string
  beforeEach(async () => {
    key = await createProofKey()
    token = await servers().authorizationServer.mint({ cnf: { jkt: key.thumbprint }, scope: 'stats:read' })
  })

  const headersFor = async (path: string, nonce?: string) => ({
    Authorization: `DPoP ${token}`,
    DPoP: await createProof(key, {
      url: `${ORIGIN}${path}`,
      token,
      ...(nonce !== undefined && { nonce }),
    }),
  })

  /** Where a protected resource may stand; each at `/v1/stats`. */
  const PLACES: Readonly<Record<string, (kit: Kit, protect: Layer) => readonly Layer[]>> = {
    'a route': (kit, protect) => [kit.get('/v1/stats', protect, kit.handler())],
    'a mounted app': (kit, protect) => [kit.mountApp('/v1', protect, kit.get('/stats', kit.handler()))],
    'a router in a router': (kit, protect) => [kit.nestRouters('/v1', '/stats', protect, kit.handler())],
    'a route whose request was rewritten': (kit, protect) => [
      kit.step(({ message }) => {
        message.url = '/stats'
      }),
      protect,
      kit.get('/stats', kit.handler()),
    ],
  }

  for (const [place, build] of Object.entries(PLACES)) {
    rule('DPOP-17', `knows the address of ${place} as the client wrote it`, async () => {
      const resourceServer = servers().protect({ dpop: DPOP })
      const api = createApp((kit) => build(kit, kit.requireToken(resourceServer)))
      const get = async (path: string) =>
        (
          await request(api.listener)
            .get('/v1/stats')
            .set(await headersFor(path))
        ).status
      expect(await get('/v1/stats')).toBe(200)
      expect(await get('/stats')).toBe(401)
      expect(await get('/v1')).toBe(401)
      expect(await get('/v1/stats')).toBe(200)
    })
  }

  rule('DPOP-17', 'adds the prefix that a proxy removed, where the origin has it', async () => {
    const resourceServer = servers().protect({ dpop: { origin: `${ORIGIN}/v1` } })
    const api = createApp((kit) => [kit.requireToken(resourceServer), kit.handler()])
    const get = async (path: string) =>
      (
        await request(api.listener)
          .get('/stats')
          .set(await headersFor(path))
      ).status
    expect([await get('/v1/stats'), await get('/stats')]).toEqual([200, 401])
  })

  test('says with which scheme the request came', async () => {
    const schemes: unknown[] = []
    const resourceServer = servers().protect({ dpop: DPOP })
    const api = createApp((kit) => [
      kit.requireToken(resourceServer),
      kit.step(({ auth }) => void schemes.push(auth?.scheme)),
      kit.handler(),
    ])
    await request(api.listener)
      .get('/stats')
      .set(await headersFor('/stats'))
      .expect(200)
    const bearer = await servers().authorizationServer.mint()
    await request(api.listener).get('/stats').auth(bearer, { type: 'bearer' }).expect(200)
    await request(api.listener)
      .get('/stats')
      .set(await headersFor('/stats'))
      .expect(200)
    expect(schemes).toEqual(['DPoP', 'Bearer', 'DPoP'])
  })

  rule(
    'DPOP-20',
    'takes the proof of one request in two places for no replay, and that of two for one',
    async () => {
      const resourceServer = servers().protect({ dpop: DPOP })
      const api = createApp((kit) => [
        kit.requireToken(resourceServer),
        kit.requireToken(resourceServer),
        kit.handler(),
      ])
      const headers = await headersFor('/stats')
      await request(api.listener).get('/stats').set(headers).expect(200)
      await request(api.listener).get('/stats').set(headers).expect(401)
      expect(api.handled()).toBe(1)
    },
  )

  rule(
    ['9449-8.2-a', '9449-8-b', '9449-9-a'],
    'sends nonces with refusals, and with answers in time',
    async () => {
      let ahead = 0
      const clock = {
        now: () => Date.now() / 1000 + ahead,
        monotonic: () => performance.now() / 1000,
        after: () => () => undefined,
        random: () => 0.5,
      }
      const dpop = { ...DPOP, nonceSecrets: [SECRET] }
      const resourceServer = servers().protect({ dpop, clock, clockTolerance: 300 })
      const api = createApp((kit) => [kit.requireToken(resourceServer), kit.handler()])
      const get = async (nonce?: string) =>
        request(api.listener)
          .get('/stats')
          .set(await headersFor('/stats', nonce))
      const refused = await get()
      expect([refused.status, refused.body.error]).toEqual([401, 'use_dpop_nonce'])
      const nonce = String(refused.headers['dpop-nonce'])
      const fresh = await get(nonce)
      expect([fresh.status, fresh.headers['dpop-nonce'], fresh.headers['cache-control']]).toEqual([
        200,
        undefined,
        undefined,
      ])
      ahead = 200
      const late = await get(nonce)
      expect([late.status, late.headers['cache-control']]).toEqual([200, 'no-store'])
      expect(late.headers['dpop-nonce']).toMatch(/^[\w-]{48}$/)
      expect((await get(late.headers['dpop-nonce'])).status).toBe(200)
    },
  )

  test('lets a request without credentials pass where that is said, and no other without its proof', async () => {
    const resourceServer = servers().protect({ dpop: DPOP })
    const api = createApp((kit) => [kit.requireToken(resourceServer, { optional: true }), kit.handler()])
    const { Authorization } = await headersFor('/stats')
    expect((await request(api.listener).get('/stats')).body).toBeNull()
    expect((await request(api.listener).get('/stats').set({ Authorization })).status).toBe(401)
    expect(
      (
        await request(api.listener)
          .get('/stats')
          .set(await headersFor('/stats'))
      ).status,
    ).toBe(200)
  })
})
