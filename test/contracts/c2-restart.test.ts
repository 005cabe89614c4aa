import { createResourceServer, type ResourceServer, type Seconds } from '@bearward/core'
import { describe, expect, test } from '@jest/globals'
import { judge, requestWithToken, type Verdict } from '../support/request.js'
import type { Minted } from './support/mint.js'
import { AUDIENCE, ISSUER } from './support/tokens.js'
import type { World } from './support/world.js'
import { behaveBoth, createOutage, DAY, healthOf, LIFETIME } from './support-b/outage.js'

/** A new process, that starts from a file which the old one wrote; without one where there is no snapshot. */
async function restart(
  { clock, server, resourceServer }: Pick<World, 'clock' | 'server' | 'resourceServer'>,
  snapshot: unknown = resourceServer.snapshot(),
): Promise<{ readonly resourceServer: ResourceServer; readonly issuers: readonly string[] }> {
  const file = JSON.stringify(snapshot)
  resourceServer.close()
  const next = createResourceServer({ issuer: ISSUER, audience: AUDIENCE, clock, fetch: server.fetch })
  return { resourceServer: next, issuers: await next.restore(JSON.parse(file)) }
}

/** How a request ended, and after how long it did. */
async function ask(
  { clock }: World,
  resourceServer: ResourceServer,
  { text }: Minted,
): Promise<{ readonly verdict: Verdict['verdict']; readonly waited: Seconds }> {
  const begin = clock.monotonic()
  let waited = Infinity
  const pending = judge(resourceServer, requestWithToken(text)).finally(() => {
    waited = clock.monotonic() - begin
  })
  await clock.settle()
  if (waited === Infinity) await clock.advance(60)
  return { verdict: (await pending).verdict, waited }
}

const AT_ONCE = { verdict: 'accepted', waited: 0 }

describe('C2: a process that starts while the authorization server is dead', () => {
  test.each(['hang', 'refuse', 'error-page'] as const)(
    'serves at once with the keys that the last one had, where the fault is %s',
    async (fault) => {
      const { world, token } = await createOutage({ behaviour: { fault } })
      await world.clock.advance(300)
      const { resourceServer, issuers } = await restart(world)
      expect(issuers).toEqual([ISSUER])
      expect(await ask(world, resourceServer, token)).toEqual(AT_ONCE)
      for (let hour = 0; hour < 3; hour += 1) {
        await world.clock.advance(3_600)
        expect(await ask(world, resourceServer, token)).toEqual(AT_ONCE)
      }
    },
  )

  test('without a snapshot cannot tell', async () => {
    const { world, token } = await createOutage()
    const { resourceServer, issuers } = await restart(world, { version: 1, keySets: [] })
    expect(issuers).toEqual([])
    expect((await ask(world, resourceServer, token)).verdict).toBe('unavailable')
  })

  test('with keys past their lifetime waits for 3 seconds at most, and then serves with them', async () => {
    const { world, token } = await createOutage({ behaviour: { fault: 'hang' } })
    await world.clock.advance(7_200)
    const { resourceServer } = await restart(world)
    expect(await ask(world, resourceServer, token)).toEqual({ verdict: 'accepted', waited: 3 })
    expect(await ask(world, resourceServer, token)).toEqual(AT_ONCE)
  })

  test('and does not wait where it is known at once that there are no newer ones', async () => {
    const { world, token } = await createOutage({ behaviour: { fault: 'refuse' } })
    await world.clock.advance(7_200)
    const { resourceServer } = await restart(world)
    expect(await ask(world, resourceServer, token)).toEqual(AT_ONCE)
  })

  test('has the time that was left, and no more, however often it starts anew', async () => {
    const { world, token } = await createOutage()
    let { resourceServer } = world
    for (let start = 0; start < 10; start += 1) {
      await world.clock.advance(DAY / 10)
      resourceServer = (await restart({ ...world, resourceServer })).resourceServer
      expect(healthOf({ resourceServer }).timeLeft).toBeCloseTo(LIFETIME + DAY - world.clock.monotonic(), 3)
    }
    await world.clock.advance(LIFETIME - 1)
    expect((await ask(world, resourceServer, token)).verdict).toBe('accepted')
    await world.clock.advance(1)
    expect((await ask(world, resourceServer, token)).verdict).toBe('unavailable')
  })

  test('leaves out keys whose time is over', async () => {
    const { world, token } = await createOutage()
    const snapshot = world.resourceServer.snapshot()
    await world.clock.advance(LIFETIME + DAY - 1)
    expect((await restart(world, snapshot)).issuers).toEqual([ISSUER])
    await world.clock.advance(1)
    const { resourceServer, issuers } = await restart(world, snapshot)
    expect(issuers).toEqual([])
    expect((await ask(world, resourceServer, token)).verdict).toBe('unavailable')
  })

  test('has new keys as soon as the server is back', async () => {
    const { world, token } = await createOutage({ after: 1 })
    const { resourceServer } = await restart(world)
    world.rotate()
    behaveBoth(world, undefined)
    await world.clock.advance(60)
    expect(await ask(world, resourceServer, world.mint('good'))).toEqual(AT_ONCE)
    expect((await ask(world, resourceServer, token)).verdict).toBe('refused')
  })
})
