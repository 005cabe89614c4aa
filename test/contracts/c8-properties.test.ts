import { describe, expect } from '@jest/globals'
import fc from 'fast-check'
import type { ReplayStore } from '@bearward/core'
import { createProof, createProofKey, createVirtualClock, type VirtualClock } from '@bearward/testing'
import { createProofCheck, type CheckProof } from '../../packages/core/src/binding/dpop.js'
import { createMemoryReplayStore } from '../../packages/core/src/binding/replay.js'
import { toRequest, URL_OF_STATS } from '../support/dpop.js'
import { property } from './support/property.js'

const TOKEN = 'token'
const START = 1_767_225_600
/** Proofs of a run, by when they were made: seconds after its start. */
const MADE_AT = [0, 0, 20, 60, 90, 150, 400, 1_000]
const PROCESSES = 3

const steps = fc.array(
  fc.oneof(
    {
      arbitrary: fc.record({ proof: fc.nat(MADE_AT.length - 1), process: fc.nat(PROCESSES - 1) }),
      weight: 6,
    },
    { arbitrary: fc.record({ advance: fc.constantFrom(0.5, 1, 10, 30, 59, 61, 200) }), weight: 4 },
    { arbitrary: fc.record({ step: fc.constantFrom(-400, -61, -30, -5, 5, 45, 400) }), weight: 1 },
    { arbitrary: fc.record({ store: fc.constantFrom('well', 'slow', 'down', 'silent', 'odd') }), weight: 1 },
  ),
  { minLength: 5, maxLength: 60 },
)

type Step = typeof steps extends fc.Arbitrary<readonly (infer T)[]> ? T : never

/** A store that all processes share, and that fails in every way that a store can. */
function createFailingStore(clock: VirtualClock): ReplayStore & { state: string } {
  const memory = createMemoryReplayStore(clock)
  const store = {
    state: 'well',
    async add(id: string, lifetime: number): Promise<boolean> {
      if (store.state === 'down') throw new Error('down')
      const isFirst = await memory.add(id, lifetime)
      if (store.state === 'slow') await new Promise<void>((resolve) => clock.after(2, resolve))
      if (store.state === 'silent') await new Promise<void>(() => undefined)
      return store.state === 'odd' ? ('OK' as never) : isFirst
    },
  }
  return store
}

async function run(schedule: readonly Step[]): Promise<readonly string[][]> {
  const clock = createVirtualClock({ start: START })
  const isClockSet = schedule.some((step) => 'step' in step) // each process sees only what happens to its own
  const store = createFailingStore(clock)
  const policy = { origins: ['https://api.example.com'], algorithms: new Set(['ES256']), maxAge: 60 }
  const processes = Array.from({ length: PROCESSES }, () =>
    createProofCheck({ ...policy, nonces: undefined, replayStore: store, clock }),
  )
  const verdicts: string[][] = MADE_AT.map(() => [])
  const pending: Promise<unknown>[] = []
  for (const step of schedule) {
    if ('advance' in step) await clock.advance(step.advance)
    else if ('step' in step) clock.step(step.step)
    else if ('store' in step) store.state = step.store
    else
      pending.push(send(clock, processes[isClockSet ? 0 : step.process], await proofs, step.proof, verdicts))
    await clock.settle()
  }
  await clock.advance(10)
  await Promise.all(pending)
  return verdicts
}

async function send(
  clock: VirtualClock,
  check: CheckProof | undefined,
  { list, thumbprint }: Awaited<typeof proofs>,
  index: number,
  verdicts: readonly string[][],
): Promise<void> {
  const request = toRequest({ token: TOKEN, proof: list[index] ?? '' })
  clock.now() // what is computed from here on is waited for
  const verdict = await check?.(request, TOKEN, thumbprint).then(
    () => 'accepted',
    (error: unknown) => String((error as { code?: unknown }).code),
  )
  verdicts[index]?.push(String(verdict))
}

/** Signed once: what differs between runs is when they come. */
const proofs = createProofKey().then(async (key) => ({
  thumbprint: key.thumbprint,
  list: await Promise.all(
    MADE_AT.map((seconds) =>
      createProof(key, { url: URL_OF_STATS, token: TOKEN }, { claims: { iat: START + seconds } }),
    ),
  ),
}))

describe('C8: whatever the store, the clocks and the traffic do', () => {
  property(
    'no proof is accepted twice, and none is refused with another reason than its time or its use',
    fc.record({ seed: fc.nat(), steps: fc.constant([]), schedule: steps }),
    async ({ schedule }) => {
      const known = new Set(['accepted', 'ERR_PROOF_REPLAYED', 'ERR_PROOF_TIME', 'ERR_REPLAY_STORE'])
      for (const verdicts of await run(schedule)) {
        expect(verdicts.filter((verdict) => verdict === 'accepted').length).toBeLessThanOrEqual(1)
        expect(verdicts.filter((verdict) => !known.has(verdict))).toEqual([])
      }
    },
  )

  property(
    'with a store that is well, and clocks that nobody sets, the first use of each good proof is accepted',
    fc.record({
      seed: fc.nat(),
      steps: fc.constant([]),
      schedule: steps.map((all) => all.filter((step) => !('step' in step) && !('store' in step))),
    }),
    async ({ schedule }) => {
      for (const verdicts of await run(schedule)) {
        const first = verdicts.find((verdict) => verdict !== 'ERR_PROOF_TIME')
        expect(first ?? 'accepted').toBe('accepted')
        expect(verdicts).not.toContain('ERR_REPLAY_STORE')
      }
    },
    { runs: 300 },
  )
})
