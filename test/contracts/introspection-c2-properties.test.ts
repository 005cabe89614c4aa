import type { Seconds } from '@bearward/core'
import { INTROSPECTION_FAULTS, type Behaviour } from '@bearward/testing'
import { afterAll, describe, expect } from '@jest/globals'
import fc from 'fast-check'
import { property } from './support/property.js'
import { createWorld, type Exchange, type World } from './support-introspection/world.js'

const LONGEST_PAUSE: Seconds = 60
/** A question that is under way when the server is back may still take so long. */
const FETCH_LIMIT: Seconds = 5

/** The server is dead, one way or another: what it says is no answer. */
const deaths: fc.Arbitrary<Behaviour> = fc
  .record({
    fault: fc.constantFrom(...INTROSPECTION_FAULTS.filter((fault) => fault !== 'empty-key-set')),
    delay: fc.constantFrom(0, 0, 0, 0.1, 1, 2.9, 3.1, 4.9, 8),
    retryAfter: fc.constantFrom(undefined, undefined, '0', '1', '30', '90', '86400', 'soon'),
    deaf: fc.boolean(),
  })
  .map(({ retryAfter, ...behaviour }) => ({
    ...behaviour,
    ...(retryAfter !== undefined && { headers: { 'retry-after': retryAfter } }),
  }))

const tokens = fc.constantFrom('other' as const, 'endless' as const)

const outages = fc.record({
  seed: fc.nat(),
  steps: fc.constant([]),
  maxAge: fc.constantFrom(10, 60, 120),
  isMetadataDead: fc.boolean(),
  /** When each token is asked about, before it. */
  gap: fc.integer({ min: 0, max: 9 }),
  deaths: fc.array(deaths, { minLength: 1, maxLength: 3 }),
  requests: fc.array(fc.tuple(fc.constantFrom(0, 0.1, 1, 3, 7, 20, 50), tokens), {
    minLength: 3,
    maxLength: 10,
    size: 'max',
  }),
})

const verdicts = new Map<string, number>()

/** Whether it is as it must be while the server is dead. */
function isRight(
  { sentAt, answeredAt = Infinity, verdict, retryAfter = 0 }: Exchange,
  age: Seconds,
  maxAge: Seconds,
): boolean {
  verdicts.set(verdict ?? '', (verdicts.get(verdict ?? '') ?? 0) + 1)
  return age < maxAge
    ? verdict === 'accept' && answeredAt === sentAt
    : verdict === 'cannot tell' && retryAfter >= 1 && answeredAt - sentAt <= 3 + 1e-6
}

/** How long the server asked to be left alone, at most. */
function longestRequested(behaviours: readonly Behaviour[]): Seconds {
  const asked = behaviours
    .filter(({ fault }) => fault === 'too-many-requests' || fault === 'unavailable')
    .map(({ headers }) => Number(headers?.['retry-after'] ?? 20))
  return Math.max(0, ...asked.map((seconds) => Math.min(Number.isNaN(seconds) ? 0 : seconds, 300)))
}

/** Between requests after the outage. */
const INTERVAL: Seconds = 3

/** Asks until it is accepted; gives how long that took. */
async function recover(world: World): Promise<Seconds> {
  world.behave('introspection', undefined)
  world.behave('metadata', undefined)
  const from = world.clock.monotonic()
  for (let asked = 0; asked < 200; asked += 1) {
    const exchange = await world.ask('endless')
    if (exchange.verdict === 'accept') return exchange.sentAt - from
    expect(exchange.verdict).not.toBe('refuse')
    await world.clock.advance(INTERVAL)
  }
  return Infinity
}

describe('C2: when the introspection endpoint dies', () => {
  property(
    'verdicts are used until their age, then all get 503 with Retry-After, and when it is back, requests pass in time',
    outages,
    async ({ seed, maxAge, isMetadataDead, gap, deaths, requests }) => {
      const world = await createWorld({ cache: { maxAge } }, seed)
      const askedAt = { other: 0, endless: gap }
      expect((await world.ask('other')).verdict).toBe('accept')
      await world.clock.advance(gap)
      expect((await world.ask('endless')).verdict).toBe('accept')
      if (isMetadataDead) world.behave('metadata', { fault: 'refuse' })
      const sent: Exchange[] = []
      for (const [index, [seconds, token]] of requests.entries()) {
        world.behave('introspection', deaths[index % deaths.length])
        await world.clock.advance(seconds)
        sent.push(world.send(token))
        await world.clock.settle()
      }
      await world.clock.advance(3)
      const wrong = sent.filter((exchange) => {
        const age = exchange.sentAt - askedAt[exchange.kind as keyof typeof askedAt]
        return !isRight(exchange, age, maxAge)
      })
      expect(wrong).toEqual([])
      await world.clock.advance(maxAge)
      expect(await recover(world)).toBeLessThanOrEqual(
        Math.max(LONGEST_PAUSE, longestRequested(deaths)) + FETCH_LIMIT + INTERVAL,
      )
      world.resourceServer.close()
    },
  )

  afterAll(() => {
    expect(verdicts.get('accept')).toBeGreaterThan(2_000)
    expect(verdicts.get('cannot tell')).toBeGreaterThan(2_000)
    expect(verdicts.get('refuse')).toBeUndefined()
  })
})
