import { describe, expect, test } from '@jest/globals'
import { createGate, createKey, createScriptedKeySource, outage } from './scripted-key-source.js'

const [first, second] = [createKey('first'), createKey('second')]

/** A key source that has had `first` in hand for a second. */
async function start() {
  const script = createScriptedKeySource(first)
  await script.find('first')
  await script.pass(1)
  return script
}

describe('a search that finds nothing in the key set', () => {
  test('asks where the key set is, and finds the key at the new place', async () => {
    const { server, find, keySet } = await start()
    server.locateAgain = () => {
      server.keys = [second]
      keySet.refresh()
      return Promise.resolve()
    }
    expect(await find('second')).toBe('second')
    expect([server.fetches, server.searches]).toEqual([3, 1])
  })

  test('asks nobody where it finds it', async () => {
    const { server, find } = await start()
    server.keys = [second]
    expect(await find('second')).toBe('second')
    expect(server.searches).toBe(0)
  })

  test('ends there where the key set has not moved', async () => {
    const { server, find } = await start()
    expect(await find('unknown')).toBe('ERR_TOKEN_KEY')
    expect([server.fetches, server.searches]).toEqual([2, 1])
  })

  test('cannot tell where nobody says whether it has moved, and notes no miss', async () => {
    const { server, find, pass } = await start()
    server.locateAgain = () => Promise.reject(outage)
    expect(await find('unknown')).toBe(outage.code)
    server.locateAgain = () => Promise.resolve()
    await pass(30)
    expect(await find('unknown')).toBe('ERR_TOKEN_KEY')
    expect([server.fetches, server.searches]).toEqual([3, 2])
  })

  test('is shared to its end by all who come meanwhile: nobody is answered from half of it', async () => {
    const { server, find, pass, keySet } = await start()
    const { gate, open } = createGate()
    server.locateAgain = async () => {
      await gate
      server.keys = [createKey('moved')]
      keySet.refresh()
    }
    const first = find('moved')
    await pass(1)
    const second = find('moved')
    await pass(0.5)
    open()
    expect(await Promise.all([first, second])).toEqual(['moved', 'moved'])
    expect(server.searches).toBe(1)
  })

  test('goes on without those who have waited for 3 seconds', async () => {
    const { server, find, pass, last } = await start()
    const { gate, open } = createGate()
    server.locateAgain = () => gate
    const late = find('unknown')
    await pass(3)
    expect(await late).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
    expect(last.error).toMatchObject({
      retryAfter: 2,
      message: expect.stringMatching(
        /: no new keys in time for this request; the search goes on$/,
      ) as unknown,
    })
    const next = find('unknown')
    await pass(1)
    open()
    expect(await next).toBe('ERR_TOKEN_KEY')
    expect(server.searches).toBe(1)
  })

  test('notes the miss: the kid is not looked for again for 30 seconds, unless the token is newer', async () => {
    const { server, find, pass, clock, last } = await start()
    const { gate, open } = createGate()
    server.gate = gate
    const found = find('unknown')
    await pass(2)
    open()
    expect(await found).toBe('ERR_TOKEN_KEY')
    await pass(28.5) // the first slot is free again, but the miss was 2 seconds later
    expect(await find('unknown')).toBe('ERR_TOKEN_KEY')
    expect(server.fetches).toBe(2)
    expect(await find('unknown', { iat: clock.now() })).toBe('ERR_TOKEN_KEY')
    expect(server.fetches).toBe(3)
    await pass(1)
    expect(await find('unknown', { iat: clock.now() })).toBe('ERR_KEY_SEARCH_LIMIT')
    expect(last.error).toMatchObject({
      retryAfter: 5,
      message:
        'The key of a new access token cannot be looked for now: ' +
        'unknown keys were looked for a moment ago; a flood of made-up key identifiers, perhaps',
    })
  })

  test('notes no miss of a key that it found', async () => {
    const { server, find, pass, keySet } = await start()
    const { gate, open } = createGate()
    server.gate = gate
    server.keys = [first, second]
    const found = find('second')
    await pass(2)
    open()
    expect(await found).toBe('second')
    server.keys = [first]
    await pass(28.25)
    keySet.refresh()
    await pass(0.25)
    server.keys = [first, second]
    expect(await find('second')).toBe('second') // 30.5 seconds after the slot, 28.5 after the look ended
  })
})

describe('a kid of more than 256 characters', () => {
  test('is looked for by nobody, and takes no slot', async () => {
    const { server, find, clock } = await start()
    expect(await find('k'.repeat(257), { iat: clock.now() })).toBe('ERR_TOKEN_KEY')
    expect([server.fetches, server.searches]).toEqual([1, 0])
    expect(await find('k'.repeat(256), { iat: clock.now() })).toBe('ERR_TOKEN_KEY')
    expect([server.fetches, server.searches]).toEqual([2, 1])
  })

  test('is found where the issuer publishes it', async () => {
    const long = createKey('k'.repeat(257))
    const { server, find, pass, keySet } = await start()
    server.keys = [first, long]
    keySet.refresh()
    expect(await find(long.kid)).toBe(long.kid)
    await pass(1)
    expect(await find(long.kid)).toBe(long.kid)
    expect(await find(long.kid, { signer: 'nobody' })).toBe('none')
    expect(server.fetches).toBe(2)
  })
})
