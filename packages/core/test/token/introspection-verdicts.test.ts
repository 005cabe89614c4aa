import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/json.js'
import { toDigest } from '../../src/token/introspection-verdicts.js'
import { asVerified } from '../../src/token/verified.js'
import { createVerdictStore, START } from './verdict-store.js'

describe('a store of verdicts', () => {
  test('brings the verdict of this token alone, as it was', () => {
    const { store, find } = createVerdictStore()
    const [active, inactive] = [
      { claims: asVerified({ sub: 'a' }), askedAt: 0 },
      { claims: undefined, askedAt: 0 },
    ]
    store('1', active)
    store('2', inactive)
    expect([find('1', 60), find('2', 60), find('3', 60)]).toEqual([active, inactive, undefined])
    expect([find('1', 60), find('2', 60)].every((found, index) => found === [active, inactive][index])).toBe(
      true,
    )
  })

  test('knows a token by its hash', () => {
    const token = 'a-secret-token'
    expect(toDigest(token)).toBe(createHash('sha256').update(token).digest('base64'))
    expect(toDigest(token)).not.toBe(toDigest(`${token}x`))
  })

  test('lets a later verdict take the place of an earlier one, whatever either says', () => {
    const { storeActive, storeInactive, look, forget } = createVerdictStore()
    storeActive('1')
    storeInactive('1')
    expect(look('1')).toBe('inactive')
    storeActive('1')
    expect(look('1')).toBe('active')
    forget('1')
    expect(look('1')).toBe('unknown')
  })

  test('has nothing left of a verdict whose place was taken', () => {
    const { storeActive, storeInactive, look, clock } = createVerdictStore({ inactiveMaxAge: 5 })
    storeActive('1')
    storeInactive('1')
    clock.advance(5)
    expect(look('1')).toBe('unknown')
    const other = createVerdictStore({ maxAge: 1 })
    other.storeInactive('1')
    other.storeActive('1')
    other.clock.advance(1)
    expect(other.look('1')).toBe('unknown')
  })

  test('forgets the one that it is told to forget', () => {
    const { storeActive, storeInactive, forget, look } = createVerdictStore()
    storeActive('1')
    storeActive('2')
    storeInactive('3')
    storeInactive('4')
    forget('1')
    forget('3')
    forget('5')
    expect(['1', '2', '3', '4'].map((key) => look(key))).toEqual(['unknown', 'active', 'unknown', 'inactive'])
  })
})

describe('a verdict', () => {
  test.each([
    ['active', Infinity, 60],
    ['active', 60, 60],
    ['active', 10, 10],
    ['inactive', Infinity, 5],
    ['inactive', 60, 5],
    ['inactive', 3, 3],
  ] as const)(
    'that is %s is found by who asks for %d seconds while younger than %d',
    (kind, maxAge, limit) => {
      const { storeActive, storeInactive, clock, look } = createVerdictStore()
      if (kind === 'active') storeActive('1')
      else storeInactive('1')
      clock.advance(limit - 0.001)
      expect(look('1', maxAge)).toBe(kind)
      clock.advance(0.001)
      expect(look('1', maxAge)).toBe('unknown')
    },
  )

  test('is found by nobody who asks for none', () => {
    const { storeActive, storeInactive, look } = createVerdictStore()
    storeActive('1')
    storeInactive('2')
    expect([look('1', 0), look('2', 0)]).toEqual(['unknown', 'unknown'])
    expect([look('1'), look('2')]).toEqual(['active', 'inactive'])
  })

  test('is as old as the question, and not as its storage', () => {
    const { store, look, clock } = createVerdictStore()
    clock.advance(100)
    store('1', { claims: asVerified({}), askedAt: 50 })
    clock.advance(9.999)
    expect(look('1')).toBe('active')
    clock.advance(0.001)
    expect(look('1')).toBe('unknown')
  })

  test('is not moved by the wall clock, but by exp', () => {
    const { storeActive, clock, look } = createVerdictStore()
    storeActive('1')
    storeActive('2', { exp: START + 1_000 })
    clock.step(999.999)
    expect([look('1'), look('2')]).toEqual(['active', 'active'])
    clock.step(0.001)
    expect([look('1'), look('2')]).toEqual(['active', 'unknown'])
    clock.step(-10_000)
    expect([look('1'), look('2')]).toEqual(['active', 'active'])
  })

  test('has no end by an exp that is no number, or not its own', () => {
    const { storeActive, look } = createVerdictStore()
    storeActive('1', { exp: '1' })
    storeActive('2', Object.create({ exp: 1 }) as JsonObject)
    storeActive('3', { exp: 1 })
    expect([look('1'), look('2'), look('3')]).toEqual(['active', 'active', 'unknown'])
  })
})

describe('a store that keeps no active verdicts', () => {
  test.each([{ maxAge: 0 }, { maxSize: 0 }])('because of %j keeps inactive ones all the same', (policy) => {
    const { storeActive, storeInactive, look, forget, forgetWhere } = createVerdictStore(policy)
    storeActive('1')
    storeInactive('2')
    storeInactive('3')
    expect([look('1'), look('2')]).toEqual(['unknown', 'inactive'])
    forgetWhere(() => {
      throw new Error('there is nothing to look at')
    })
    storeActive('2')
    forget('3')
    expect([look('1'), look('2'), look('3')]).toEqual(['unknown', 'unknown', 'unknown'])
  })

  test('is the other way round with an inactiveMaxAge of 0', () => {
    const { storeActive, storeInactive, look } = createVerdictStore({ inactiveMaxAge: 0 })
    storeActive('1')
    storeInactive('2')
    expect([look('1'), look('2')]).toEqual(['active', 'unknown'])
  })
})

describe('forgetWhere', () => {
  test('forgets active verdicts that fit, all of them, and no others', () => {
    const { storeActive, storeInactive, forgetWhere, look } = createVerdictStore()
    for (const sub of ['a', 'b', 'a2']) storeActive(sub, { sub })
    storeInactive('i')
    forgetWhere(({ sub }) => String(sub).startsWith('a'))
    expect(['a', 'b', 'a2', 'i'].map((key) => look(key))).toEqual([
      'unknown',
      'active',
      'unknown',
      'inactive',
    ])
    forgetWhere(() => true)
    expect([look('b'), look('i')]).toEqual(['unknown', 'inactive'])
  })
})
