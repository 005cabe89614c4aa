import { describe, expect, test } from '@jest/globals'
import { callTimes, countCalls } from './support/counts.js'
import type { Minted } from './support/mint.js'
import { createWorld, type World, type WorldOptions } from './support/world.js'

const DAY = 86_400

/** A world that holds a token of a key which has just been withdrawn. */
async function withdraw(
  options: WorldOptions = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly world: World; readonly token: Minted }> {
  const world = await createWorld(options)
  world.behave('jwks', { headers })
  const token = world.mint('good', { lifetime: 3 * DAY })
  expect((await world.ask(token)).verdict).toBe('accept')
  world.rotate()
  return { world, token }
}

describe('C3: a key that the issuer withdrew is refused', () => {
  test('after at most 600 seconds, the default, without any other request', async () => {
    const { world, token } = await withdraw()
    await world.clock.advance(600)
    expect(await world.ask(token)).toMatchObject({ verdict: 'refuse', code: 'ERR_TOKEN_KEY' })
  })

  test('after at most the refresh interval that is configured, whatever Cache-Control says', async () => {
    const { world, token } = await withdraw(
      { resourceServer: { refreshInterval: 120 } },
      { 'cache-control': 'max-age=3600' },
    )
    await world.clock.advance(120)
    expect((await world.ask(token)).verdict).toBe('refuse')
  })

  test.each([
    ['max-age=300', 300],
    ['public, max-age="300", must-revalidate', 300],
    [`max-age=${String(DAY)}`, DAY],
    ['max-age=999999999999999999999', DAY],
    ['max-age=60', 60],
    ['max-age=1', 60],
    ['max-age=0', 60],
    ['no-store', 60],
    ['no-cache, max-age=3600', 60],
    ['max-age=soon', 600],
    ['private', 600],
  ])(
    'with Cache-Control: %s, after at most %i seconds, and is used until it is refreshed',
    async (value, lifetime) => {
      const { world, token } = await withdraw({}, { 'cache-control': value })
      await world.clock.advance(lifetime * 0.69)
      expect((await world.ask(token)).verdict).toBe('accept')
      await world.clock.advance(lifetime * 0.31)
      expect((await world.ask(token)).verdict).toBe('refuse')
    },
  )

  test('sooner by the Age that the answer had when it came', async () => {
    const { world, token } = await withdraw({}, { 'cache-control': 'max-age=600', age: '480' })
    await world.clock.advance(120)
    expect((await world.ask(token)).verdict).toBe('refuse')
  })

  test('at once, where the key set was fetched on account of another key', async () => {
    const { world, token } = await withdraw()
    await world.clock.advance(1)
    expect((await world.ask(token)).verdict).toBe('accept')
    expect((await world.ask('good')).verdict).toBe('accept')
    expect((await world.ask(token)).verdict).toBe('refuse')
  })

  test('with the verdicts that it had reached: the token that was accepted a hundred times is refused', async () => {
    const { world, token } = await withdraw()
    for (let sent = 0; sent < 100; sent += 1) world.send(token)
    await world.clock.settle()
    expect(world.history.every(({ verdict }) => verdict === 'accept')).toBe(true)
    await world.clock.advance(600)
    expect((await world.ask(token)).verdict).toBe('refuse')
  })

  test('also where the process slept, and no timer fired: the first request waits for the key set', async () => {
    const { world, token } = await withdraw()
    world.behave('jwks', { delay: 1 })
    world.clock.sleep(600)
    const request = world.send(token)
    const good = world.send('good')
    await world.clock.settle()
    expect(request.verdict).toBeUndefined()
    await world.clock.advance(1)
    expect([request.verdict, good.verdict]).toEqual(['refuse', 'accept'])
  })

  test('counted from the start of the fetch: a key set that was long in coming is as old as its question', async () => {
    const world = await createWorld()
    world.behave('jwks', { fault: 'slow-body', delay: 0 })
    world.send('good')
    await world.clock.advance(5)
    world.behave('jwks', { delay: 4, headers: { 'cache-control': 'max-age=60' } })
    await world.clock.advance(60)
    const [last] = world.truth.goodKeySets(world.calls).slice(-1)
    const { age } = world.resourceServer.health().authorizationServers[0] ?? {}
    expect(age).toBeCloseTo(world.clock.monotonic() - (last?.at ?? 0))
  })

  test('whatever the wall clock does', async () => {
    const { world, token } = await withdraw()
    world.clock.step(-DAY)
    await world.clock.advance(600)
    expect(countCalls(world).jwks).toBe(2)
    world.clock.step(DAY)
    expect((await world.ask(token)).verdict).toBe('refuse')
    expect((await world.ask('good')).verdict).toBe('accept')
  })
})

describe('C3: keys are refreshed ahead of time', () => {
  test('at 0.7 to 0.8 of their lifetime, at another time in each process, without a request', async () => {
    const times: number[] = []
    for (let seed = 0; seed < 20; seed += 1) {
      const world = await createWorld({ seed })
      await world.ask('good')
      await world.clock.advance(600)
      const [first, second, ...others] = callTimes(world, 'jwks')
      expect([first, others]).toEqual([0, []])
      times.push(second ?? 0)
    }
    expect(Math.min(...times)).toBeGreaterThanOrEqual(420)
    expect(Math.max(...times)).toBeLessThanOrEqual(480)
    expect(new Set(times).size).toBeGreaterThan(15)
  })

  test('off the request path: nobody waits for a refresh, however slow it is', async () => {
    const world = await createWorld()
    await world.ask('good')
    world.behave('jwks', { fault: 'hang' })
    world.behave('metadata', { fault: 'hang' })
    for (let minute = 0; minute < 30; minute += 1) {
      await world.clock.advance(60)
      expect(await world.ask('good')).toMatchObject({
        verdict: 'accept',
        answeredAt: world.clock.monotonic(),
      })
    }
    expect(countCalls(world).jwks).toBeGreaterThan(5)
  })
})
