import type { ForgetCriteria } from '@bearward/core'
import { describe, expect, test } from '@jest/globals'
import { timesOf } from './support-introspection/counts.js'
import { NAMES, type Name } from './support-introspection/tokens.js'
import { createWarmWorld } from './support-introspection/warm-world.js'
import { createWorld, type World } from './support-introspection/world.js'

describe('C6: an acceptance never outlives', () => {
  test('cache.maxAge, where the token is revoked', async () => {
    const world = await createWarmWorld()
    world.tokens.revoke('plain')
    await world.clock.advance(59.9)
    expect((await world.ask('plain')).verdict).toBe('accept')
    await world.clock.advance(0.1)
    expect((await world.ask('plain')).code).toBe('ERR_TOKEN_INACTIVE')
  })

  test('cache.maxAge, counted from the question and not from the answer', async () => {
    const world = await createWorld()
    world.behave('introspection', { delay: 2.5 })
    world.send('plain')
    await world.clock.advance(2.5)
    world.tokens.revoke('plain')
    world.behave('introspection', undefined)
    await world.clock.advance(57.4)
    expect((await world.ask('plain')).verdict).toBe('accept')
    await world.clock.advance(0.1)
    expect((await world.ask('plain')).code).toBe('ERR_TOKEN_INACTIVE')
  })

  test('cache.maxAge, counted from the first attempt where there were two', async () => {
    const world = await createWorld()
    world.behave('introspection', [{ fault: 'reset', delay: 2 }, {}])
    world.send('plain')
    await world.clock.advance(10)
    expect(timesOf(world)).toHaveLength(2)
    await world.clock.advance(50)
    await world.ask('plain')
    expect(timesOf(world).at(-1)).toBe(60)
  })

  test('a step of the wall clock, whichever way: ages are on the monotonic one', async () => {
    for (const seconds of [-50, 100]) {
      const world = await createWarmWorld()
      world.clock.step(seconds)
      await world.clock.advance(59.9)
      expect((await world.ask('other')).verdict).toBe('accept')
      world.tokens.revoke('other')
      await world.clock.advance(0.1)
      expect((await world.ask('other')).code).toBe('ERR_TOKEN_INACTIVE')
    }
  })

  test('exp: then the server is asked again', async () => {
    const world = await createWarmWorld()
    await world.clock.advance(11.9)
    expect((await world.ask('brief')).verdict).toBe('accept')
    expect(world.calls).toHaveLength(NAMES.length)
    await world.clock.advance(0.1)
    expect((await world.ask('brief')).code).toBe('ERR_TOKEN_INACTIVE')
  })

  test('exp, by a wall clock that leaps', async () => {
    const world = await createWarmWorld()
    world.clock.step(300)
    expect((await world.ask('plain')).code).toBe('ERR_TOKEN_INACTIVE')
    expect((await world.ask('other')).verdict).toBe('accept')
  })

  test('the age that a route allows', async () => {
    const world = await createWarmWorld()
    world.tokens.revoke('plain')
    await world.clock.advance(29.9)
    const young = world.refresh('plain', 30)
    await world.clock.advance(0.1)
    const old = world.refresh('plain', 30)
    await world.clock.settle()
    expect([young.verdict, old.code]).toEqual(['accept', 'ERR_TOKEN_INACTIVE'])
  })

  test('a forget: a token that was revoked before is refused at once', async () => {
    const world = await createWarmWorld()
    world.tokens.revoke('plain')
    expect((await world.ask('plain')).verdict).toBe('accept')
    world.forget('plain')
    expect((await world.ask('plain')).code).toBe('ERR_TOKEN_INACTIVE')
    expect((await world.ask('other')).verdict).toBe('accept')
    expect(world.calls).toHaveLength(NAMES.length + 1)
  })

  const CRITERIA: readonly (readonly [ForgetCriteria, readonly Name[]])[] = [
    [{ subject: 'alice' }, ['plain', 'brief', 'foreign']],
    [{ clientId: 'tool' }, ['brief', 'endless']],
    [{ sessionId: 'two' }, ['other']],
    [{ issuedBefore: 1_767_225_601 }, NAMES],
    [{ issuedBefore: 1_767_225_600 }, []],
    [{ subject: 'alice', clientId: 'app' }, ['plain', 'foreign']],
    [{ subject: 'nobody' }, []],
  ]
  test.each(CRITERIA)('a forgetWhere: %j', async (criteria, forgotten) => {
    const world = await createWarmWorld()
    world.forgetWhere(criteria)
    for (const name of NAMES) await world.ask(name)
    const asked = world.calls.slice(NAMES.length).map(({ token }) => token)
    expect(asked).toEqual(forgotten.map((name) => world.tokens.text(name)))
  })

  test.each([
    ['forget', (world: World) => world.forget('plain')],
    ['forgetWhere', (world: World) => world.forgetWhere({ subject: 'somebody else' })],
  ])('a %s while the question is under way: its answer serves nobody who comes later', async (_, forget) => {
    const world = await createWorld()
    world.behave('introspection', [{ delay: 2 }, {}])
    const before = world.send('plain')
    await world.clock.advance(1)
    forget(world)
    const after = await world.ask('plain')
    expect(after).toMatchObject({ verdict: 'accept', answeredAt: 1 })
    world.tokens.rescope('plain', 'stats:write') // the first answer will say so
    await world.clock.advance(1)
    expect(before.verdict).toBe('accept')
    expect((await world.ask('plain')).auth?.scopes).toEqual(new Set(['stats:read']))
    expect(timesOf(world)).toEqual([0, 1])
  })
})
