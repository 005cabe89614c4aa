import { describe, expect, test } from '@jest/globals'
import { parseFreshness } from '../../src/config/freshness.js'
import { problemOf } from './problem.js'

describe('parseFreshness', () => {
  test.each([0, 0.5, 30, 3_600])('takes a maxAge of %d seconds', (maxAge) => {
    expect(parseFreshness({ maxAge })).toEqual({ maxAge })
  })

  test.each([-1, -0.001, 3_600.001, Infinity, NaN, '30', null, undefined])('takes none of %p', (maxAge) => {
    expect(problemOf(() => parseFreshness({ maxAge }))).toBe(
      'maxAge: must be a number of seconds from 0 to 3600',
    )
  })

  test('needs one: there is no default for how fresh is fresh', () => {
    expect(problemOf(() => parseFreshness({}))).toBe('maxAge: must be a number of seconds from 0 to 3600')
    expect(problemOf(() => parseFreshness(Object.create({ maxAge: 1 })))).toBe(
      'options: must be a plain object of options',
    )
  })

  test.each([undefined, null, 30, '30', [], Promise.resolve({ maxAge: 30 })])('takes no %p', (options) => {
    expect(problemOf(() => parseFreshness(options))).toBe('options: must be a plain object of options')
  })

  test('takes no option that there is not', () => {
    expect(problemOf(() => parseFreshness({ maxAge: 30, maxage: 30 }))).toBe('maxage: is not an option')
  })
})
