import { createResourceServer, type Seconds } from '@bearward/core'
import { describe, expect, test } from '@jest/globals'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  FAULTS,
  type LoggedRequest,
} from '@bearward/testing'
import { verdictOn } from '../../../test/support/request.js'

/** What happened in a run. */
interface Trace {
  readonly log: readonly LoggedRequest[]
  /** What became of the requests to the resource server, each with the time at which it was made and answered. */
  readonly verdicts: readonly (readonly [Seconds, Seconds, string])[]
  /** How many timers were left. */
  readonly timers: number
}

/** Hours in which everything that can go wrong goes wrong, with a rotation of the keys in the middle of each. */
async function run(seed: number): Promise<Trace> {
  const clock = createVirtualClock({ seed })
  const server = await createScriptedAuthorizationServer({ clock, etags: true })
  const { issuer, fetch } = server
  const resourceServer = createResourceServer({ issuer, audience: 'https://api.example.com', fetch, clock })
  const verdicts: [Seconds, Seconds, string][] = []

  async function request(): Promise<void> {
    const at = clock.monotonic()
    const token = await server.mint()
    void verdictOn(resourceServer, token).then((verdict) => verdicts.push([at, clock.monotonic(), verdict]))
    await clock.settle()
  }

  for (const fault of FAULTS) {
    server.behave('metadata', [{ fault }, {}])
    server.behave('jwks', [{ delay: 1.5 }, { fault }, { fault, delay: 0.5 }, {}])
    for (let minute = 0; minute < 15; minute += 1) {
      if (minute === 7) await server.rotateKeys({ keepOld: fault === 'hang' })
      if (minute === 11) server.moveKeySet()
      await request()
      await clock.advance(60)
    }
  }
  resourceServer.close()
  await clock.settle()
  return { log: [...server.log], verdicts, timers: clock.timers }
}

describe('a run', () => {
  test('is the same for the same seed, and another one for another', async () => {
    const [first, again, other] = [await run(1), await run(1), await run(2)]
    expect(again).toEqual(first)
    expect(other.log.map(({ at }) => at)).not.toEqual(first.log.map(({ at }) => at))
    expect(first.log.length).toBeGreaterThan(30)
    expect(first.log.some(({ isConditional }) => isConditional)).toBe(true)
    expect(new Set(first.verdicts.map(([, , verdict]) => verdict)).size).toBeGreaterThan(1)
    expect(first.verdicts).toHaveLength(FAULTS.length * 15)
    expect(first.timers).toBe(0)
  })
})
