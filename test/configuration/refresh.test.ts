import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../support/manual-clock.js'
import { configurationErrorOf, optionAtFault } from '../support/configuration.js'
import { AUDIENCE } from '../support/servers.js'

const options = { issuer: 'https://as.example.com', audience: AUDIENCE }

/** For each option in seconds: the least and the most that it can be. */
const DURATIONS = {
  fetchLimit: [0.1, 60],
  waitLimit: [0.1, 60],
  refreshInterval: [60, 86_400],
  staleWindow: [0, 604_800],
} as const

describe.each(Object.entries(DURATIONS))('%s', (name, [least, most]) => {
  test.each([least, most, (least + most) / 2])('can be %p', (value) => {
    expect(optionAtFault({ ...options, [name]: value })).toBeUndefined()
  })

  test.each([
    least - 0.01,
    most + 0.01,
    -1,
    NaN,
    Infinity,
    -Infinity,
    String(most),
    '60s',
    '',
    null,
    true,
    [most],
    {},
    BigInt(60),
  ])('cannot be %p', (value) => {
    const error = configurationErrorOf({ ...options, [name]: value })
    expect(error?.option).toBe(name)
    expect(error?.message).toBe(
      `${name}: must be a number of seconds from ${String(least)} to ${String(most)}`,
    )
  })

  test('belongs to each entry of authorizationServers, and is checked there', () => {
    const given = (own: object, common: object = {}) => ({
      audience: AUDIENCE,
      authorizationServers: [{ issuer: options.issuer }, { issuer: 'https://b.example.com', ...own }],
      ...common,
    })
    expect(optionAtFault(given({ [name]: most }))).toBeUndefined()
    expect(optionAtFault(given({ [name]: most + 1 }))).toBe(name)
    expect(configurationErrorOf(given({}, { [name]: most }))?.message).toBe(
      `${name}: belongs to each entry of authorizationServers`,
    )
  })
})

test.each([
  ['fetchLimit', 0],
  ['waitLimit', 0],
  ['refreshInterval', 0],
])('%s cannot be %d, which would never get or always get keys', (name, value) => {
  expect(optionAtFault({ ...options, [name]: value })).toBe(name)
  expect(optionAtFault({ ...options, staleWindow: value })).toBeUndefined()
})

describe('onRefresh', () => {
  test.each([() => undefined, () => Promise.resolve(), console.log])('can be a function', (value) => {
    expect(optionAtFault({ ...options, onRefresh: value })).toBeUndefined()
  })

  test.each(['console', null, {}, true, 0])('cannot be %p', (value) => {
    const error = configurationErrorOf({ ...options, onRefresh: value })
    expect(error?.option).toBe('onRefresh')
    expect(error?.message).toBe('onRefresh: must be a function')
  })

  test('is one for all authorization servers', () => {
    const entry = { issuer: options.issuer }
    const given = (own: object, common: object) => ({
      audience: AUDIENCE,
      authorizationServers: [{ ...entry, ...own }],
      ...common,
    })
    expect(optionAtFault(given({ onRefresh: () => undefined }, {}))).toBe('onRefresh')
    expect(optionAtFault(given({}, { onRefresh: () => undefined }))).toBeUndefined()
  })
})

describe('clock', () => {
  test.each(['now', 'monotonic', 'after', 'random'])('cannot be without %s', (member) => {
    const clock = createManualClock()
    expect(optionAtFault({ ...options, clock })).toBeUndefined()
    for (const value of [undefined, null, 0.5, 'a']) {
      const error = configurationErrorOf({ ...options, clock: { ...clock, [member]: value } })
      expect(error?.option).toBe('clock')
      expect(error?.message).toBe('clock: must have the functions now, monotonic, after and random')
    }
  })
})

test('all of them may be undefined, which means the default', () => {
  const names = [...Object.keys(DURATIONS), 'onRefresh', 'clock']
  const none = Object.fromEntries(names.map((name) => [name, undefined]))
  expect(optionAtFault({ ...options, ...none })).toBeUndefined()
})
