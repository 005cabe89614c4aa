import { describe, expect, test } from '@jest/globals'
import { createOwnKey } from '../../../../test/support/jws.js'
import { createScriptedKeySource, outage } from './scripted-key-source.js'

const [first, second] = [createOwnKey('P-256', 'first'), createOwnKey('P-256', 'second')]
const create = () => createScriptedKeySource([first.jwk])

describe('a key source in an outage', () => {
  test('cannot tell where it never had keys, and asks again after 5 seconds', async () => {
    const { clock, server, find } = create()
    server.isDown = true
    const found = await Promise.all(Array.from({ length: 100 }, () => find('first')))
    expect(new Set(found)).toEqual(new Set([outage.code]))
    expect(server.fetches).toBe(1)
    clock.advance(4.9)
    server.isDown = false
    expect(await find('first')).toBe(outage.code)
    expect(server.fetches).toBe(1)
    clock.advance(0.1)
    expect(await find('first')).toBe('first')
    expect(server.fetches).toBe(2)
  })

  test('keeps its keys until they are 24 hours old, asking every 5 seconds', async () => {
    const { clock, server, find } = create()
    await find('first')
    server.isDown = true
    clock.advance(600)
    expect(await find('first')).toBe('first')
    expect(await find('first')).toBe('first')
    expect(server.fetches).toBe(2)
    clock.advance(5)
    expect(await find('first')).toBe('first')
    expect(server.fetches).toBe(3)
    clock.advance(86_400 - 605 - 0.1)
    expect(await find('first')).toBe('first')
    clock.advance(0.1)
    expect(await find('first')).toBe(outage.code)
    server.isDown = false
    clock.advance(5)
    expect(await find('first')).toBe('first')
  })

  test('cannot tell of an unknown key, goes on with the known ones, and asks again after 5 seconds', async () => {
    const { clock, server, find } = create()
    await find('first')
    clock.advance(1)
    server.isDown = true
    const flood = () => Promise.all(Array.from({ length: 100 }, (_, index) => find(String(index))))
    expect(new Set(await flood())).toEqual(new Set([outage.code]))
    expect(await find('first')).toBe('first')
    expect(server.fetches).toBe(2)
    clock.advance(4.9)
    expect(new Set(await flood())).toEqual(new Set([outage.code]))
    expect(server.fetches).toBe(2)
    clock.advance(0.1)
    expect(new Set(await flood())).toEqual(new Set([outage.code]))
    expect(server.fetches).toBe(3)
    clock.advance(5)
    server.isDown = false
    server.keys = [second.jwk]
    expect(await find('second')).toBe('second')
  })

  test('cannot tell of an unknown key either where the refresh that is due fails', async () => {
    const { clock, server, find } = create()
    await find('first')
    clock.advance(600)
    server.isDown = true
    expect(await find('second')).toBe(outage.code)
    expect(await find('second')).toBe(outage.code)
    expect(await find('first')).toBe('first')
    clock.advance(5)
    server.isDown = false
    server.keys = [first.jwk, second.jwk]
    expect(await find('second')).toBe('second')
  })

  test('counts a key set without a usable key as a failed fetch', async () => {
    const { clock, server, find } = create()
    await find('first')
    clock.advance(600)
    for (const keys of [[], [null], [{ ...second.jwk, use: 'enc' }]]) {
      server.keys = keys
      expect(await find('first')).toBe('first')
      clock.advance(5)
    }
    expect(server.fetches).toBe(4)
    server.keys = [second.jwk]
    expect(await find('first')).toBe('ERR_TOKEN_KEY')
  })

  test('forgets a failure after a success', async () => {
    const { clock, server, find } = create()
    server.isDown = true
    expect(await find('first')).toBe(outage.code)
    server.isDown = false
    clock.advance(5)
    expect(await find('first')).toBe('first')
    expect(await find('unknown')).toBe('ERR_TOKEN_KEY')
  })

  test('takes up what a fetch throws at once, and leaves no rejection behind', async () => {
    const { clock, server, find } = create()
    const { fetchKeySet } = server
    server.fetchKeySet = () => {
      throw outage
    }
    expect(await find('first')).toBe(outage.code)
    server.fetchKeySet = fetchKeySet
    clock.advance(5)
    expect(await find('first')).toBe('first')
  })
})
