import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../test/support/manual-clock.js'
import type { AuthorizationServerConfig } from '../src/config/authorization-server.js'
import { createLookUp } from '../src/tenants.js'

/** Named by how many were started before it. */
interface Server {
  readonly issuer: string
  readonly number: number
}
type Answer = AuthorizationServerConfig | undefined

const [INTERVAL, PAUSE, STALE, LIMIT] = [600, 10, 86_400, 5]

/** A look-up whose answers are scripted. */
function create() {
  const clock = createManualClock(1_000_000)
  const events: unknown[] = []
  const script = {
    answer: (issuer: string): Promise<Answer> => Promise.resolve({ issuer } as AuthorizationServerConfig),
  }
  let started = 0
  const lookUp = createLookUp<Server>(
    (issuer) => {
      events.push(issuer)
      return script.answer(issuer)
    },
    clock,
    {
      start({ issuer }, earlier) {
        started += 1
        events.push(['start', started, earlier?.number])
        return { issuer, number: started }
      },
      stop: ({ number }) => events.push(['stop', number]),
      plan: ({ number }) => events.push(['plan', number]),
    },
  )
  /** What has happened since the last time. */
  const news = () => events.splice(0)
  return {
    clock,
    script,
    news,
    find: async (issuer: string) => (await lookUp.find(issuer))?.number,
    atHand: (issuer: string) => lookUp.atHand(issuer)?.number,
    list: () => lookUp.list().map(({ number }) => number),
    confirm: lookUp.confirm,
  }
}

describe('an issuer that is looked up', () => {
  test('is kept for ten minutes, and then asked for anew', async () => {
    const { clock, news, find, atHand, list } = create()
    expect([await find('a'), atHand('a'), list()]).toEqual([1, 1, [1]])
    expect(news()).toEqual(['a', ['start', 1, undefined]])
    clock.advance(INTERVAL - 0.1)
    expect([await find('a'), news()]).toEqual([1, []])
    clock.advance(0.1)
    expect(atHand('a')).toBeUndefined()
    expect([await find('a'), news()]).toEqual([2, ['a', ['start', 2, 1]]])
  })

  test('is asked for once by all who want it', async () => {
    const { news, find, atHand } = create()
    expect(atHand('a')).toBeUndefined()
    expect(await Promise.all([find('a'), find('a'), find('b')])).toEqual([1, 1, 2])
    expect(news().filter((event) => typeof event === 'string')).toEqual(['a', 'b'])
  })

  test('is stopped where it is no more', async () => {
    const { clock, script, news, find, list } = create()
    await find('a')
    clock.advance(INTERVAL)
    script.answer = () => Promise.resolve(undefined)
    news()
    expect([await find('a'), list(), news()]).toEqual([undefined, [], ['a', ['stop', 1]]])
    expect([await find('a'), news()]).toEqual([undefined, ['a']])
  })

  test('is used on where it cannot be asked for, and asked for again after a pause', async () => {
    const { clock, script, news, find } = create()
    await find('a')
    script.answer = () => Promise.reject(new Error('down'))
    clock.advance(INTERVAL)
    news()
    expect([await find('a'), news()]).toEqual([1, ['a']])
    clock.advance(PAUSE - 0.1)
    expect([await find('a'), news()]).toEqual([1, []])
    clock.advance(0.1)
    expect([await find('a'), news()]).toEqual([1, ['a']])
  })

  test('is not used on for ever', async () => {
    const { clock, script, find } = create()
    await find('a')
    const cause = new Error('down')
    script.answer = () => Promise.reject(cause)
    for (let age = INTERVAL; age < STALE; age += PAUSE) {
      clock.advance(age === INTERVAL ? INTERVAL : PAUSE)
      expect(await find('a')).toBe(1)
    }
    clock.advance(PAUSE)
    await expect(find('a')).rejects.toMatchObject({ code: 'ERR_ISSUER_LOOKUP', cause })
    await expect(find('a')).rejects.toThrow(/: see the cause$/)
  })

  test('is used on for less than a day', async () => {
    const { clock, script, find } = create()
    clock.advance(100)
    await find('a')
    script.answer = () => Promise.reject(new Error('down'))
    clock.advance(INTERVAL)
    for (let age = INTERVAL; age < STALE; age += PAUSE) {
      expect(await find('a')).toBe(1)
      clock.advance(PAUSE)
    }
    clock.advance(PAUSE)
    await expect(find('a')).rejects.toMatchObject({ code: 'ERR_ISSUER_LOOKUP' })
  })

  test('is waited for no longer than the limit', async () => {
    const { clock, script, find } = create()
    script.answer = () => new Promise(() => undefined)
    const found = find('a').catch((error: unknown) => error)
    clock.advance(LIMIT)
    expect(await found).toMatchObject({
      code: 'ERR_ISSUER_LOOKUP',
      cause: new Error(`resolveAuthorizationServer took longer than ${LIMIT} seconds`),
    })
  })

  test('makes room for others, those used last', async () => {
    const { news, find } = create()
    for (let index = 0; index < 1_000; index += 1) await find(String(index))
    await find('0')
    news()
    await find('other')
    expect(news()).toEqual(['other', ['start', 1_001, undefined], ['stop', 2]])
  })
})

describe('an issuer that a good token came from', () => {
  test('is planned for, also by what a later answer puts in its place', async () => {
    const { clock, news, find, confirm } = create()
    await find('a')
    news()
    confirm('a')
    confirm('a')
    expect(news()).toEqual([['plan', 1]])
    clock.advance(INTERVAL)
    await find('a')
    expect(news()).toEqual(['a', ['start', 2, 1], ['plan', 2]])
  })

  test('makes room for others of its kind alone', async () => {
    const { news, find, confirm } = create()
    await find('a')
    confirm('a')
    for (let index = 0; index < 1_000; index += 1) await find(String(index))
    news()
    await find('other')
    expect(news()).toEqual(['other', ['start', 1_002, undefined], ['stop', 2]])
  })

  test('is none where it was put out meanwhile', async () => {
    const { news, find, list, confirm } = create()
    for (let index = 0; index <= 1_000; index += 1) await find(String(index))
    news()
    confirm('0')
    expect([news(), list().includes(1)]).toEqual([[], false])
  })

  test('is used last where one came from it again, and not where it is named', async () => {
    const { news, find, confirm, atHand } = create()
    for (let index = 0; index < 1_000; index += 1) {
      await find(String(index))
      confirm(String(index))
    }
    confirm('0')
    for (const name of ['1', '2']) expect([await find(name), atHand(name)]).not.toContain(undefined)
    news()
    await find('other')
    confirm('other')
    expect(news()).toContainEqual(['stop', 2])
  })
})

describe('a process that sleeps while it looks an issuer up', () => {
  /** A look-up that is under way, and a clock that can go on without a timer. */
  function begin() {
    const looking = create()
    const { clock, script } = looking
    const { monotonic } = clock
    let slept = 0
    Object.assign(clock, { monotonic: () => monotonic() + slept })
    const answers: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void }[] =
      []
    script.answer = () =>
      new Promise((resolve, reject) => {
        answers.push({ resolve, reject })
      })
    return {
      ...looking,
      answers,
      sleep: (seconds: number) => {
        slept += seconds
      },
    }
  }
  const config = { issuer: 'a' } as AuthorizationServerConfig
  const settle = () => new Promise(setImmediate)

  test('asks again where that failed', async () => {
    const { find, answers, sleep } = begin()
    const found = find('a')
    await settle()
    sleep(8)
    answers[0]?.reject(new Error('reset'))
    await settle()
    answers[1]?.resolve(undefined)
    expect([await found, answers.length]).toEqual([undefined, 2])
  })

  test('counts from the question that was answered, and tells why one failed', async () => {
    const { find, atHand, answers, sleep, script } = begin()
    const found = find('a')
    await settle()
    sleep(INTERVAL + 100)
    answers[0]?.reject(new Error('reset'))
    await settle()
    answers[1]?.resolve(config)
    expect([await found, answers.length, atHand('a')]).toEqual([1, 2, 1])
    sleep(STALE)
    const cause = new Error('down')
    script.answer = () => Promise.reject(cause)
    const failed = find('b')
    await expect(failed).rejects.toMatchObject({ code: 'ERR_ISSUER_LOOKUP', cause })
  })

  test('asks again where the answer is older than one may be, and counts from the question', async () => {
    const { find, atHand, answers, sleep } = begin()
    const found = find('a')
    await settle()
    sleep(INTERVAL)
    answers[0]?.resolve(config)
    await settle()
    sleep(INTERVAL - 1)
    answers[1]?.resolve(config)
    expect([await found, answers.length, atHand('a')]).toEqual([1, 2, 1])
    sleep(1)
    expect(atHand('a')).toBeUndefined()
  })

  test.each([
    ['asks so often before it holds on to what is known', 6, 1],
    ['holds on to nothing that is no more', 5, undefined],
  ])('long ago, %s, where connections break', async (_name, breaks, outcome) => {
    const { clock, script, find, news } = create()
    await find('a')
    clock.advance(INTERVAL + PAUSE + 1)
    news()
    let asked = 0
    script.answer = () => {
      asked += 1
      return asked <= breaks ? Promise.reject(new Error('reset')) : Promise.resolve(undefined)
    }
    const found = find('a')
    for (let turn = 0; turn < 8; turn += 1) {
      await settle()
      clock.advance(0.25)
    }
    expect([await found, asked]).toEqual([outcome, 6])
  })

  test('asks once where the last question was but a moment ago, and about who is not known', async () => {
    const { clock, script, find, news } = create()
    await find('a')
    script.answer = () => Promise.reject(new Error('down'))
    clock.advance(INTERVAL + PAUSE)
    news()
    expect([await find('a'), news()]).toEqual([1, ['a']])
    await expect(find('b')).rejects.toMatchObject({ code: 'ERR_ISSUER_LOOKUP' })
    expect(news()).toEqual(['b'])
  })

  test('asks no more where the time of a look-up is over', async () => {
    const { clock, script, find } = create()
    await find('a')
    clock.advance(2 * INTERVAL)
    let asked = 0
    script.answer = () => {
      asked += 1
      return new Promise(() => undefined)
    }
    const found = find('a')
    await settle()
    clock.advance(LIMIT)
    expect([await found, asked]).toEqual([1, 1])
  })

  test('has nobody wait for ever where it is busy: what is known holds on, and what is not cannot be told', async () => {
    const { find, answers, sleep, clock } = begin()
    const first = find('a')
    await settle()
    answers[0]?.resolve(config)
    expect(await first).toBe(1)
    clock.advance(INTERVAL)
    const outcomes: unknown[] = []
    for (const issuer of ['a', 'b']) {
      find(issuer).then(
        (server) => outcomes.push([issuer, server]),
        (error: unknown) => outcomes.push([issuer, error]),
      )
    }
    for (let turn = 0; turn < 60 && outcomes.length < 2; turn += 1) {
      await settle()
      sleep(0.8)
      clock.advance(0.3)
    }
    await settle()
    expect(outcomes).toEqual([
      ['a', 1],
      ['b', expect.objectContaining({ code: 'ERR_ISSUER_LOOKUP' })],
    ])
  })
})
