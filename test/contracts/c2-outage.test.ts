import { describe, expect, test } from '@jest/globals'
import { FAULTS } from '@bearward/testing'
import { callTimes, verdictsOf } from './support/counts.js'
import type { Minted } from './support/mint.js'
import type { World } from './support/world.js'
import { createOutage, DAY, LIFETIME } from './support-b/outage.js'

async function expectServedAtOnce(world: World, token: Minted): Promise<void> {
  expect(await world.ask(token)).toMatchObject({ verdict: 'accept', answeredAt: world.clock.monotonic() })
}

describe('C2: with good keys in hand and the authorization server dead, no request fails and none waits', () => {
  test.each(FAULTS)('where the fault is %s, for the whole of the stale window', async (fault) => {
    const { world, token } = await createOutage({
      behaviour: { fault },
      resourceServer: { staleWindow: 1_800 },
    })
    for (let minute = 0; minute < 40; minute += 1) {
      await expectServedAtOnce(world, token)
      await world.clock.advance(59.5)
    }
    await world.clock.advance(2_399 - world.clock.monotonic())
    await expectServedAtOnce(world, token)
  })

  test('for 24 hours by default, past the ten minutes for which the keys are fresh', async () => {
    const { world, token } = await createOutage()
    await world.clock.advance(DAY + LIFETIME - 1)
    await expectServedAtOnce(world, token)
    await world.clock.advance(1)
    expect((await world.ask(token)).verdict).toBe('cannot tell')
  })

  test.each([0, 60, 7_200])('for %i seconds, where staleWindow says so', async (staleWindow) => {
    const { world, token } = await createOutage({ resourceServer: { staleWindow } })
    await world.clock.advance(LIFETIME + staleWindow - 1)
    await expectServedAtOnce(world, token)
    await world.clock.advance(1)
    expect((await world.ask(token)).verdict).toBe('cannot tell')
  })

  test('counted from the end of the lifetime that Cache-Control gave to the keys', async () => {
    const { world, token } = await createOutage({
      resourceServer: { staleWindow: 60 },
      behaviour: { headers: { 'cache-control': 'max-age=120' } },
      after: 1,
    })
    await world.clock.advance(600) // by now they have come with the field
    expect(world.calls.at(-1)?.freshness.cacheControl).toBe('max-age=120')
    const fetchedAt =
      world.clock.monotonic() - (world.resourceServer.health().authorizationServers[0]?.age ?? 0)
    world.behave('jwks', { fault: 'refuse' })
    await world.clock.advance(fetchedAt + 179 - world.clock.monotonic())
    await expectServedAtOnce(world, token)
    await world.clock.advance(1)
    expect((await world.ask(token)).verdict).toBe('cannot tell')
  })

  test('counted from the fetch of the keys, however late in their lifetime the outage begins', async () => {
    const { world, token } = await createOutage({ resourceServer: { staleWindow: 60 }, after: 400 })
    await world.clock.advance(259)
    await expectServedAtOnce(world, token)
    await world.clock.advance(1)
    expect((await world.ask(token)).verdict).toBe('cannot tell')
  })

  test.each(['metadata', 'jwks'] as const)('also where it is the %s alone that hangs', async (endpoint) => {
    const { world, token } = await createOutage({ behaviour: {} })
    world.behave(endpoint, { fault: 'hang' })
    for (let minute = 0; minute < 120; minute += 1) {
      await expectServedAtOnce(world, token)
      await world.clock.advance(60)
    }
  })

  test('also a token that it has not seen, of the oldest key, without kid, or made meanwhile', async () => {
    const { world } = await createOutage({ behaviour: {}, after: 1 })
    world.rotate({ keepOld: true })
    expect((await world.ask('good')).verdict).toBe('accept')
    world.behave('jwks', { fault: 'hang' })
    await world.clock.advance(7_200)
    for (const kind of ['good', 'older', 'without-kid'] as const)
      await expectServedAtOnce(world, world.mint(kind))
  })

  test('also a hundred at once, while others ask for unknown keys and wait', async () => {
    const { world, token } = await createOutage({ behaviour: { fault: 'hang' } })
    await world.clock.advance(7_200)
    const strangers = Array.from({ length: 10 }, () => world.send('stranger'))
    const requests = Array.from({ length: 100 }, () => world.send(token))
    await world.clock.settle()
    expect(verdictsOf(requests)).toEqual(new Set(['accept']))
    await world.clock.advance(3)
    expect(verdictsOf(strangers)).toEqual(new Set(['cannot tell']))
  })

  test('and what is bad is refused, as on any other day', async () => {
    const { world } = await createOutage({ behaviour: { fault: 'hang' } })
    await world.clock.advance(7_200)
    for (const kind of ['expired', 'other-issuer', 'garbage'] as const) {
      expect(await world.ask(kind)).toMatchObject({ verdict: 'refuse', answeredAt: world.clock.monotonic() })
    }
    const forged = world.send('forged') // its key may have been replaced under the same name: that is looked for
    await world.clock.advance(3)
    expect(forged.verdict).toBe('refuse')
  })

  test('but a process that slept has the first requests wait, for 3 seconds, and serves them then', async () => {
    const { world, token } = await createOutage({ behaviour: { fault: 'hang' } })
    world.clock.sleep(7_200)
    const requests = [world.send(token), world.send(token)]
    await world.clock.advance(2.9)
    expect(verdictsOf(requests)).toEqual(new Set([undefined]))
    await world.clock.advance(0.1)
    expect(verdictsOf(requests)).toEqual(new Set(['accept']))
    await expectServedAtOnce(world, token)
  })
})

describe('C2: after the stale window', () => {
  test.each(FAULTS)('all get 503 with Retry-After, none 401, where the fault is %s', async (fault) => {
    const { world, token } = await createOutage({ behaviour: { fault }, resourceServer: { staleWindow: 0 } })
    await world.clock.advance(LIFETIME)
    for (let round = 0; round < 10; round += 1) {
      const requests = [token, 'good', 'older', 'without-kid', 'expired', 'forged', 'stranger'] as const
      for (const request of requests) world.send(request)
      await world.clock.advance(7.3)
    }
    const late = world.history.slice(1)
    expect(verdictsOf(late)).toEqual(new Set(['cannot tell']))
    expect(Math.min(...late.map(({ retryAfter = 0 }) => retryAfter))).toBeGreaterThanOrEqual(1)
    expect(
      Math.max(...late.map(({ sentAt, answeredAt = Infinity }) => answeredAt - sentAt)),
    ).toBeLessThanOrEqual(3)
  })

  test('the answer has status 503, a Retry-After, and no challenge', async () => {
    const { world, token } = await createOutage({ resourceServer: { staleWindow: 0 } })
    await world.clock.advance(LIFETIME)
    const { error } = await world.ask(token)
    const answer = world.resourceServer.answer(error)
    expect(answer).toMatchObject({ status: 503, body: '' })
    expect(answer?.headers).toEqual({
      'Cache-Control': 'no-store',
      'Retry-After': expect.stringMatching(/^[1-9]\d?$/),
    })
  })

  test('what needs no key to be judged is refused as ever', async () => {
    const { world } = await createOutage({ resourceServer: { staleWindow: 0 } })
    await world.clock.advance(LIFETIME)
    for (const kind of ['other-issuer', 'garbage'] as const)
      expect((await world.ask(kind)).verdict).toBe('refuse')
  })

  test.each([
    ['20', 20],
    ['300', 300],
    ['86400', 300],
  ])('a Retry-After of %s of the server is handed on as %i, and counted down', async (value, seconds) => {
    const { world, token } = await createOutage({ behaviour: {}, resourceServer: { staleWindow: 0 } })
    world.behave('jwks', { fault: 'unavailable', headers: { 'retry-after': value } })
    await world.clock.advance(LIFETIME)
    for (let round = 0; round < 20; round += 1) {
      const { verdict, retryAfter } = await world.ask(token)
      const rest = (callTimes(world, 'jwks').at(-1) ?? 0) + seconds - world.clock.monotonic()
      expect({ verdict, retryAfter }).toEqual({ verdict: 'cannot tell', retryAfter: Math.ceil(rest) })
      await world.clock.advance(17.5)
    }
  })
})
