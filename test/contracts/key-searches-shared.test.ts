import { describe, expect, test } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { createVirtualClock } from '@bearward/testing'
import { verdictOn } from '../support/request.js'
import { createAnyIssuer } from './support/any-issuer.js'
import { AUDIENCE, ISSUER, KEY_POOL, signToken, type PoolKey } from './support/tokens.js'
import { startTwo, type Processes } from './support-searches/processes.js'
import { createSharedStore } from './support-searches/search-store.js'

const LIMIT = 'ERR_KEY_SEARCH_LIMIT'
const NO_KEY = 'ERR_TOKEN_KEY'

/** A token of a new key that is said to be older than the key. */
function mintBackdated({ mint, clock }: Pick<Processes, 'clock' | 'mint'>) {
  return mint('good', { issuedAt: clock.now() - 60 })
}

describe('a look for an unknown key', () => {
  test('is made once for all processes that ask at the same time, and refuses what it did not find', async () => {
    const { all, looks, after, strange } = await startTwo({ count: 4 })
    const endings = await after(1, Promise.all(all.map(({ ask }) => ask(strange(60)))))
    expect(new Set(endings.map(({ code }) => code))).toEqual(new Set([NO_KEY]))
    expect(looks()).toBe(1)
  })

  test('without a shared store is made by each', async () => {
    const { all, looks, after, strange } = await startTwo({ count: 4, isShared: false })
    const endings = await after(1, Promise.all(all.map(({ ask }) => ask(strange(60)))))
    expect(new Set(endings.map(({ code }) => code))).toEqual(new Set([NO_KEY]))
    expect(looks()).toBe(4)
  })

  test('brings a new key to all processes, with one fetch each', async () => {
    const { all, one, looks, rotate, clock, store } = await startTwo({ count: 4 })
    rotate()
    await clock.advance(1)
    expect((await one.ask('good')).verdict).toBe('accepted')
    await clock.settle()
    expect(looks()).toBe(4)
    const endings = await Promise.all(all.map(({ ask }) => ask('good')))
    expect(new Set(endings.map(({ verdict }) => verdict))).toEqual(new Set(['accepted']))
    expect([looks(), store.taken.length]).toEqual([4, 1])
  })

  test('brings it also from where the key set has moved to, though the old one stays where it was', async () => {
    const [first, second] = KEY_POOL as readonly [PoolKey, PoolKey]
    const clock = createVirtualClock()
    const [site, store] = [createAnyIssuer(), createSharedStore(clock)]
    const connect = () =>
      createResourceServer({
        ...{ issuer: ISSUER, audience: AUDIENCE, clock, fetch: site.fetch },
        keySearchStore: store.connect({}),
      })
    const [one, other] = [connect(), connect()]
    const token = signToken({ key: first, issuedAt: clock.now() })
    expect([await verdictOn(one, token), await verdictOn(other, token)]).toEqual(['accepted', 'accepted'])
    await clock.advance(1)
    site.keySets['/moved'] = [second.jwk]
    site.keySetPath = '/moved'
    const rotated = signToken({ key: second, issuedAt: clock.now() })
    expect(await verdictOn(one, rotated)).toBe('accepted')
    await clock.settle()
    await clock.advance(1)
    expect(await verdictOn(other, rotated)).toBe('accepted')
    expect(store.taken).toHaveLength(1)
  })

  test('spends the slot of all: a token that it should have known is refused by each, another waits', async () => {
    const { one, other, clock, looks, strange } = await startTwo()
    await one.ask(strange(60))
    await clock.advance(4)
    expect((await other.ask(strange(60))).code).toBe(NO_KEY)
    expect(await other.ask(strange(0))).toMatchObject({ code: LIMIT, retryAfter: 1 })
    expect(looks()).toBe(1)
  })

  test('is told what it saw: who did not look asks nobody, and refuses only what is no newer than its own look', async () => {
    const { one, other, clock, looks, strange } = await startTwo()
    await clock.advance(600)
    await one.ask(strange(0))
    await clock.advance(4)
    expect(await other.ask(strange(300))).toMatchObject({ code: LIMIT, retryAfter: 5 })
    expect((await other.ask(strange(600 + 60))).code).toBe(NO_KEY)
    expect(looks()).toBe(1)
  })

  test('has a second slot, which is one for all processes as well', async () => {
    const { one, other, clock, rotate, looks, strange } = await startTwo()
    await one.ask(strange(60))
    rotate()
    await clock.advance(6)
    expect((await other.ask('good')).verdict).toBe('accepted')
    await clock.settle()
    rotate()
    await clock.advance(6)
    expect(await one.ask('good')).toMatchObject({ code: LIMIT, retryAfter: 18 })
    expect(looks()).toBe(3) // the second of which the first process followed
    await clock.advance(18)
    expect((await one.ask('good')).verdict).toBe('accepted')
  })
})

describe('who comes while another process looks', () => {
  test('waits for what it sees', async () => {
    const { one, other, clock, rotate, server, looks } = await startTwo()
    rotate()
    await clock.advance(1)
    server.behave('jwks', { delay: 1 })
    const [first, second] = [one.ask('good'), other.ask('good')]
    await clock.advance(2)
    expect([(await first).verdict, (await second).verdict]).toEqual(['accepted', 'accepted'])
    expect(looks()).toBe(2)
  })

  test('is not refused where it does not hear of that in time, however old its token looks', async () => {
    const { one, other, clock, rotate, after, strange, looks, mint } = await startTwo()
    other.faults.isDeaf = true
    rotate()
    await one.ask('good')
    await clock.advance(5)
    const token = mintBackdated({ clock, mint })
    expect(await after(3, other.ask(token))).toMatchObject({ code: LIMIT, retryAfter: 22 })
    expect(await other.ask(strange(60))).toMatchObject({ code: LIMIT, retryAfter: 22 })
    const tooLong = mint('stranger', { kid: 'a'.repeat(257) })
    expect((await other.ask(tooLong)).code).toBe(NO_KEY)
    expect(looks()).toBe(1)
    await clock.advance(22)
    expect((await other.ask(token)).verdict).toBe('accepted')
  })

  test('is not refused either where it has heard of other keys, and may not fetch them yet', async () => {
    const { one, other, clock, rotate, after, ...rest } = await startTwo()
    rotate()
    await clock.advance(1)
    await one.ask('good')
    await clock.settle()
    rotate()
    await clock.advance(1)
    expect(await one.ask('good')).toMatchObject({ code: LIMIT, retryAfter: 1 })
    await clock.advance(1)
    expect((await one.ask('good')).verdict).toBe('accepted')
    await clock.settle()
    const token = mintBackdated({ clock, ...rest })
    expect((await after(3, other.ask(token))).verdict).not.toBe('refused')
  })

  test('looks for itself after an interval in which it heard nothing, though others have the slot again', async () => {
    const { one, other, clock, rotate, after, strange, looks } = await startTwo()
    other.faults.isDeaf = true
    rotate()
    await one.ask('good')
    await clock.advance(1)
    expect((await after(3, other.ask('good'))).code).toBe(LIMIT)
    await clock.advance(26)
    await one.ask(strange(60))
    expect((await after(3, other.ask('good'))).code).toBe(LIMIT)
    expect(looks()).toBe(3)
    expect((await other.ask('good')).verdict).toBe('accepted')
  })

  test('is told to come again where that fails, and not that its token is bad', async () => {
    const { one, other, clock, server, strange } = await startTwo()
    server.behave('jwks', { fault: 'hang' })
    const asked = [one, other].map(({ ask }) => ask(strange(60)))
    await clock.advance(3)
    const [first, second] = await Promise.all(asked)
    expect(first?.code).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
    expect(second).toMatchObject({ code: LIMIT, retryAfter: 27 })
  })
})
