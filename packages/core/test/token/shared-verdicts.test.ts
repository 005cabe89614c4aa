import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import { createVerdicts, type VerdictPolicy } from '../../src/token/introspection-verdicts.js'
import { createSharedVerdicts, type StoredVerdict, type VerdictStore } from '../../src/token/verdict-store.js'
import { asVerified } from '../../src/token/verified.js'

/** The time of the wall clock when all begins. */
const START = 1_000_000
const POLICY = { maxAge: 60, inactiveMaxAge: 5, maxSize: 1_000_000 }
const CLAIMS = { sub: 'al' }

const settle = () => new Promise<void>((resolve) => void setImmediate(resolve))

/** Verdicts of a process, and what it says to the store that it shares with others. */
function createShared(policy: Partial<VerdictPolicy> = {}, find?: VerdictStore['find']) {
  const clock = createManualClock(START)
  const table = new Map<string, StoredVerdict>()
  const calls: unknown[] = []
  const store: VerdictStore = {
    find(key) {
      calls.push(['find', key])
      return find?.(key) ?? Promise.resolve(table.get(key))
    },
    store(...given) {
      calls.push(['store', ...given])
      return Promise.reject(new Error('down'))
    },
    forget: () => Promise.resolve(),
    subscribe: () => () => undefined,
  }
  const whole = { ...POLICY, ...policy }
  const memory = createVerdicts(whole, clock)
  const verdicts = createSharedVerdicts(store, memory, whole, clock)
  const load = async (maxAge = 60) => {
    await verdicts.load?.('k', maxAge)
    return verdicts.find('k', 60)
  }
  return { clock, table, calls, memory, verdicts, load }
}

describe('what is stored', () => {
  test.each([
    ['an active token for as long as it is used', { claims: CLAIMS }, {}, 60],
    ['an active token until it expires', { claims: { exp: START + 20 } }, {}, 30],
    ['an active token that expires later', { claims: { exp: START + 51 } }, {}, 60],
    ['an active token with no time of expiry', { claims: { exp: 'soon' } }, {}, 60],
    ['an inactive token for a minute', { claims: undefined }, {}, 60],
    ['an inactive token for as long as it is used', { claims: undefined }, { inactiveMaxAge: 90 }, 90],
  ])('is of %s', async (_name, { claims }, policy, lifetime) => {
    const { verdicts, calls, clock } = createShared(policy)
    clock.advance(100)
    clock.step(-100)
    const verdict = { claims: claims && asVerified(claims), askedAt: 90 }
    verdicts.store('k', verdict)
    await settle()
    expect(calls).toEqual([['store', 'k', { claims, askedAt: START - 10 }, lifetime]])
  })

  test.each([
    ['has expired', { claims: { exp: START } }, {}],
    ['is not to be kept', { claims: CLAIMS }, { maxAge: 0 }],
    ['is not to be kept, as it is not active', { claims: undefined }, { maxAge: 0 }],
  ])('is nothing that %s', async (_name, { claims }, policy) => {
    const { verdicts, calls } = createShared(policy)
    verdicts.store('k', { claims: claims && asVerified(claims), askedAt: 0 })
    await settle()
    expect(calls).toEqual([])
  })
})

describe('what is loaded', () => {
  test('is frozen, and counts as a second older', async () => {
    const { table, load, clock } = createShared()
    clock.advance(100)
    table.set('k', { claims: { sub: 'al', roles: ['a'] }, askedAt: START + 90 })
    const found = await load()
    expect(found).toEqual({ claims: { sub: 'al', roles: ['a'] }, askedAt: 89 })
    expect([Object.isFrozen(found?.claims), Object.isFrozen(found?.claims?.['roles'])]).toEqual([true, true])
  })

  test('may be that a token is not active, and nothing', async () => {
    const { table, load } = createShared()
    expect(await load()).toBeUndefined()
    table.set('k', { claims: undefined, askedAt: START })
    expect(await load()).toEqual({ claims: undefined, askedAt: -1 })
  })

  test('was asked for by a clock that is a second ahead at most', async () => {
    const { table, load } = createShared()
    table.set('k', { claims: CLAIMS, askedAt: START + 1.1 })
    expect(await load()).toBeUndefined()
    table.set('k', { claims: CLAIMS, askedAt: NaN })
    expect(await load()).toBeUndefined()
    table.set('k', { claims: CLAIMS, askedAt: START + 1 })
    expect(await load()).toEqual({ claims: CLAIMS, askedAt: -1 })
  })

  test.each([null, 'active', ['sub'], 1, true])(
    'says of no token what nobody answers: %j',
    async (claims) => {
      const { table, load } = createShared()
      table.set('k', { claims, askedAt: START } as unknown as StoredVerdict)
      expect(await load()).toBeUndefined()
    },
  )

  test('is nothing older than what is known', async () => {
    const { table, load, memory, clock } = createShared()
    clock.advance(10)
    const known = { claims: undefined, askedAt: 9 }
    memory.store('k', known)
    table.set('k', { claims: CLAIMS, askedAt: START + 10 }) // 9, too
    expect(await load()).toBe(known)
    memory.store('k', { claims: undefined, askedAt: 8.9 })
    expect(await load()).toEqual({ claims: CLAIMS, askedAt: 9 })
  })

  test('is nothing where all of it would be too old', async () => {
    const { load, calls, table } = createShared()
    table.set('k', { claims: CLAIMS, askedAt: START })
    expect(await load(1)).toBeUndefined()
    expect(calls).toEqual([])
    expect(await load(1.1)).toBeDefined()
    const short = createShared({ maxAge: 1 })
    await short.load()
    expect(short.calls).toEqual([])
  })

  test('is waited for by all who ask for it at once, and asked for anew by the next', async () => {
    const { load, calls } = createShared()
    await Promise.all([load(), load()])
    expect(calls).toEqual([['find', 'k']])
    await load()
    expect(calls).toHaveLength(2)
  })

  test('is not waited for longer than a second', async () => {
    const { load, clock } = createShared({}, () => new Promise(() => undefined))
    let isOver = false
    const loaded = load().then(() => (isOver = true))
    await settle()
    clock.advance(0.9)
    await settle()
    expect(isOver).toBe(false)
    clock.advance(0.1)
    expect(await loaded).toBe(true)
  })

  test('is nothing where the store fails', async () => {
    const { load } = createShared({}, () => Promise.reject(new Error('down')))
    expect(await load()).toBeUndefined()
  })

  test.each(['forget', 'forgetWhere'] as const)(
    'is nothing that was forgotten meanwhile: %s',
    async (name) => {
      const answers: ((verdict: StoredVerdict) => void)[] = []
      const { load, verdicts } = createShared({}, () => new Promise((resolve) => void answers.push(resolve)))
      const first = load()
      await settle()
      if (name === 'forget') verdicts.forget('k')
      else verdicts.forgetWhere(() => true)
      answers[0]?.({ claims: CLAIMS, askedAt: START })
      expect(await first).toBeUndefined()
      const second = load()
      await settle()
      answers[1]?.({ claims: CLAIMS, askedAt: START })
      expect(await second).toBeDefined()
    },
  )

  test('is still joined by those who ask after what was forgotten was answered', async () => {
    const answers: ((verdict: StoredVerdict) => void)[] = []
    const { load, verdicts } = createShared({}, () => new Promise((resolve) => void answers.push(resolve)))
    const first = load()
    await settle()
    verdicts.forget('k')
    const second = load()
    await settle()
    answers[0]?.({ claims: CLAIMS, askedAt: START })
    await first
    const third = load()
    await settle()
    expect(answers).toHaveLength(2)
    answers[1]?.({ claims: CLAIMS, askedAt: START })
    expect(await Promise.all([second, third])).toEqual([
      { claims: CLAIMS, askedAt: -1 },
      { claims: CLAIMS, askedAt: -1 },
    ])
  })
})

describe('what is forgotten', () => {
  test('is not found any more', () => {
    const { verdicts } = createShared()
    verdicts.store('k', { claims: asVerified(CLAIMS), askedAt: 0 })
    verdicts.forget('k')
    expect(verdicts.find('k', 60)).toBeUndefined()
    verdicts.store('k', { claims: asVerified(CLAIMS), askedAt: 0 })
    verdicts.forgetWhere(() => false)
    expect(verdicts.find('k', 60)).toBeDefined()
    verdicts.forgetWhere(({ sub }) => sub === 'al')
    expect(verdicts.find('k', 60)).toBeUndefined()
  })
})
