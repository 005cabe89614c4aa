import { afterAll, describe, expect } from '@jest/globals'
import type { Seconds } from '@bearward/core'
import fc from 'fast-check'
import { property } from './support/property.js'
import type { Schedule, Step, TokenKind } from './support/schedule.js'
import { createWorld, type Exchange, type World } from './support/world.js'
import { accompany, MANNERS, THROWING_OPTIONS, type Manner } from './support-b/callers.js'
import { healthOf } from './support-b/outage.js'
import { ORDERLY, steps } from './support-b/schedules.js'

const WAIT_LIMIT: Seconds = 3

/** Requests that come at the same moment with the same token: one that is patient, and others. */
interface Company {
  readonly do: 'company'
  readonly token: TokenKind
  readonly manners: readonly Manner[]
}

interface Run extends Schedule {
  readonly companies: readonly (readonly [before: number, company: Company])[]
}

function runsWith(kinds: readonly TokenKind[], mix: Parameters<typeof steps>[0]): fc.Arbitrary<Run> {
  const company = fc.record({
    do: fc.constant('company' as const),
    token: fc.constantFrom(...kinds),
    manners: fc.array(fc.constantFrom(...MANNERS), { minLength: 1, maxLength: 4 }),
  })
  return fc.record({
    seed: fc.nat(),
    steps: steps(
      { 'advance-a-minute': 8, 'advance-briefly': 1, sleep: 1, fault: 4, heal: 2, ...mix },
      { max: 12 },
    ),
    companies: fc.array(fc.tuple(fc.nat({ max: 12 }), company), { minLength: 2, maxLength: 6, size: 'max' }),
  })
}

/** The steps of a run, with the companies among them. */
function stepsOf({ steps, companies }: Run): readonly (Company | Step)[] {
  return [...steps.keys(), steps.length].flatMap((index) => [
    ...companies.filter(([before]) => Math.min(before, steps.length) === index).map(([, step]) => step),
    ...steps.slice(index, index + 1),
  ])
}

/** How the company of the patient behaves: badly, as anybody does, or by not coming at all. */
type Play = 'absent' | 'bad' | 'calm'

/** Plays a run; the history is that of those who are patient. */
async function play(run: Run, as: Play): Promise<World> {
  const world = await createWorld({
    seed: run.seed,
    etags: run.seed % 2 === 0,
    ...(as === 'bad' && { resourceServer: { ...THROWING_OPTIONS } }),
  })
  for (const step of stepsOf(run)) {
    if (step.do === 'company') {
      const { token } = world.send(step.token)
      for (const manner of step.manners) if (as !== 'absent') accompany(world, as, manner, token)
      await world.clock.settle()
    } else {
      // Who sleeps cannot keep a time limit, so nobody waits then.
      if (step.do === 'sleep') await world.clock.advance(WAIT_LIMIT)
      await world.run(step)
    }
    checkCache(world)
  }
  await world.finish()
  return world
}

/** Each key set that came complete and in time is in the cache, whoever is still waiting for it. */
function checkCache(world: World): void {
  const last = world.truth.goodKeySets(world.calls).at(-1)
  if (last !== undefined && healthOf(world).keys.join() !== last.kids?.join()) {
    throw new Error(`The key set of ${String(last.at)} is not in the cache`)
  }
}

function outcomeOf({ sentAt, answeredAt, verdict, code, retryAfter }: Exchange): unknown {
  return { sentAt, answeredAt, verdict, code, retryAfter }
}

const verdicts = new Map<string, number>()

/** Compares what was seen by those who were patient, and by the authorization server. */
function checkEqual(world: World, twin: World): void {
  expect(world.history.map(outcomeOf)).toEqual(twin.history.map(outcomeOf))
  expect(world.calls.map(({ url, at }) => [url, at])).toEqual(twin.calls.map(({ url, at }) => [url, at]))
  const wait = ({ sentAt, answeredAt = Infinity }: Exchange) => answeredAt - sentAt
  expect(world.history.filter((exchange) => wait(exchange) > WAIT_LIMIT + 1e-6)).toEqual([])
  for (const { verdict = '' } of world.history) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
}

describe('C4: one caller that aborts, times out or throws never changes what becomes of another', () => {
  property(
    'all others have the same verdicts at the same moments as if it were patient, within 3 seconds',
    runsWith(ORDERLY, { rotate: 2, move: 1, orderly: 8 }),
    async (run) => checkEqual(await play(run, 'bad'), await play(run, 'calm')),
  )

  property(
    'and, where no search for keys is at stake, as if it had never come',
    runsWith(['good', 'older', 'expired', 'garbage'], { move: 1, orderly: 8 }),
    async (run) => checkEqual(await play(run, 'bad'), await play(run, 'absent')),
    { runs: 100 },
  )

  afterAll(() => {
    expect(verdicts.get('accept')).toBeGreaterThan(1_000)
    expect(verdicts.get('refuse')).toBeGreaterThan(1_000)
    expect(verdicts.get('cannot tell')).toBeGreaterThan(1_000)
    expect(verdicts.get('threw')).toBeUndefined()
  })
})
