import type { Seconds } from '@bearward/core'
import { describe, expect } from '@jest/globals'
import fc from 'fast-check'
import { mostWithin } from './support/counts.js'
import { property } from './support/property.js'
import type { TokenKind } from './support/schedule.js'
import { startProcesses, type Ending, type Processes } from './support-searches/processes.js'
import type { StoreFaults } from './support-searches/search-store.js'

const MOST_PROCESSES = 4
/** Each look that brings a new key is followed by a fetch of each other process. */
const FOLLOWERS = MOST_PROCESSES - 1
/** From the publication of a key on: two intervals and the time of two requests, where nothing is heard; one, where it is. */
const LONGEST = { alone: 70, together: 35 }

/** One thing that happens. `process` counts on, past the last one. */
type Event =
  | { readonly do: 'pass'; readonly seconds: Seconds }
  | { readonly do: 'rotate'; readonly keepOld: boolean }
  | { readonly do: 'flood'; readonly process: number; readonly token: TokenKind; readonly count: number }
  | { readonly do: 'break'; readonly process: number; readonly faults: StoreFaults }

const passing = fc
  .oneof(fc.constantFrom(0.1, 0.5, 1, 4.9, 5, 29.9, 30), fc.integer({ min: 1, max: 40 }))
  .map((seconds): Event => ({ do: 'pass', seconds }))
const rotating = fc.boolean().map((keepOld): Event => ({ do: 'rotate', keepOld }))
const process = fc.nat({ max: MOST_PROCESSES - 1 })
const kinds = fc.constantFrom<TokenKind>(
  'stranger',
  'old-stranger',
  'known-stranger',
  'forged',
  'withdrawn',
  'good',
)
const flooding = fc
  .record({ process, token: kinds, count: fc.integer({ min: 1, max: 8 }) })
  .map((flood): Event => ({ do: 'flood', ...flood }))
const breaking = fc
  .record({
    process,
    faults: fc.record({
      asking: fc.constantFrom(undefined, undefined, 'throws' as const, 'hangs' as const),
      isDeaf: fc.boolean(),
      delay: fc.constantFrom(0, 0.2, 2),
    }),
  })
  .map((broken): Event => ({ do: 'break', ...broken }))

const schedulesOf = (...events: readonly fc.WeightedArbitrary<Event>[]) =>
  fc.record({
    seed: fc.nat(),
    steps: fc.constant([]),
    skews: fc.array(fc.constantFrom(-0.4, 0, 0.4), {
      minLength: MOST_PROCESSES,
      maxLength: MOST_PROCESSES,
    }),
    events: fc.array(fc.oneof(...events), { minLength: 5, maxLength: 25 }),
  })
const traffic = [
  { weight: 4, arbitrary: passing },
  { weight: 8, arbitrary: flooding },
]
const rotations = { weight: 2, arbitrary: rotating }
const outages = { weight: 2, arbitrary: breaking }

interface Schedule {
  readonly seed: number
  readonly skews: readonly Seconds[]
  readonly events: readonly Event[]
}

/** What came of it, up to the end; the processes are still there. */
async function play({ seed, skews, events }: Schedule) {
  const processes = await startProcesses({ count: MOST_PROCESSES, seed, skews })
  const asked: Promise<Ending>[] = []
  for (const event of events) {
    if (event.do === 'pass') await processes.clock.advance(event.seconds)
    if (event.do === 'rotate') await rotate(processes, event.keepOld)
    if (event.do === 'flood') asked.push(...ask(processes, event.process, event.token, event.count))
    if (event.do === 'break') Object.assign(processes.all[event.process]?.faults ?? {}, event.faults)
    await processes.clock.settle()
  }
  return { processes, asked, finish: () => finish(processes, asked) }
}

function ask({ all }: Processes, index: number, token: TokenKind, count: number): readonly Promise<Ending>[] {
  return Array.from({ length: count }, () => all[index]?.ask(token)).filter((asked) => asked !== undefined)
}

/** What is signed in the second of a publication looks older than it is: nobody signs then. */
async function rotate(processes: Processes, keepOld: boolean): Promise<void> {
  processes.rotate({ keepOld })
  await processes.clock.advance(1.5)
}

/** Nobody good was refused, whatever happened, whose key is still published. */
async function finish(processes: Processes, asked: readonly Promise<Ending>[]): Promise<void> {
  await processes.finish()
  for (const { token, answeredAt, verdict } of await Promise.all(asked)) {
    const { to } = processes.truth.spanOf(String(token.kid)) ?? { to: -Infinity }
    if (token.kind === 'good' && to >= answeredAt) expect(verdict).not.toBe('refused')
  }
}

/** How long it takes until all processes accept the newest key, in a flood. */
async function untilAccepted(processes: Processes, asked: Promise<Ending>[]): Promise<Seconds> {
  const { all, clock } = processes
  const begin = clock.monotonic()
  for (;;) {
    const flood = all.flatMap((_, index) => [...ask(processes, index, 'stranger', 2)])
    const good = all.flatMap((_, index) => [...ask(processes, index, 'good', 1)])
    asked.push(...flood, ...good)
    await clock.advance(3)
    const endings = await Promise.all(good)
    if (endings.every(({ verdict }) => verdict === 'accepted')) return clock.monotonic() - begin
    if (clock.monotonic() - begin > 2 * LONGEST.alone) return Infinity
  }
}

describe('C1: processes that share a store share the budget for unknown keys', () => {
  property(
    'without a rotation: two looks in 30 seconds by all of them together, whatever the traffic',
    schedulesOf(...traffic),
    async (schedule) => {
      const { processes, finish: end } = await play(schedule)
      await end()
      expect(mostWithin(processes.fetches().slice(MOST_PROCESSES), 30)).toBeLessThanOrEqual(2)
    },
    { runs: 300 },
  )

  property(
    'with rotations: two looks in 30 seconds, and a fetch of each other process for each new key set',
    schedulesOf(...traffic, rotations),
    async (schedule) => {
      const { processes, finish: end } = await play(schedule)
      await end()
      const fetches = processes.fetches().slice(MOST_PROCESSES)
      const sets = new Set(processes.store.announced.map(({ fingerprint }) => fingerprint)).size
      const intervals = Math.ceil(((fetches.at(-1) ?? 0) - (fetches[0] ?? 0)) / 30) + 1
      expect(fetches.length).toBeLessThanOrEqual(2 * intervals + FOLLOWERS * sets)
    },
    { runs: 300 },
  )

  property(
    'a rotated key is accepted by all within an interval, in a flood, and nobody good is refused',
    schedulesOf(...traffic, rotations),
    async (schedule) => {
      const { processes, asked, finish: end } = await play(schedule)
      await rotate(processes, false)
      expect(await untilAccepted(processes, asked)).toBeLessThanOrEqual(LONGEST.together)
      await end()
    },
    { runs: 100 },
  )

  property(
    'also where the store fails for some, and others do not hear what is announced, within two',
    schedulesOf(...traffic, rotations, outages),
    async (schedule) => {
      const { processes, asked, finish: end } = await play(schedule)
      await rotate(processes, false)
      expect(await untilAccepted(processes, asked)).toBeLessThanOrEqual(LONGEST.alone)
      await end()
    },
    { runs: 300 },
  )
})
