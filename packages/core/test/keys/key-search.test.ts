import { describe, expect, test } from '@jest/globals'
import type { VerificationKey } from '../../src/keys/jwk.js'
import { createGate, createKey, createScriptedKeySource, settle } from './scripted-key-source.js'

const [first, second, third] = [createKey('first'), createKey('second'), createKey('third')]

/** A key source that has had these keys, or `first`, in hand for a second. */
async function start(...published: readonly VerificationKey[]) {
  const script = createScriptedKeySource(...(published.length === 0 ? [first] : published))
  await script.keySet.get()
  await script.pass(1)
  return script
}

describe('an unknown key', () => {
  test('is looked for, once for all who ask for it at the same time, and for others', async () => {
    const { server, find, clock } = await start()
    server.keys = [first, second]
    const iat = clock.now()
    const asked = ['unknown', 'second', 'first', 'second', 'other'].map((kid) => find(kid, { iat }))
    expect(await Promise.all(asked)).toEqual(['ERR_TOKEN_KEY', 'second', 'first', 'second', 'ERR_TOKEN_KEY'])
    expect(server.fetches).toBe(2)
  })

  test('is looked for once, however close the requests come to the end of the look', async () => {
    for (let turns = 0; turns < 30; turns += 1) {
      const { server, find } = await start()
      const early = find('unknown')
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
      expect([await find('another'), await early]).toEqual(['ERR_TOKEN_KEY', 'ERR_TOKEN_KEY'])
      expect({ turns, fetches: server.fetches }).toEqual({ turns, fetches: 2 })
    }
  })

  test('is looked for by nobody where the key set has come since the token did', async () => {
    const { server, find } = createScriptedKeySource(first)
    expect(await find('unknown')).toBe('ERR_TOKEN_KEY')
    expect(server.fetches).toBe(1)
    expect(await find('unknown')).toBe('ERR_TOKEN_KEY') // the clock stands still
    expect(server.fetches).toBe(1)
  })

  test('replaces the keys: one that was withdrawn is gone', async () => {
    const { server, find } = await start()
    server.keys = [second]
    expect(await find('second')).toBe('second')
    expect(await find('first')).toBe('ERR_TOKEN_KEY')
    expect(server.fetches).toBe(2)
  })

  test('is found in the fetch that is under way, where that brings it', async () => {
    const { server, find, keySet } = await start()
    server.keys = [first, second]
    const { gate, open } = createGate()
    server.gate = gate
    keySet.refresh()
    const found = find('second')
    await settle()
    open()
    expect(await found).toBe('second')
    expect(server.fetches).toBe(2)
  })

  test('is found in a look that began before the token came, where that brings it', async () => {
    const { server, find, clock, pass } = await start()
    const { gate, open } = createGate()
    server.gate = gate
    const early = find('unknown')
    await pass(1)
    const found = find('second', { iat: clock.now() - 2 })
    server.keys = [first, second]
    open()
    expect([await early, await found]).toEqual(['ERR_TOKEN_KEY', 'second'])
    expect(server.fetches).toBe(2)
  })

  test('is looked for once more where the fetch that is under way had begun before the token came', async () => {
    const { server, find, keySet, clock } = await start()
    const { gate, open } = createGate()
    server.gate = gate
    keySet.refresh()
    await settle()
    clock.advance(1)
    const found = find('second')
    await settle()
    expect(server.fetches).toBe(2)
    server.gate = (async () => {
      await gate
      server.keys = [first, second]
    })()
    open()
    expect(await found).toBe('second')
    expect(server.fetches).toBe(3)
  })

  test('is waited for no longer than 3 seconds in all, in a fetch that is under way and in its own', async () => {
    const { server, find, keySet, pass } = await start()
    const before = createGate()
    server.gate = before.gate
    keySet.refresh()
    await pass(0.5)
    const found = find('second')
    await pass(2)
    server.gate = new Promise(() => undefined)
    before.open()
    await settle()
    expect(server.fetches).toBe(3)
    await pass(1)
    expect(await found).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
  })
})

describe('a token without kid', () => {
  test('has new keys looked for, of which four are tried', async () => {
    const { server, find, tried } = await start(...['1', '2', '3', '4', '5'].map((name) => createKey(name)))
    server.keys = [...server.keys, ...['6', '7', '8', '9', '10'].map((name) => createKey(name))]
    expect(await find(undefined, { signer: '10' })).toBe('none')
    expect(tried).toEqual(['1', '2', '3', '4', '6', '7', '8', '9'])
    expect(server.fetches).toBe(2)
  })

  test('is accepted with the first of them that fits', async () => {
    const { server, find, tried } = await start(createKey(undefined, 'old'))
    server.keys = [createKey(undefined, 'new')]
    expect(await find(undefined, { signer: 'new' })).toBe('undefined')
    expect(tried).toEqual(['old', 'new'])
  })

  test('is refused where there is none that fits its algorithm', async () => {
    const { find } = await start()
    expect(await find(undefined, { alg: 'ES384', signer: 'first' })).toBe('ERR_TOKEN_KEY')
  })

  test('is newer than the last look where some key has no kid, and else of somebody else', async () => {
    for (const [key, verdict] of [
      [createKey(undefined, 'unnamed'), 'ERR_KEY_SEARCH_LIMIT'],
      [third, 'none'],
    ] as const) {
      const { find, clock, server } = await start(first, key)
      await find('unknown')
      await settle()
      expect(server.fetches).toBe(2)
      clock.advance(1)
      expect(await find(undefined, { signer: 'nobody', iat: clock.now() })).toBe(verdict)
    }
  })
})
