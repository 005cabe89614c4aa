import { describe, expect, test } from '@jest/globals'
import { createOwnKey } from '../../../../test/support/jws.js'
import { createScriptedKeySource } from './scripted-key-source.js'

const [first, second] = [createOwnKey('P-256', 'first'), createOwnKey('P-256', 'second')]
const create = (published: readonly unknown[] = [first.jwk]) => createScriptedKeySource(published)

describe('a key source', () => {
  test('asks for nothing before the first token comes', () => {
    expect(create().server.fetches).toBe(0)
  })

  test('fetches once for all who wait', async () => {
    const { server, find } = create()
    const found = await Promise.all(Array.from({ length: 1_000 }, () => find('first')))
    expect(new Set(found)).toEqual(new Set(['first']))
    expect(server.fetches).toBe(1)
  })

  test('uses a key set for 600 seconds, and then another one', async () => {
    const { clock, server, find } = create()
    await find('first')
    server.keys = [second.jwk]
    clock.advance(599.9)
    expect(await find('first')).toBe('first')
    expect(server.fetches).toBe(1)
    clock.advance(0.1)
    expect(await find('second')).toBe('second')
    expect(server.fetches).toBe(2)
    expect(await find('first')).toBe('ERR_TOKEN_KEY')
  })

  test('looks at the first 100 members of a key set', async () => {
    const others = Array.from({ length: 99 }, () => ({ kty: 'unknown' }))
    expect(await create([...others, first.jwk]).find('first')).toBe('first')
    expect(await create([first.jwk, ...others, second.jwk]).find('second')).toBe('ERR_TOKEN_KEY')
  })

  test('is not moved by the wall clock', async () => {
    const { clock, server, find } = create()
    await find('first')
    clock.step(1_000_000)
    expect(await find('first')).toBe('first')
    clock.step(-2_000_000)
    expect(await find('first')).toBe('first')
    expect(server.fetches).toBe(1)
  })

  test('fetches once for all who ask for unknown keys, and then not for 30 seconds', async () => {
    const { clock, server, find } = create()
    await find('first')
    clock.advance(1)
    const flood = () => Promise.all(Array.from({ length: 1_000 }, (_, index) => find(String(index))))
    expect(new Set(await flood())).toEqual(new Set(['ERR_TOKEN_KEY']))
    expect(server.fetches).toBe(2)
    clock.advance(29.9)
    expect(new Set(await flood())).toEqual(new Set(['ERR_TOKEN_KEY']))
    expect(server.fetches).toBe(2)
    clock.advance(0.1)
    expect(new Set(await flood())).toEqual(new Set(['ERR_TOKEN_KEY']))
    expect(server.fetches).toBe(3)
  })

  test('fetches once for unknown keys that are asked for just when the answer comes', async () => {
    for (let turns = 0; turns < 20; turns += 1) {
      const { clock, server, find } = create()
      await find('first')
      clock.advance(1)
      const early = find('unknown')
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
      const late = find('another')
      expect([await early, await late]).toEqual(['ERR_TOKEN_KEY', 'ERR_TOKEN_KEY'])
      expect({ turns, fetches: server.fetches }).toEqual({ turns, fetches: 2 })
    }
  })

  test('searches an unknown key in nothing but the set that has just come, on account of it or of its age', async () => {
    const { clock, server, find } = create()
    expect(await find('unknown')).toBe('ERR_TOKEN_KEY')
    expect(server.fetches).toBe(1)
    clock.advance(600)
    expect(await find('unknown')).toBe('ERR_TOKEN_KEY')
    expect(server.fetches).toBe(2)
    expect(await find('first')).toBe('first')
    expect(server.fetches).toBe(2)
  })

  test('lets those who ask for an unknown key wait for the fetch that has begun', async () => {
    const { clock, server, find } = create()
    await find('first')
    clock.advance(1)
    server.keys = [first.jwk, second.jwk]
    const found = await Promise.all([find('unknown'), find('second'), find('first')])
    expect(found).toEqual(['ERR_TOKEN_KEY', 'second', 'first'])
    expect(server.fetches).toBe(2)
  })

  test('fetches no keys for a token without kid, or for an algorithm, beyond those it has', async () => {
    const { clock, server, find } = create()
    await find('first')
    clock.advance(60)
    expect(await find(undefined, 'ES384')).toBe('ERR_TOKEN_KEY')
    expect(await find(undefined)).toBe('first')
    expect(server.fetches).toBe(1)
  })

  test('replaces the keys: one that was withdrawn is gone, on a search as on a refresh', async () => {
    const { clock, server, find } = create()
    await find('first')
    clock.advance(1)
    server.keys = [second.jwk]
    expect(await find('second')).toBe('second')
    expect(await find('first')).toBe('ERR_TOKEN_KEY')
    expect(server.fetches).toBe(2)
  })

  test('finds at most four keys, in the order of the key set', async () => {
    const kids = ['1', '2', '3', '4', '5', '6']
    const { find } = create([
      ...kids.map((kid) => createOwnKey('P-256', kid).jwk),
      createOwnKey('rsa', '7').jwk,
    ])
    expect(await find(undefined)).toBe('1,2,3,4')
    expect(await find(undefined, 'RS256')).toBe('7')
    expect(await find('6')).toBe('6')
  })

  test('finds at most four keys of the same kid', async () => {
    const { find } = create(Array.from({ length: 6 }, () => createOwnKey('P-256', 'same').jwk))
    expect(await find('same')).toBe('same,same,same,same')
  })
})
