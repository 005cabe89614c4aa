import type { Seconds } from '@bearward/core'
import { withoutStacks } from '../support/stacks.js'
import type { Exchange, World } from './world.js'

/** When the introspection endpoint was asked. */
export function timesOf({ calls }: Pick<World, 'calls'>): readonly Seconds[] {
  return calls.map(({ at }) => at)
}

/** How many requests ended how: `accept`, the code of the error, or `waiting`. */
export function countBy(exchanges: readonly Exchange[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { verdict = 'waiting', code = verdict } of exchanges) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

/** Sends requests at once, and gives them when all has run that needs no more time. */
export async function flood(world: World, count: number, send: () => Exchange): Promise<readonly Exchange[]> {
  return withoutStacks(async () => {
    const exchanges = Array.from({ length: count }, send)
    await world.clock.settle()
    return exchanges
  })
}

/** Opens the circuit breaker: five questions fail at the same moment. */
export async function openBreaker(world: World): Promise<void> {
  world.behave('introspection', { fault: 'unauthorized' })
  await flood(world, 5, () => world.send('random'))
}
