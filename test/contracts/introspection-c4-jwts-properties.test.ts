import { describe, expect } from '@jest/globals'
import { property } from './support/property.js'
import { EVERYTHING, runs } from './support-introspection/events.js'
import { finish, runEvent } from './support-introspection/play.js'
import { createWorld } from './support-introspection/world.js'

describe('C4: where JWTs are judged by their signature', () => {
  property(
    'a good one is accepted at once, however sick the introspection endpoint is',
    runs({ ...EVERYTHING, 'set-clock': 0, sleep: 0, 'metadata-fault': 0, fault: 8, burst: 4 }),
    async ({ seed, options, events }) => {
      const world = await createWorld({ ...options, accessTokens: 'mixed' }, seed)
      const jwt = await world.server.mint({ exp: world.clock.now() + 86_400 })
      const jwts = [world.send('jwt', jwt)]
      await world.clock.settle()
      for (const event of events.slice(0, 6)) {
        await runEvent(world, event)
        jwts.push(world.send('jwt', jwt))
        await world.clock.settle()
      }
      expect(jwts.filter(({ verdict }) => verdict !== 'accept')).toEqual([])
      expect(jwts.filter(({ sentAt, answeredAt }) => answeredAt !== sentAt)).toEqual([])
      expect(world.calls.filter(({ token }) => token === jwt)).toEqual([])
      await finish(world)
    },
  )
})
