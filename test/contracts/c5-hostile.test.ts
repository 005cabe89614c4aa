import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { FAULTS } from '@bearward/testing'
import { signToken, type PoolKey } from './support/tokens.js'
import { createWorld, type World } from './support/world.js'
import { HOSTILE_KINDS, mintHostile } from './support-b/hostile.js'
import { behaveBoth, healthOf, LIFETIME } from './support-b/outage.js'

async function expectNeverAccepted(world: World): Promise<void> {
  const requests = HOSTILE_KINDS.map((kind) => world.send(mintHostile(world, kind)))
  await world.clock.advance(3)
  for (const { verdict } of requests) expect(['refuse', 'cannot tell']).toContain(verdict)
}

describe('C5: a hostile token is never accepted', () => {
  test.each(HOSTILE_KINDS)('%s: refused, where all is well', async (kind) => {
    const world = await createWorld()
    expect((await world.ask(mintHostile(world, kind))).verdict).toBe('refuse')
    expect((await world.ask('good')).verdict).toBe('accept')
    await world.clock.advance(1)
    expect((await world.ask(mintHostile(world, kind))).verdict).toBe('refuse')
  })

  test.each(FAULTS)(
    'nor where the fault is %s: without keys, with keys, with old ones, and when it is over',
    async (fault) => {
      const world = await createWorld({ resourceServer: { staleWindow: 60 } })
      behaveBoth(world, { fault })
      await expectNeverAccepted(world)
      behaveBoth(world, undefined)
      await world.clock.advance(60)
      expect((await world.ask('good')).verdict).toBe('accept')
      behaveBoth(world, { fault })
      await expectNeverAccepted(world)
      await world.clock.advance(LIFETIME)
      await expectNeverAccepted(world)
      await world.clock.advance(LIFETIME)
      await expectNeverAccepted(world)
      behaveBoth(world, undefined)
      await world.clock.advance(60)
      await expectNeverAccepted(world)
      expect((await world.ask('good')).verdict).toBe('accept')
    },
  )
})

describe('C5: private and symmetric keys of a key set are never used', () => {
  test('a symmetric one authenticates nothing', async () => {
    const world = await createWorld()
    const secret = Buffer.alloc(32, 1)
    const symmetric = { kty: 'oct', kid: 'key-1', k: secret.toString('base64url') }
    world.server.publish([
      symmetric,
      { ...symmetric, kid: 'other', alg: 'HS256' },
      ...world.server.keySet().keys,
    ])
    for (const kid of ['key-1', 'other']) {
      const [header = '', claims = ''] = world.mint('good', { kid }).text.split('.')
      const parts = JSON.parse(Buffer.from(header, 'base64url').toString()) as object
      const input = `${Buffer.from(JSON.stringify({ ...parts, alg: 'HS256' })).toString('base64url')}.${claims}`
      const text = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
      expect((await world.ask({ ...world.mint('garbage'), text })).verdict).toBe('refuse')
    }
    expect(healthOf(world).keys).not.toContain('other')
  })

  test('of a private one, its public part is used, and nothing else is kept', async () => {
    const world = await createWorld()
    const { privateKey } = generateKeyPairSync('ed25519')
    const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'own' } as PoolKey['jwk']
    world.server.publish([jwk])
    const text = signToken({ key: { kid: 'own', jwk, privateKey }, issuedAt: world.clock.now() })
    expect((await world.ask({ ...world.mint('garbage'), text })).verdict).toBe('accept')
    expect(JSON.stringify(world.resourceServer.snapshot())).not.toContain(String(jwk.d))
  })
})
