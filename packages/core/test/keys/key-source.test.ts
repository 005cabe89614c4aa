import { describe, expect, test } from '@jest/globals'
import type { VerificationKey } from '../../src/keys/jwk.js'
import { createGate, createKey, createScriptedKeySource, settle } from './scripted-key-source.js'

const [first, second] = [createKey('first'), createKey('second')]
const create = (...published: readonly VerificationKey[]) =>
  createScriptedKeySource(...(published.length === 0 ? [first] : published))

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

  test('has a new key set in hand before the old one has expired', async () => {
    const { server, find, pass } = create()
    await find('first')
    server.keys = [second]
    await pass(449.75)
    expect(await find('first')).toBe('first')
    expect(server.fetches).toBe(1)
    await pass(0.25)
    expect(server.fetches).toBe(2)
    expect(await find('second')).toBe('second')
    expect(await find('first')).toBe('ERR_TOKEN_KEY')
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
})

describe('the keys that are tried', () => {
  test('are those that the kid names, and no others', async () => {
    const { find, tried } = create(first, second, createKey(undefined, 'unnamed'))
    expect(await find('second')).toBe('second')
    expect(await find('first', { signer: 'second' })).toBe('none')
    expect(tried).toEqual(['second', 'first'])
  })

  test('are those that fit the algorithm, and no others', async () => {
    const { find, tried } = create(createKey('1', 'rsa', 'RS256'), createKey('1', 'ec'))
    expect(await find('1', { signer: 'ec' })).toBe('1')
    expect(await find('1', { alg: 'RS256', signer: 'rsa' })).toBe('1')
    expect(tried).toEqual(['ec', 'rsa'])
    expect(await find('1', { alg: 'ES384' })).toBe('ERR_TOKEN_KEY')
    expect(tried).toHaveLength(2)
  })

  test('are all of them for a token without kid, in their order, until one fits', async () => {
    const { find, tried } = create(first, second, createKey(undefined, 'unnamed'))
    expect(await find(undefined, { signer: 'second' })).toBe('second')
    expect(await find(undefined, { signer: 'unnamed' })).toBe('undefined')
    expect(tried).toEqual(['first', 'second', 'first', 'second', 'unnamed'])
  })

  test('are four at most, of one kid or of none', async () => {
    const keys = ['1', '2', '3', '4', '5'].map((material) => createKey('same', material))
    for (const kid of ['same', undefined]) {
      const { find, tried } = create(...keys)
      expect(await find(kid, { signer: '4' })).toBe('same')
      expect(await find(kid, { signer: '5' })).toBe('none')
      expect(tried).toEqual(['1', '2', '3', '4', '1', '2', '3', '4'])
    }
  })

  test('are not tried again after a look that brought them again', async () => {
    const { find, tried, pass, server } = create(first, second)
    await find('first')
    tried.length = 0
    await pass(1)
    server.keys = [{ ...second }, createKey('third'), { ...first }]
    expect(await find(undefined, { signer: 'nobody' })).toBe('none')
    expect(tried).toEqual(['first', 'second', 'third'])
    expect(server.fetches).toBe(2)
  })
})

describe('a look that began before the token came, and brought other keys', () => {
  /** One that brings the second of these keys, after which the third is published. */
  async function lookFor(kid: string | undefined) {
    const [old, other, last] = ['old', 'other', 'last'].map((material) => createKey(kid, material)) as [
      VerificationKey,
      VerificationKey,
      VerificationKey,
    ]
    const { keySet, server, find, pass, tried } = create(kid === undefined ? old : first)
    await keySet.get()
    await pass(1)
    const [before, after] = [createGate(), createGate()]
    server.gate = before.gate
    keySet.refresh()
    await pass(1)
    const found = find(kid, { signer: 'last' })
    await settle()
    Object.assign(server, { gate: after.gate, keys: [other] })
    before.open()
    await settle()
    server.keys = [last]
    after.open()
    return { verdict: await found, fetches: server.fetches, tried }
  }

  test('is followed by another one where keys have no names', async () => {
    expect(await lookFor(undefined)).toEqual({
      verdict: 'undefined',
      fetches: 3,
      tried: ['old', 'other', 'last'],
    })
  })

  test('has the last word where one of them is the one that the token names', async () => {
    expect(await lookFor('1')).toEqual({ verdict: 'none', fetches: 2, tried: ['other'] })
  })
})

describe('a signature that the named key did not make', () => {
  test('is bad, without a look, where the token is older than the last one', async () => {
    const { find, pass, server, clock } = create(createKey('1', 'old'))
    await find('1', { signer: 'old' })
    await pass(1)
    server.keys = [createKey('1', 'new')]
    expect(await find('1', { signer: 'new', iat: clock.now() - 1 })).toBe('none')
    expect(server.fetches).toBe(1)
  })

  test('may be of another key under the same name, where the token is newer: that is looked for', async () => {
    const { find, pass, server, tried, clock } = create(createKey('1', 'old'))
    await find('1', { signer: 'old' })
    await pass(1)
    server.keys = [createKey('1', 'old'), createKey('1', 'new')]
    expect(await find('1', { signer: 'new', iat: clock.now() })).toBe('1')
    expect(tried).toEqual(['old', 'old', 'new'])
    expect(server.fetches).toBe(2)
    expect(await find('1', { signer: 'new' })).toBe('1')
    expect(server.fetches).toBe(2)
  })

  test('is bad where there is no slot for a look, and where the look fails', async () => {
    const { find, pass, server, clock } = create(createKey('1', 'old'))
    await find('1', { signer: 'old' })
    await pass(1)
    expect(await find('1', { signer: 'forged', iat: clock.now() })).toBe('none')
    expect(server.fetches).toBe(2)
    expect(await find('1', { signer: 'forged', iat: clock.now() + 1 })).toBe('none')
    expect(server.fetches).toBe(2)
    await pass(30)
    server.isDown = true
    expect(await find('1', { signer: 'forged', iat: clock.now() })).toBe('none')
    expect(server.fetches).toBe(3)
    expect(await find('1', { signer: 'old' })).toBe('1')
  })

  test('has no look of the second slot, which another name has', async () => {
    const { find, pass, server, clock } = create(createKey('1', 'old'))
    await find('unknown')
    await pass(6)
    expect(await find('unknown')).toBe('ERR_TOKEN_KEY')
    await pass(6)
    expect(await find('1', { signer: 'forged', iat: clock.now() })).toBe('none')
    expect(server.fetches).toBe(2)
    expect(await find('2', { iat: clock.now() })).toBe('ERR_TOKEN_KEY')
    expect(server.fetches).toBe(3)
  })

  test('is not said to be bad where the fault is not that of the authorization server', async () => {
    const { find, pass, server, clock, last } = create(createKey('1', 'old'))
    const fault = new RangeError('a fault of this code')
    await find('1', { signer: 'old' })
    await pass(1)
    server.locateAgain = () => Promise.reject(fault)
    await find('1', { signer: 'forged', iat: clock.now() })
    expect(last.error).toBe(fault)
  })
})
