import { describe, expect, test } from '@jest/globals'
import { startTwo, type Processes } from './support-searches/processes.js'

describe('what others announce', () => {
  const news = ({ store }: Pick<Processes, 'store'>, fingerprint: string, lookedAt: number) => {
    const [{ keySet } = { keySet: '' }] = store.announced
    store.say({ keySet, fingerprint, lookedAt })
  }

  test('has the key set fetched once in 5 seconds, however often it is said', async () => {
    const { one, clock, looks, strange, store } = await startTwo({ count: 1 })
    await one.ask(strange(60))
    await clock.advance(10)
    for (let second = 0; second < 20; second += 1) {
      news({ store }, `made up ${String(second)}`, clock.now())
      await clock.advance(1)
    }
    expect(looks()).toBe(1 + 4)
  })

  test('during a look of its own brings no second one', async () => {
    const { one, clock, looks, strange, store, server } = await startTwo({ count: 1 })
    await one.ask(strange(60))
    await clock.advance(30)
    server.behave('jwks', { delay: 2 })
    const asked = one.ask(strange(60))
    await clock.advance(1)
    news({ store }, 'of other keys', clock.now())
    await clock.advance(1)
    expect((await asked).code).toBe('ERR_TOKEN_KEY')
    await clock.settle()
    expect(looks()).toBe(2)
  })

  test('is dropped where it says nothing, or is of another key set', async () => {
    const { one, clock, looks, strange, store } = await startTwo({ count: 1 })
    await one.ask(strange(60))
    const [known] = store.announced
    await clock.advance(10)
    for (const bad of [
      undefined,
      null,
      'all',
      {},
      { ...known, fingerprint: 1 },
      { ...known, lookedAt: 'now' },
      { ...known, fingerprint: 'of other keys', keySet: 'of another issuer' },
    ]) {
      store.say(bad)
      await clock.settle()
    }
    expect(looks()).toBe(1)
    store.say({ ...known, fingerprint: 'of other keys' })
    await clock.settle()
    expect(looks()).toBeGreaterThan(1)
  })

  test('says nothing that can be read', async () => {
    const { one, store, strange } = await startTwo()
    await one.ask(strange(60))
    expect(store.taken).toEqual([expect.stringMatching(/^[\w-]{43}\.first$/)])
    expect(store.announced).toEqual([
      {
        keySet: expect.stringMatching(/^[\w-]{43}$/),
        fingerprint: expect.stringMatching(/^[\w-]{43}$/),
        lookedAt: expect.any(Number),
      },
    ])
  })

  test('is heard until the resource server is closed', async () => {
    const { one, store } = await startTwo()
    expect(store.listeners()).toBe(2)
    one.resourceServer.close()
    expect(store.listeners()).toBe(1)
  })
})

describe('a store that is away', () => {
  test.each(['throws', 'hangs', 'talks nonsense'] as const)(
    'refuses nobody: each process looks for itself, where it %s',
    async (asking) => {
      const { all, after, rotate, clock, looks } = await startTwo()
      for (const { faults } of all) faults.asking = asking
      rotate()
      await clock.advance(1)
      const endings = await after(1, Promise.all(all.map(({ ask }) => ask('good'))))
      expect(endings.map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted'])
      expect(looks()).toBe(2)
    },
  )

  test('is waited for no longer than half the time of a request', async () => {
    const { one, after, rotate, clock } = await startTwo({ issuer: { waitLimit: 0.4 } })
    one.faults.asking = 'hangs'
    rotate()
    await clock.advance(1)
    expect((await after(0.2, one.ask('good'))).verdict).toBe('accepted')
  })

  test('does not lift the budget of each', async () => {
    const { one, clock, looks, strange } = await startTwo()
    one.faults.asking = 'throws'
    for (let second = 0; second < 30; second += 1) {
      await one.ask(strange(60))
      await one.ask(strange(0))
      await clock.advance(1)
    }
    expect(looks()).toBeGreaterThanOrEqual(1)
    expect(looks()).toBeLessThanOrEqual(2)
  })
})
