import { describe, expect, test } from '@jest/globals'
import { stepUp, type StepUpOptions } from '../../src/authorization/step-up.js'
import { problemOf } from '../config/problem.js'

const NOW = 1_000_000

/** What is lacking for a token with these claims and scopes; `undefined` where nothing is. */
const judge = (options: StepUpOptions, claims: object, scopes: readonly string[] = []) =>
  stepUp(options)({ claims: { ...claims }, scopes: new Set(scopes) }, { now: () => NOW })

const lacking = (authentication: StepUpOptions, scope?: string) => ({
  code: 'ERR_AUTHENTICATION_INSUFFICIENT',
  authentication,
  ...(scope !== undefined && { scope }),
})

describe('the class of an authentication', () => {
  const options = { acrValues: ['gold', 'mfa'] }

  test.each(['gold', 'mfa'])('is enough: %s', (acr) => {
    expect(judge(options, { acr })).toBeUndefined()
  })

  test.each([undefined, null, 'silver', 'Gold', '', 1, ['gold']])('is not enough: %j', (acr) => {
    expect(judge(options, { acr })).toEqual(lacking(options))
  })

  test('is one of the token itself', () => {
    expect(judge(options, Object.create({ acr: 'gold' }) as object)).toEqual(lacking(options))
    const inherited = Object.create({ acr: 'gold', auth_time: NOW }) as Record<string, unknown>
    const judgeInherited = (asked: StepUpOptions) =>
      stepUp(asked)({ claims: inherited, scopes: new Set() }, { now: () => NOW })
    expect(judgeInherited(options)).toEqual(lacking(options))
    expect(judgeInherited({ maxAge: 60 })).toEqual(lacking({ maxAge: 60 }))
  })
})

describe('the time of an authentication', () => {
  test.each([NOW, NOW - 60, NOW - 64.9, NOW + 60])('is good: %d', (time) => {
    expect(judge({ maxAge: 60 }, { auth_time: time })).toBeUndefined()
  })

  test.each([NOW - 65, NOW + 60.1, -1, NaN, String(NOW), undefined, null])('is not good: %p', (time) => {
    expect(judge({ maxAge: 60 }, { auth_time: time })).toEqual(lacking({ maxAge: 60 }))
  })

  test('counts from the beginning of time', () => {
    const at = (now: number, time: number) =>
      stepUp({ maxAge: 60 })({ claims: { auth_time: time }, scopes: new Set() }, { now: () => now })
    expect(at(30, 0)).toBeUndefined()
    expect(at(30, -0.5)).toBeDefined()
  })

  test('and its class are asked for together', () => {
    const options = { acrValues: ['mfa'], maxAge: 60 }
    expect(judge(options, { acr: 'mfa', auth_time: NOW })).toBeUndefined()
    expect(judge(options, { acr: 'mfa', auth_time: NOW - 65 })).toEqual(lacking(options))
    expect(judge(options, { acr: 'x', auth_time: NOW })).toEqual(lacking(options))
  })
})

describe('scopes beside an authentication', () => {
  const options = { maxAge: 60, scopes: ['a', 'b'] }

  test('are told with what else is lacking', () => {
    const [fresh, old] = [{ auth_time: NOW }, { auth_time: NOW - 65 }]
    expect(judge(options, fresh, ['a', 'b'])).toBeUndefined()
    expect(judge(options, fresh, ['a'])).toEqual({ code: 'ERR_SCOPE_INSUFFICIENT', scope: 'a b' })
    expect(judge(options, old, ['a'])).toEqual(lacking({ maxAge: 60 }, 'a b'))
    expect(judge(options, old, ['a', 'b'])).toEqual(lacking({ maxAge: 60 }))
    expect([stepUp(options).scopes, stepUp({ maxAge: 1 }).scopes]).toEqual([['a', 'b'], []])
  })
})

describe('options of a step-up', () => {
  const acr = 'acrValues: must be a list of values, each printable ASCII without space'
  const age = 'maxAge: must be a whole number of seconds from 0 to 31536000'

  test.each([
    [{}, 'acrValues: or maxAge is required'],
    [{ scopes: ['a'] }, 'acrValues: or maxAge is required'],
    [{ maxAge: 60, acr: 'mfa' }, 'acr: is not one of acrValues, maxAge, scopes'],
    [{ maxAge: 60, scopes: 'a' }, 'scopes: must be a list of scopes'],
    [{ maxAge: 60, scopes: [1] }, 'scopes: must be a list of scopes'],
    [
      { maxAge: 60, scopes: ['a b'] },
      'scopes: each must be one scope: printable ASCII without space, quote or backslash',
    ],
    [{ acrValues: 'mfa' }, acr],
    [{ acrValues: [] }, acr],
    [{ acrValues: ['mfa', 'a b'] }, acr],
    [{ acrValues: [1] }, acr],
    [{ maxAge: -1 }, age],
    [{ maxAge: 0.5 }, age],
    [{ maxAge: 31_536_001 }, age],
    [{ maxAge: '60' }, age],
    [{ maxAge: null }, age],
  ])('cannot be %j', (options, problem) => {
    expect(problemOf(() => stepUp(options as StepUpOptions))).toBe(problem)
  })

  test.each([{ maxAge: 0 }, { maxAge: 31_536_000 }, { acrValues: ['!~'] }, { maxAge: 1, scopes: [] }])(
    'may be %j',
    (options) => {
      expect(problemOf(() => stepUp(options))).toBe('accepted')
    },
  )

  test('are copied', () => {
    const options = { acrValues: ['mfa'], scopes: ['a'] }
    const requirement = stepUp(options)
    options.acrValues[0] = 'pwd'
    options.scopes[0] = 'b'
    const unmet = requirement({ claims: {}, scopes: new Set() }, { now: () => NOW })
    expect(unmet).toEqual(lacking({ acrValues: ['mfa'] }, 'a'))
    expect([
      Object.isFrozen(unmet?.authentication),
      Object.isFrozen(unmet?.authentication?.acrValues),
    ]).toEqual([true, true])
  })
})
