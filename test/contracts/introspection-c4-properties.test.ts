import type { Seconds } from '@bearward/core'
import { afterAll, describe, expect } from '@jest/globals'
import fc from 'fast-check'
import { property } from './support/property.js'
import { MANNERS, THROWING_OPTIONS, type Manner } from './support-b/callers.js'
import { accompany } from './support-introspection/callers.js'
import { EVERYTHING, runs, type Run } from './support-introspection/events.js'
import { KINDS, type TokenKind } from './support-introspection/tokens.js'
import { finish, runEvent } from './support-introspection/play.js'
import { createWorld, type Exchange, type World } from './support-introspection/world.js'

const WAIT_LIMIT: Seconds = 3

/** Requests that come at the same moment with the same token: one that is patient, and others. */
interface Company {
  readonly before: number
  readonly token: TokenKind
  readonly manners: readonly Manner[]
}

interface AccompaniedRun extends Run {
  readonly companies: readonly Company[]
}

const company: fc.Arbitrary<Company> = fc.record({
  before: fc.nat({ max: 14 }),
  token: fc.constantFrom(...KINDS.filter((kind) => kind !== 'random')),
  manners: fc.array(fc.constantFrom(...MANNERS), { minLength: 1, maxLength: 4 }),
})

const accompaniedRuns: fc.Arbitrary<AccompaniedRun> = fc
  .tuple(
    runs({ ...EVERYTHING, fault: 6, 'advance-briefly': 6 }),
    fc.array(company, { minLength: 2, maxLength: 6 }),
  )
  .map(([run, companies]) => ({ ...run, companies }))

/** Plays a run, in which bad callers come or do not; the history is that of those who are patient. */
async function play(run: AccompaniedRun, areBadThere: boolean): Promise<World> {
  const functions = areBadThere ? { functions: THROWING_OPTIONS } : {}
  const world = await createWorld({ ...run.options, ...functions }, run.seed)
  for (const [index, event] of run.events.slice(0, 14).entries()) {
    for (const { before, token, manners } of run.companies) {
      if (before !== index) continue
      const { text } = world.send(token)
      for (const manner of manners) if (areBadThere) accompany(world, manner, text)
      await world.clock.settle()
    }
    // Who sleeps cannot keep a time limit, so nobody waits then; nor while a clock is set.
    if (event.do === 'sleep' || event.do === 'set-clock') await world.clock.advance(WAIT_LIMIT)
    await runEvent(world, event)
  }
  await finish(world)
  return world
}

function outcomeOf({ sentAt, answeredAt, verdict, code, retryAfter, auth }: Exchange): unknown {
  return { sentAt, answeredAt, verdict, code, retryAfter, claims: auth?.claims, scopes: auth?.scopes }
}

function waitOf({ sentAt, answeredAt = Infinity }: Exchange): Seconds {
  return answeredAt - sentAt
}

const verdicts = new Map<string, number>()

describe('C4: callers that abort, throw or tamper', () => {
  property(
    'change nothing for others: verdicts, claims, moments and calls are as if they had not come; all within 3 seconds',
    accompaniedRuns,
    async (run) => {
      const [world, twin] = [await play(run, true), await play(run, false)]
      expect(world.history.map(outcomeOf)).toEqual(twin.history.map(outcomeOf))
      expect(world.calls.map(({ token, at }) => [token, at])).toEqual(
        twin.calls.map(({ token, at }) => [token, at]),
      )
      expect(world.history.filter((exchange) => waitOf(exchange) > WAIT_LIMIT + 1e-6)).toEqual([])
      for (const { verdict = '' } of world.history) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
    },
  )

  afterAll(() => {
    expect(verdicts.get('accept')).toBeGreaterThan(1_000)
    expect(verdicts.get('refuse')).toBeGreaterThan(1_000)
    expect(verdicts.get('cannot tell')).toBeGreaterThan(1_000)
    expect(verdicts.get('threw')).toBeUndefined()
  })
})
