import type { AuthorizationServerHealth, Seconds } from '@bearward/core'
import type { Behaviour } from '@bearward/testing'
import type { Minted } from '../support/mint.js'
import { createWorld, type World, type WorldOptions } from '../support/world.js'

export const DAY: Seconds = 86_400
/** How long a copy is fresh where the server does not say. */
export const LIFETIME: Seconds = 600

/** Both endpoints behave so from now on. */
export function behaveBoth(world: World, behaviour: Behaviour | undefined): void {
  world.behave('metadata', behaviour)
  world.behave('jwks', behaviour)
}

/** How an outage begins, where it does not begin in the usual way. */
export interface OutageOptions extends WorldOptions {
  /** What both endpoints do from then on. Default: nobody listens. */
  readonly behaviour?: Behaviour
  /** How old the keys are by then. Default: 0. */
  readonly after?: Seconds
}

/** A world that has its keys since the instant 0, and a token that is good for days; now the server is dead. */
export async function createOutage(
  options: OutageOptions = {},
): Promise<{ readonly world: World; readonly token: Minted }> {
  const { behaviour = { fault: 'refuse' }, after = 0 } = options
  const world = await createWorld(options)
  const token = world.mint('good', { lifetime: 7 * DAY })
  const { verdict } = await world.ask(token)
  if (verdict !== 'accept') throw new Error(`The world did not begin well: ${String(verdict)}`)
  await world.clock.advance(after)
  behaveBoth(world, behaviour)
  return { world, token }
}

/** How things stand with the one authorization server. */
export function healthOf({ resourceServer }: Pick<World, 'resourceServer'>): AuthorizationServerHealth {
  const [health] = resourceServer.health().authorizationServers
  if (health === undefined) throw new Error('There is no authorization server')
  return health
}
