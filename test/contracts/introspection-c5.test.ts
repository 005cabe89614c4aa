import { FAULTS, INTROSPECTION_FAULTS, type Fault } from '@bearward/testing'
import { describe, expect, test } from '@jest/globals'
import { catchUnhandled } from './support-b/unhandled.js'
import { openBreaker } from './support-introspection/counts.js'
import { NAMES } from './support-introspection/tokens.js'
import { createWorld, type World } from './support-introspection/world.js'

/** What becomes of one of each kind of token; closes the resource server. */
async function judgeAll(world: World): Promise<readonly unknown[]> {
  let verdicts: readonly unknown[] = []
  const unhandled = await catchUnhandled(async () => {
    const requests = [...NAMES, 'random', 'stranger', 'malformed'].map((kind) => world.send(kind as 'plain'))
    await world.clock.advance(3)
    verdicts = requests.map(({ verdict }) => verdict)
    world.resourceServer.close()
    await world.clock.advance(10)
  })
  expect(unhandled).toEqual([])
  return verdicts
}

/** An answer that is one, and says nothing: no outage, and no reason to accept. */
const SILENT: Fault = 'empty-key-set'
const cannotTell = [...NAMES, 'random', 'stranger'].map(() => 'cannot tell')

describe('C5: whatever is wrong with the introspection endpoint, nothing is accepted', () => {
  test('but where nothing is wrong, what the server says is active and for this API', async () => {
    const verdicts = await judgeAll(await createWorld())
    expect(verdicts).toEqual(['accept', 'accept', 'accept', 'accept', 'refuse', 'refuse', 'refuse', 'refuse'])
  })

  test.each(INTROSPECTION_FAULTS.filter((fault) => fault !== SILENT))(
    '%s: it cannot be told',
    async (fault) => {
      const world = await createWorld()
      world.behave('introspection', { fault })
      expect(await judgeAll(world)).toEqual([...cannotTell, 'refuse'])
    },
  )

  test.each([0.5, 2.9, 3.1, 4.9, 5.1])('%d seconds late: what comes in time is believed', async (delay) => {
    const world = await createWorld()
    world.behave('introspection', { delay })
    const verdicts = await judgeAll(world)
    const accepted = verdicts.filter((verdict) => verdict === 'accept').length
    expect(accepted).toBe(delay < 3 ? 4 : 0)
  })

  test('an object that says nothing of the token refuses it, and is not remembered', async () => {
    const world = await createWorld()
    world.behave('introspection', { fault: SILENT })
    expect((await world.ask('plain')).code).toBe('ERR_TOKEN_INACTIVE')
    world.behave('introspection', undefined)
    expect((await world.ask('plain')).verdict).toBe('accept')
  })

  test('while the circuit breaker is open, it cannot be told, and what is malformed is refused', async () => {
    const world = await createWorld()
    await openBreaker(world)
    world.behave('introspection', undefined)
    expect(await judgeAll(world)).toEqual([...cannotTell, 'refuse'])
  })

  test('while there are too many requests, it cannot be told', async () => {
    const world = await createWorld({ concurrency: 1 })
    world.behave('introspection', { fault: 'hang' })
    for (let sent = 0; sent < 1_001; sent += 1) world.send('random')
    await world.clock.settle()
    world.behave('introspection', undefined)
    expect((await world.ask('plain')).code).toBe('ERR_INTROSPECTION_BUSY')
    expect(await judgeAll(world)).toEqual([...cannotTell, 'refuse'])
  })

  test('when it is closed, it cannot be told', async () => {
    const world = await createWorld()
    await world.ask('plain')
    world.resourceServer.close()
    expect((await world.ask('other')).verdict).toBe('cannot tell')
    expect((await world.ask('plain')).verdict).toBe('accept') // by the verdict in hand
  })
})

describe('C5: whatever is wrong with the metadata, nothing is accepted', () => {
  test.each(FAULTS)('%s: it cannot be told', async (fault) => {
    const world = await createWorld()
    world.behave('metadata', { fault })
    expect(await judgeAll(world)).toEqual([...cannotTell, 'refuse'])
    expect(world.calls).toEqual([])
  })

  test('but where the configuration says where the endpoint is, they are not asked for', async () => {
    const world = await createWorld({ isEndpointKnown: true })
    world.behave('metadata', { fault: 'refuse' })
    expect((await world.ask('plain')).verdict).toBe('accept')
    expect(world.server.requests.metadata).toBe(0)
  })
})
