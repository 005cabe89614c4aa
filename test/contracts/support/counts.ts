import type { Seconds } from '@bearward/core'
import { withoutStacks } from './stacks.js'
import type { Exchange, Verdict, World } from './world.js'

/** When the key set was asked for, and when the metadata were. */
export function callTimes({ calls }: World, endpoint: 'jwks' | 'metadata'): readonly Seconds[] {
  return calls.filter((call) => call.endpoint === endpoint).map(({ at }) => at)
}

/** How often the metadata and the key set have been asked for. */
export function countCalls(world: World): { readonly metadata: number; readonly jwks: number } {
  return { metadata: callTimes(world, 'metadata').length, jwks: callTimes(world, 'jwks').length }
}

/** Most instants in any span of this length, its end left out. */
export function mostWithin(instants: readonly Seconds[], length: Seconds): number {
  const counts = instants.map((from) => instants.filter((at) => at >= from && at < from + length).length)
  return Math.max(0, ...counts)
}

/** The verdicts that requests had, each once; `undefined` stands for one that waits. */
export function verdictsOf(exchanges: readonly Exchange[]): ReadonlySet<Verdict | undefined> {
  return new Set(exchanges.map(({ verdict }) => verdict))
}

/** Sends requests at once, and gives them when all has run that needs no more time. */
export async function flood(world: World, count: number, send: () => Exchange): Promise<readonly Exchange[]> {
  return withoutStacks(async () => {
    const exchanges = Array.from({ length: count }, send)
    await world.clock.settle()
    return exchanges
  })
}
