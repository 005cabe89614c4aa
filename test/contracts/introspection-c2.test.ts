import { INTROSPECTION_FAULTS, type Fault } from '@bearward/testing'
import { describe, expect, test } from '@jest/globals'
import { createWorld } from './support-introspection/world.js'

/** All but `{}` as an answer: that is one, and says that the token is not active. */
const DEAD: readonly Fault[] = INTROSPECTION_FAULTS.filter((fault) => fault !== 'empty-key-set')

describe('C2: with a verdict in hand and a dead introspection endpoint', () => {
  test.each(DEAD)('requests pass at once until its age, then get 503 with Retry-After: %s', async (fault) => {
    const world = await createWorld()
    await world.ask('plain')
    world.behave('introspection', { fault })
    for (const seconds of [0.1, 19.9, 20, 19.9]) {
      await world.clock.advance(seconds)
      const { verdict, sentAt, answeredAt } = await world.ask('plain')
      expect({ verdict, answeredAt }).toEqual({ verdict: 'accept', answeredAt: sentAt })
    }
    await world.clock.advance(0.1)
    for (let second = 0; second < 30; second += 1) {
      world.send('plain')
      await world.clock.advance(1)
    }
    await world.clock.advance(3)
    const late = world.history.filter(({ sentAt }) => sentAt >= 60)
    expect(late.filter(({ verdict, retryAfter = 0 }) => verdict !== 'cannot tell' || retryAfter < 1)).toEqual(
      [],
    )
    expect(late).toHaveLength(30)
  })

  test('the answer has status 503, a Retry-After and no challenge', async () => {
    const world = await createWorld()
    world.behave('introspection', { fault: 'unauthorized' })
    const { error } = await world.ask('plain')
    const answer = world.resourceServer.answer(error)
    expect(answer).toMatchObject({ status: 503, body: '' })
    expect(answer?.headers).toEqual({
      'Cache-Control': 'no-store',
      'Retry-After': expect.stringMatching(/^[1-9]\d?$/),
    })
  })

  test('a token that was revoked is refused as long as that verdict is used, and then cannot be judged', async () => {
    const world = await createWorld()
    world.tokens.revoke('plain')
    await world.ask('plain')
    world.behave('introspection', { fault: 'refuse' })
    await world.clock.advance(4.9)
    expect((await world.ask('plain')).code).toBe('ERR_TOKEN_INACTIVE')
    await world.clock.advance(0.1)
    world.send('plain')
    await world.clock.advance(1)
    expect(world.history.at(-1)?.verdict).toBe('cannot tell')
  })

  test('a token past its exp is not accepted on, nor refused as expired: the server would know', async () => {
    const world = await createWorld()
    expect((await world.ask('brief')).verdict).toBe('accept')
    world.behave('introspection', { fault: 'unauthorized' })
    await world.clock.advance(11.9)
    expect((await world.ask('brief')).verdict).toBe('accept')
    await world.clock.advance(0.1)
    expect((await world.ask('brief')).verdict).toBe('cannot tell')
  })

  test('also with dead metadata: the address of the endpoint is known for a day', async () => {
    const world = await createWorld()
    await world.ask('endless')
    world.behave('metadata', { fault: 'refuse' })
    for (let hour = 0; hour < 23; hour += 1) {
      await world.clock.advance(3_600)
      expect((await world.ask('endless')).verdict).toBe('accept')
    }
  })
})

describe('C2: when the introspection endpoint is back', () => {
  test.each(DEAD)('requests pass within 60 seconds, however long it was dead: %s', async (fault) => {
    const world = await createWorld()
    world.behave('introspection', { fault })
    for (let second = 0; second < 400; second += 5) {
      world.send('random')
      await world.clock.advance(5)
    }
    world.behave('introspection', undefined)
    await world.clock.advance(60)
    expect((await world.ask('endless')).verdict).toBe('accept')
    expect((await world.ask('random')).code).toBe('ERR_TOKEN_INACTIVE')
  })

  test.each([1, 10, 30])(
    'and within 5 seconds where it was dead for %i seconds, and five had asked',
    async (seconds) => {
      const world = await createWorld()
      world.behave('introspection', { fault: 'unauthorized' })
      for (let failures = 0; failures < 5; failures += 1) await world.ask('random')
      await world.clock.advance(seconds)
      world.behave('introspection', undefined)
      await world.clock.advance(Math.max(0, 5 - seconds))
      expect((await world.ask('plain')).verdict).toBe('accept')
    },
  )
})
