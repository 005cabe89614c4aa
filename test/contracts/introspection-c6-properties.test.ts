import { afterAll, describe, expect } from '@jest/globals'
import { property } from './support/property.js'
import { catchUnhandled } from './support-b/unhandled.js'
import { configurations, EVERYTHING, HEALTHY, runs, type Run } from './support-introspection/events.js'
import { isExplained, isTimely, type Ages } from './support-introspection/oracle.js'
import { play } from './support-introspection/play.js'
import type { World } from './support-introspection/world.js'

function agesOf({ options: { cache = {} } }: Run): Ages {
  const { maxAge = 60, inactiveMaxAge = 5 } = cache
  return { maxAge, inactiveMaxAge }
}

const verdicts = new Map<string, number>()

function count({ history }: World): void {
  for (const { verdict = 'none' } of history) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
}

describe('C5 and C6: whatever happens, an introspected token', () => {
  property(
    'gets the verdict of what the server said, no longer than it may be used, and nothing is left unhandled',
    runs(EVERYTHING, configurations),
    async (run) => {
      const unhandled = await catchUnhandled(async () => {
        const world = await play(run)
        count(world)
        const ages = agesOf(run)
        expect(world.history.filter((exchange) => !isExplained(world, exchange, ages))).toEqual([])
        expect(world.history.filter((exchange) => !isTimely(world, exchange, ages))).toEqual([])
      })
      expect(unhandled).toEqual([])
    },
  )

  property(
    'always gets one where the server is well, though slow',
    runs({ ...HEALTHY, burst: 1, sleep: 0 }),
    async (run) => {
      const world = await play({ ...run, options: { ...run.options, concurrency: 50 } })
      const ages = agesOf(run)
      expect(world.history.filter((exchange) => !isExplained(world, exchange, ages))).toEqual([])
      expect(world.history.filter(({ verdict }) => verdict === 'cannot tell')).toEqual([])
    },
  )

  afterAll(() => {
    expect(verdicts.get('accept')).toBeGreaterThan(1_000)
    expect(verdicts.get('refuse')).toBeGreaterThan(1_000)
    expect(verdicts.get('cannot tell')).toBeGreaterThan(1_000)
    expect(verdicts.get('threw')).toBeUndefined()
    expect(verdicts.get('none')).toBeUndefined()
  })
})
