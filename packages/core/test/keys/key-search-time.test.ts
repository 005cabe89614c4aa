import { describe, expect, test } from '@jest/globals'
import { createKey, createScriptedKeySource, outage } from './scripted-key-source.js'

const [first, second] = [createKey('first'), createKey('second')]

/** A key source that looked for an unknown key a second ago: the first slot is not free. */
async function start() {
  const script = createScriptedKeySource(first)
  await script.find('first')
  await script.pass(10)
  expect(await script.find('unknown')).toBe('ERR_TOKEN_KEY')
  expect(script.server.fetches).toBe(2)
  const lookedAt = script.clock.now()
  await script.pass(1)
  return { ...script, lookedAt }
}

describe('a token of which the key is unknown, where there is no slot', () => {
  test.each([
    ['at the last look', 0, 'ERR_TOKEN_KEY'],
    ['long before it', -1_000, 'ERR_TOKEN_KEY'],
    ['after it', 0.25, 'ERR_KEY_SEARCH_LIMIT'],
    ['now', 1, 'ERR_KEY_SEARCH_LIMIT'],
    ['in 60 seconds', 61, 'ERR_KEY_SEARCH_LIMIT'],
    ['in more than 60 seconds', 61.25, 'ERR_TOKEN_KEY'],
    ['at no time', NaN, 'ERR_TOKEN_KEY'],
    ['at the end of all time', Infinity, 'ERR_TOKEN_KEY'],
  ])('and which was issued %s, gets its answer', async (_name, offset, verdict) => {
    const { find, lookedAt, server } = await start()
    expect(await find('second', { iat: lookedAt + offset })).toBe(verdict)
    expect(server.fetches).toBe(2)
  })

  test('and which does not say when it was issued, may be newer', async () => {
    const { find } = await start()
    expect(await find('second', { iat: undefined })).toBe('ERR_KEY_SEARCH_LIMIT')
  })

  test.each([-3_600, 3_600])(
    'is compared with the clock as it is after a step of %d seconds',
    async (step) => {
      const { find, clock } = await start()
      clock.step(step)
      expect(await find('a', { iat: clock.now() - 0.5 })).toBe('ERR_KEY_SEARCH_LIMIT')
      expect(await find('b', { iat: clock.now() - 1 })).toBe('ERR_TOKEN_KEY')
    },
  )

  test('is told when to come again', async () => {
    const { find, last, clock } = await start()
    expect(await find('second', { iat: clock.now() })).toBe('ERR_KEY_SEARCH_LIMIT')
    expect(last.error).toMatchObject({ status: 503, retryAfter: 1 })
  })

  test('is accepted when it comes again, if its key was published', async () => {
    const { find, server, clock } = await start()
    server.keys = [first, second]
    const iat = clock.now()
    expect(await find('second', { iat })).toBe('ERR_KEY_SEARCH_LIMIT')
    expect(await find('second', { iat })).toBe('second')
    expect(server.fetches).toBe(3)
  })
})

describe('a flood of unknown keys', () => {
  test('costs one look in 30 seconds where the tokens are older than it', async () => {
    const { find, pass, server } = createScriptedKeySource(first)
    const flood = () => Promise.all(Array.from({ length: 1_000 }, (_, index) => find(`kid-${String(index)}`)))
    await find('first')
    await pass(1)
    expect(new Set(await flood())).toEqual(new Set(['ERR_TOKEN_KEY']))
    expect(server.fetches).toBe(2)
    await pass(29.75)
    expect(new Set(await flood())).toEqual(new Set(['ERR_TOKEN_KEY']))
    expect(server.fetches).toBe(2)
    await pass(0.25)
    expect(new Set(await flood())).toEqual(new Set(['ERR_TOKEN_KEY']))
    expect(server.fetches).toBe(3)
  })

  test('costs two in 30 seconds where they are newer, and all are told to come again', async () => {
    const { find, pass, server, clock } = createScriptedKeySource(first)
    await find('first')
    let requests = 0
    const flood = () =>
      Promise.all(
        Array.from({ length: 100 }, () => {
          requests += 1
          return find(requests % 2 === 0 ? 'the same' : `kid-${String(requests)}`, { iat: clock.now() })
        }),
      )
    await pass(1)
    await flood()
    for (let second = 2; second < 31; second += 1) {
      await pass(1)
      for (const verdict of await flood()) expect(verdict).toMatch(/^ERR_(KEY_SEARCH_LIMIT|TOKEN_KEY)$/)
    }
    expect(server.fetches).toBeLessThanOrEqual(3)
    expect(await find('first')).toBe('first')
  })
})

describe('an outage', () => {
  test('is what those are told who ask for an unknown key', async () => {
    const { find, server, pass } = createScriptedKeySource(first)
    await find('first')
    await pass(1)
    server.isDown = true
    const found = await Promise.all(Array.from({ length: 100 }, (_, index) => find(String(index))))
    expect(new Set(found)).toEqual(new Set([outage.code]))
    expect(server.fetches).toBe(2)
    expect(server.searches).toBe(0)
    expect(await find('first')).toBe('first')
  })

  test('is told without a fetch during the pause, and spends no slot', async () => {
    const { find, server, pass, keySet, clock } = createScriptedKeySource(first)
    await find('first')
    await pass(1)
    server.isDown = true
    keySet.refresh()
    await pass(0)
    expect(server.fetches).toBe(2)
    expect(await find('second', { iat: clock.now() })).toBe(outage.code)
    expect(server.fetches).toBe(2)
    server.isDown = false
    server.keys = [first, second]
    await pass(4.5)
    expect(await find('second')).toBe('second')
    expect(server.fetches).toBe(3)
  })

  test.each([
    [256, outage.code],
    [257, 'ERR_TOKEN_KEY'],
  ])('is told for a kid of %d characters: %s', async (length, verdict) => {
    const { find, server, pass, keySet } = createScriptedKeySource(first)
    await find('first')
    await pass(1)
    server.isDown = true
    keySet.refresh()
    await pass(0)
    expect(await find('k'.repeat(length))).toBe(verdict)
    expect(server.fetches).toBe(2)
  })

  test('is told by those who find no key in hand at all', async () => {
    const { find, server, pass } = createScriptedKeySource(first)
    server.isDown = true
    const found = await Promise.all(Array.from({ length: 100 }, () => find('first')))
    expect(new Set(found)).toEqual(new Set([outage.code]))
    expect(server.fetches).toBe(1)
    expect(await find('first')).toBe(outage.code)
    expect(server.fetches).toBe(1)
    server.isDown = false
    await pass(4.5)
    expect(server.fetches).toBe(2)
    expect(await find('first')).toBe('first')
  })

  test('is not noted as a miss', async () => {
    const { find, server, pass } = createScriptedKeySource(first)
    await find('first')
    await pass(1)
    server.isDown = true
    expect(await find('second')).toBe(outage.code)
    server.isDown = false
    server.keys = [first, second]
    await pass(5)
    expect(await find('second')).toBe('second')
  })
})
