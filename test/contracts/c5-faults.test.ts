import { describe, expect, test } from '@jest/globals'
import { FAULTS, type Behaviour, type Fault } from '@bearward/testing'
import { createWorld, type Exchange, type World } from './support/world.js'
import { HOSTILE_KINDS, mintHostile } from './support-b/hostile.js'
import { mayAccept } from './support-b/oracle.js'
import { behaveBoth } from './support-b/outage.js'
import { catchUnhandled } from './support-b/unhandled.js'

const STALE_WINDOW = 120
type Endpoint = 'jwks' | 'metadata'

/** What happens in a run: all that makes a resource server ask for something. Each takes up to three seconds. */
const EVENTS: readonly ((world: World) => void)[] = [
  (world) => world.send('good'), // a cold start
  (world) => {
    world.rotate({ keepOld: true })
    world.send('good') // an unknown key
    world.send('older')
  },
  (world) => {
    world.server.moveKeySet()
    world.rotate()
    world.send('without-kid') // an unknown key, at an unknown address
    world.send('good')
  },
  (world) => {
    world.clock.sleep(650) // past the lifetime of the keys
    world.send('good')
    world.send('forged')
  },
  (world) => {
    world.clock.sleep(900) // past their use
    world.send('good')
    world.send('withdrawn')
  },
]

/** Runs all of it, and then heals the server. */
async function live(fault: (world: World) => void): Promise<{ world: World; wrong: readonly Exchange[] }> {
  const world = await createWorld({ resourceServer: { staleWindow: STALE_WINDOW } })
  fault(world)
  for (const [index, happen] of EVENTS.entries()) {
    await world.clock.advance(31) // so that the budget of searches is full
    happen(world)
    const [first, second] = [2 * index, 2 * index + 7].map((at) => HOSTILE_KINDS[at % HOSTILE_KINDS.length])
    for (const kind of [first, second]) if (kind !== undefined) world.send(mintHostile(world, kind))
    await world.clock.advance(3)
  }
  behaveBoth(world, undefined)
  await world.clock.advance(60)
  world.send('good')
  await world.clock.settle()
  const limits = { staleWindow: STALE_WINDOW, offset: world.clock.now() - world.clock.monotonic() }
  const isWrong = (exchange: Exchange) =>
    exchange.verdict === 'accept'
      ? !mayAccept(world, exchange, limits)
      : exchange.verdict !== 'refuse' && exchange.verdict !== 'cannot tell'
  return { world, wrong: world.history.filter(isWrong) }
}

/** A fault at the nth request for an endpoint: at that one alone, or from then on. */
function faultAt(
  endpoint: Endpoint,
  nth: number,
  behaviour: Behaviour,
  lasts: boolean,
): (world: World) => void {
  const behaviours = [...Array.from({ length: nth }, () => ({})), behaviour, ...(lasts ? [] : [{}])]
  return ({ server }) => server.behave(endpoint, behaviours)
}

async function expectSafe(fault: (world: World) => void): Promise<World> {
  const worlds: World[] = []
  const unhandled = await catchUnhandled(async () => {
    const { world, wrong } = await live(fault)
    expect(wrong).toEqual([])
    expect(world.history.at(-1)?.verdict).toBe('accept')
    world.resourceServer.close()
    worlds.push(world)
  })
  expect(unhandled).toEqual([])
  const [world] = worlds
  if (world === undefined) throw new Error('Nothing happened')
  return world
}

/** Requests that a run makes for each endpoint, where all is well: a fault is put at each of them, and at one more. */
const REQUESTS: Readonly<Record<Endpoint, number>> = { metadata: 4, jwks: 5 }

describe('C5: for every fault at every request, the verdict is refuse or cannot tell, unless it is rightly accept', () => {
  test('where there is none, all that is good is accepted, and nothing else', async () => {
    const { history, server } = await expectSafe(() => undefined)
    const accepted = history.filter(({ verdict }) => verdict === 'accept').map(({ token }) => token.kind)
    expect(accepted).toEqual(['good', 'good', 'older', 'without-kid', 'good', 'good', 'good', 'good'])
    expect({ metadata: server.requests.metadata, jwks: server.requests.jwks }).toEqual(REQUESTS)
  })

  const cases = FAULTS.flatMap((fault) =>
    (['metadata', 'jwks'] as const).map((endpoint) => [fault, endpoint] as const),
  )

  test.each(cases)('%s of the %s: at each request, once', (fault, endpoint) =>
    expectSafeAtEach(fault, endpoint, false),
  )

  test.each(cases)('%s of the %s: from each request on', (fault, endpoint) =>
    expectSafeAtEach(fault, endpoint, true),
  )
})

async function expectSafeAtEach(fault: Fault, endpoint: Endpoint, lasts: boolean): Promise<void> {
  for (let nth = 0; nth <= REQUESTS[endpoint]; nth += 1) {
    const { history } = await expectSafe(faultAt(endpoint, nth, { fault, deaf: nth % 2 === 0 }, lasts))
    expect(history.filter(({ verdict }) => verdict === 'accept').length).toBeGreaterThanOrEqual(lasts ? 1 : 4)
  }
}
