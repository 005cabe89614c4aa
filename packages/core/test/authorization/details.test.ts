import { runInNewContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import { authorizationDetails, detailsThat } from '../../src/authorization/details.js'
import { problemOf } from '../config/problem.js'

const DETAIL = { type: 'account', actions: ['read', 'write'], limit: { max: 1, of: ['EUR'] } }

/** Whether details meet what is required. */
function isMet(required: Parameters<typeof detailsThat>[0], ...details: readonly unknown[]): boolean {
  const unmet = detailsThat(required)(
    { claims: { authorization_details: details }, scopes: new Set() },
    { now: () => 0 },
  )
  if (unmet !== undefined) expect(unmet).toEqual({ code: 'ERR_AUTHORIZATION_DETAILS_INSUFFICIENT' })
  return unmet === undefined
}

describe('authorizationDetails', () => {
  test('reads all of them, or none where one is not as it must be', () => {
    const read = (details: unknown) => authorizationDetails({ authorization_details: details })
    expect(read([DETAIL, { type: 'x', identifier: '1' }])).toEqual([DETAIL, { type: 'x', identifier: '1' }])
    for (const wrong of [
      null,
      'account',
      [],
      {},
      { type: '' },
      { type: 1 },
      { type: 'x', identifier: '' },
      { type: 'x', identifier: 1 },
      ...['locations', 'actions', 'datatypes', 'privileges'].flatMap((name) => [
        { type: 'x', [name]: 'a' },
        { type: 'x', [name]: ['a', 1] },
      ]),
    ]) {
      expect(read([DETAIL, wrong])).toEqual([])
    }
    for (const wrong of [undefined, null, 'account', DETAIL]) expect(read(wrong)).toEqual([])
    expect(authorizationDetails({})).toEqual([])
  })
})

describe('a shape', () => {
  test('fits an entry that has at least what it names', () => {
    expect(isMet({ type: 'account', actions: ['read'] }, DETAIL)).toBe(true)
    expect(isMet({ type: 'account', actions: ['write', 'read'] }, DETAIL)).toBe(true)
    expect(isMet({ type: 'account', actions: ['read', 'delete'] }, DETAIL)).toBe(false)
    expect(isMet({ type: 'payment', actions: ['read'] }, DETAIL)).toBe(false)
    expect(isMet({ type: 'account', actions: ['read'], datatypes: ['x'] }, DETAIL)).toBe(false)
  })

  test('is fitted by one entry alone, and not by two together', () => {
    const [one, other] = [
      { type: 'a', actions: ['read'] },
      { type: 'a', actions: ['write'] },
    ]
    expect(isMet({ type: 'a', actions: ['write'] }, one, other)).toBe(true)
    expect(isMet({ type: 'a', actions: ['read', 'write'] }, one, other)).toBe(false)
  })

  test.each(['locations', 'actions', 'datatypes', 'privileges'])('names a limit of the entry: %s', (name) => {
    expect(isMet({ type: 'a' }, { type: 'a', [name]: ['x'] })).toBe(false)
    expect(isMet({ type: 'a', [name]: ['x'] }, { type: 'a', [name]: ['x'] })).toBe(true)
    expect(isMet({ type: 'a', other: 1 }, { type: 'a', other: 1, more: 2 })).toBe(true)
  })

  test('names the identifier of the entry', () => {
    expect(isMet({ type: 'a' }, { type: 'a', identifier: '1' })).toBe(false)
    expect(isMet({ type: 'a', identifier: '1' }, { type: 'a', identifier: '1' })).toBe(true)
    expect(isMet({ type: 'a', identifier: '1' }, { type: 'a', identifier: '2' })).toBe(false)
  })

  test.each([
    [{ max: 1, of: ['EUR'] }, true],
    [{ of: ['EUR'], max: 1 }, true],
    [{ max: 1 }, false],
    [{ max: 1, of: ['EUR'], more: 1 }, false],
    [{ max: 2, of: ['EUR'] }, false],
    [{ max: 1, of: ['EUR', 'USD'] }, false],
    [{ max: 1, of: [] }, false],
    [{ max: 1, of: { 0: 'EUR', length: 1 } }, false],
    [{ max: 1, of: 'EUR' }, false],
    [{ max: 1, off: ['EUR'] }, false],
    [1, false],
    [null, false],
  ])('has other members exactly as they are: %j', (limit, expected) => {
    expect(isMet({ type: 'account', actions: ['read'], limit }, DETAIL)).toBe(expected)
  })

  test('has values in a list as they are, objects too', () => {
    const entry = { type: 'a', of: [{ id: 1 }, ['x', 'y']] }
    expect(isMet({ type: 'a', of: [{ id: 1 }] }, entry)).toBe(true)
    expect(isMet({ type: 'a', of: [['x', 'y']] }, entry)).toBe(true)
    for (const asked of [[{ id: 2 }], [['x']], [['y', 'x']], [{}], ['x'], [{ 0: 'x', 1: 'y' }]]) {
      expect(isMet({ type: 'a', of: asked }, entry)).toBe(false)
    }
    expect(isMet({ type: 'a', of: ['x'] }, { type: 'a', of: 'x' })).toBe(false)
  })

  test('tells which type it asks for', () => {
    expect(detailsThat({ type: 'a' }).authorizationDetailsTypes).toEqual(['a'])
    expect(detailsThat(() => true).authorizationDetailsTypes).toEqual([])
  })

  test('may be made in another realm, or without a prototype', () => {
    const foreign = runInNewContext('({ type: "a", limit: { max: 5, in: ["EUR", null, true] } })') as {
      type: string
    }
    const detail = { type: 'a', limit: { max: 5, in: ['EUR', null, true] } }
    for (const shape of [foreign, Object.assign(Object.create(null) as object, detail)]) {
      expect(isMet(shape, detail)).toBe(true)
      expect(isMet(shape, { type: 'a', limit: {} })).toBe(false)
    }
  })

  test('is copied', () => {
    const shape = { type: 'a', actions: ['read'] }
    const requirement = detailsThat(shape)
    shape.actions[0] = 'write'
    const claims = { authorization_details: [{ type: 'a', actions: ['read'] }] }
    expect(requirement({ claims, scopes: new Set() }, { now: () => 0 })).toBeUndefined()
  })

  const shapeless = 'authorizationDetails: must be a predicate, or an object with a type'
  test.each<[unknown, string]>([
    [undefined, shapeless],
    [null, shapeless],
    ['a', shapeless],
    [{}, shapeless],
    [{ type: '' }, shapeless],
    [{ type: 'a', actions: 'read' }, shapeless],
    [{ type: 'a', actions: [] }, 'actions: must have a value, or be left out'],
    [{ type: 'a', other: undefined }, 'other: must have a value, or be left out'],
    [{ type: 'a', other: [] }, 'other: must have a value, or be left out'],
    ...[
      () => 1,
      /^DE/,
      new Date(0),
      new Map([['a', 1]]),
      new Set([1]),
      new Error('a'),
      Object('a'),
      5n,
      NaN,
      [undefined],
    ].map((other): [unknown, string] => [
      { type: 'a', other },
      'authorizationDetails: must hold what JSON can hold',
    ]),
    [
      { type: 'a', other: { deep: [{ x: new Date(0) }] } },
      'authorizationDetails: must hold what JSON can hold',
    ],
  ])('cannot be %p', (shape, problem) => {
    expect(problemOf(() => detailsThat(shape as { type: string }))).toBe(problem)
  })
})

describe('a predicate', () => {
  test('judges each entry until one is good', () => {
    expect(isMet(({ type }) => type === 'b', { type: 'a' }, { type: 'b' })).toBe(true)
    expect(isMet(({ type }) => type === 'c', { type: 'a' }, { type: 'b' })).toBe(false)
    expect(isMet(() => true)).toBe(false)
  })
})
