import type { Event, Run } from './events.js'
import { createWorld, type World } from './world.js'

/** Plays a run from the beginning to its end. Whoever sets a clock or sleeps does so when nobody waits. */
export async function play({ seed, events, options }: Run): Promise<World> {
  const world = await createWorld(options, seed)
  for (const event of events) {
    if (event.do === 'set-clock' || event.do === 'sleep') await world.clock.advance(3)
    await runEvent(world, event)
  }
  await finish(world)
  return world
}

/** Does one thing, and lets everything run that needs no more time. */
export async function runEvent(world: World, event: Event): Promise<void> {
  const { clock, tokens } = world
  if (event.do === 'advance') return clock.advance(event.seconds)
  if (event.do === 'sleep') clock.sleep(event.seconds)
  if (event.do === 'set-clock') clock.step(event.seconds)
  if (event.do === 'fault') world.behave(event.endpoint, event.behaviour)
  if (event.do === 'heal') heal(world)
  if (event.do === 'request') world.send(event.token)
  if (event.do === 'burst') for (let sent = 0; sent < event.count; sent += 1) world.send(event.token)
  if (event.do === 'refresh') world.refresh(event.token, event.maxAge)
  if (event.do === 'forget') world.forget(event.token)
  if (event.do === 'forget-where') world.forgetWhere(event.criteria)
  if (event.do === 'revoke') tokens.revoke(event.token)
  if (event.do === 'restore') tokens.restore(event.token)
  if (event.do === 'rescope') tokens.rescope(event.token, event.scope)
  return clock.settle()
}

function heal(world: World): void {
  world.behave('metadata', undefined)
  world.behave('introspection', undefined)
}

/** Heals the server, waits until every request has its answer, and closes the resource server. */
export async function finish(world: World): Promise<void> {
  heal(world)
  await world.clock.advance(15)
  world.resourceServer.close()
  await world.clock.settle()
}
