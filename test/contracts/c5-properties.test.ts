import type { Seconds } from '@bearward/core'
import type { Behaviour } from '@bearward/testing'
import { afterAll, describe, expect } from '@jest/globals'
import fc from 'fast-check'
import { property } from './support/property.js'
import { behaviours, type Schedule, type Step } from './support/schedule.js'
import { createWorld, type Exchange, type World } from './support/world.js'
import { HOSTILE_KINDS, mintHostile, type HostileKind } from './support-b/hostile.js'
import { mayAccept } from './support-b/oracle.js'
import { behaveBoth } from './support-b/outage.js'
import { steps } from './support-b/schedules.js'
import { catchUnhandled } from './support-b/unhandled.js'

/** A request with a hostile token, before a step. */
type Attack = readonly [before: number, kind: HostileKind]

interface Run extends Schedule {
  readonly staleWindow: Seconds
  /** What becomes of the first requests for each endpoint, one by one; then it goes on as the steps say. */
  readonly metadata: readonly Behaviour[]
  readonly jwks: readonly Behaviour[]
  readonly attacks: readonly Attack[]
}

const MIX = {
  'advance-a-minute': 8,
  'advance-briefly': 2,
  sleep: 1,
  'set-clock': 1,
  fault: 4,
  heal: 2,
  rotate: 2,
  withdraw: 1,
  move: 1,
  request: 8,
  genuine: 10,
  burst: 1,
} as const

const answers = fc.oneof(fc.constant<Behaviour[]>([]), fc.array(behaviours, { maxLength: 5 }))

const runs: fc.Arbitrary<Run> = fc.record({
  seed: fc.nat(),
  staleWindow: fc.constantFrom(0, 60, 600, 86_400),
  metadata: answers,
  jwks: answers,
  steps: steps(MIX),
  attacks: fc.array(fc.tuple(fc.nat({ max: 14 }), fc.constantFrom(...HOSTILE_KINDS)), { maxLength: 5 }),
})

const accepted = { rightly: 0, lately: 0 }

/** Plays a run; gives the requests that got another verdict than they may. */
async function play({
  seed,
  staleWindow,
  metadata,
  jwks,
  steps,
  attacks,
}: Run): Promise<readonly Exchange[]> {
  const world = await createWorld({ seed, etags: false, resourceServer: { staleWindow } })
  const check = createCheck(world, staleWindow)
  world.server.behave('metadata', [...metadata, {}])
  world.server.behave('jwks', [...jwks, {}])
  for (const [index, step] of steps.entries()) {
    for (const [before, kind] of attacks) if (before === index) world.send(mintHostile(world, kind))
    await prepareStep(world, step)
    check.note()
    await world.run(step)
    check.note()
  }
  behaveBoth(world, undefined)
  await world.clock.advance(310) // the longest Retry-After, and a pause
  check.note()
  const last = await world.ask('good')
  if (last.verdict === 'accept') accepted.lately += 1
  check.note()
  world.resourceServer.close()
  await world.clock.settle()
  return check.wrong()
}

/** Lets everything run that a step of the clock would change the judgement of, before it is made. */
async function prepareStep(world: World, step: Step): Promise<void> {
  if (step.do === 'set-clock' || step.do === 'sleep') await world.clock.advance(3)
}

interface Check {
  /** Judges what was answered since the last time, by the wall clock as it is now. */
  note(): void
  wrong(): readonly Exchange[]
}

function createCheck(world: World, staleWindow: Seconds): Check {
  const wrong: Exchange[] = []
  let pending: readonly Exchange[] = []
  let seen = 0

  function isRight(exchange: Exchange): boolean {
    const { verdict } = exchange
    if (verdict !== 'accept') return verdict === 'refuse' || verdict === 'cannot tell'
    accepted.rightly += 1
    return mayAccept(world, exchange, { staleWindow, offset: world.clock.now() - world.clock.monotonic() })
  }

  return {
    wrong: () => [...wrong, ...pending],
    note() {
      const open = [...pending, ...world.history.slice(seen)]
      seen = world.history.length
      pending = open.filter(({ verdict }) => verdict === undefined)
      wrong.push(...open.filter((exchange) => exchange.verdict !== undefined && !isRight(exchange)))
    },
  }
}

describe('C5: whatever is wrong', () => {
  property(
    'nothing is accepted but what is rightly accepted, nothing else is thrown than refusals and outages, and nothing is left unhandled',
    runs,
    async (run) => {
      const unhandled = await catchUnhandled(async () => {
        expect(await play(run)).toEqual([])
      })
      expect(unhandled).toEqual([])
    },
  )

  afterAll(() => {
    expect(accepted.rightly).toBeGreaterThan(2_000)
    expect(accepted.lately).toBeGreaterThanOrEqual(950)
  })
})
