import { NAMES } from './tokens.js'
import { createWorld, type World } from './world.js'

/** A world in which each token has been asked about, at the instant 0. */
export async function createWarmWorld(): Promise<World> {
  const world = await createWorld()
  for (const name of NAMES) await world.ask(name)
  return world
}
