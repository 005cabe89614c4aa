import { expect } from '@jest/globals'
import { configurationErrorOf, optionAtFault } from '../support/configuration.js'
import { rule, ruleForEach } from '../support/rule.js'

const options = { issuer: 'https://as.example.com', audience: 'https://api.example.com' }

const NO_DURATIONS = {
  NaN,
  Infinity,
  '-Infinity': -Infinity,
  'a negative number': -1,
  'a duration in words': '5m',
  'a string of digits': '5',
  'an empty string': '',
  null: null,
  true: true,
  'a bigint': 5n,
  'an array': [5],
  'a date': new Date(0),
}

for (const name of ['clockTolerance', 'maxTokenAge'] as const) {
  ruleForEach('TIME-09', NO_DURATIONS, `takes %s for no ${name}`, (value) => {
    const error = configurationErrorOf({ ...options, [name]: value })
    expect(error?.option).toBe(name)
    expect(error?.message).toBe(
      `${name}: must be a number of seconds from 0 to ${name === 'maxTokenAge' ? '315360000' : '300'}`,
    )
  })
}

const INTERVALS = {
  fetchLimit: 'from 0.1 to 60',
  waitLimit: 'from 0.1 to 60',
  refreshInterval: 'from 60 to 86400',
  staleWindow: 'from 0 to 604800',
} as const

for (const [name, range] of Object.entries(INTERVALS)) {
  ruleForEach(['JWKS-19', 'TIME-09'], NO_DURATIONS, `takes %s for no ${name}`, (value) => {
    const error = configurationErrorOf({ ...options, [name]: value })
    expect(error?.option).toBe(name)
    expect(error?.message).toBe(`${name}: must be a number of seconds ${range}`)
  })

  rule(['JWKS-19', 'TIME-09'], `takes for ${name} what is ${range}, and nothing beyond`, () => {
    const [least = NaN, most = NaN] = range.replace('from ', '').split(' to ').map(Number)
    const faultOf = (value: number) => optionAtFault({ ...options, [name]: value })
    expect([least, most].map(faultOf)).toEqual([undefined, undefined])
    expect([least - 0.01, most + 0.01].map(faultOf)).toEqual([name, name])
  })
}

ruleForEach(
  'TIME-09',
  {
    'no clock difference': { clockTolerance: 0 },
    'a fraction of a second': { clockTolerance: 0.5, maxTokenAge: 0.5 },
    'the greatest clock difference': { clockTolerance: 300 },
    'no age at all': { maxTokenAge: 0 },
    'an age of ten years': { maxTokenAge: 315_360_000 },
    nothing: { clockTolerance: undefined, maxTokenAge: undefined },
  },
  'can be configured with %s',
  (durations) => {
    expect(optionAtFault({ ...options, ...durations })).toBeUndefined()
  },
)

ruleForEach(
  'TIME-09',
  {
    clockTolerance: { clockTolerance: 301 },
    'clockTolerance in milliseconds': { clockTolerance: 5000 },
    maxTokenAge: { maxTokenAge: 315_360_001 },
  },
  'refuses a duration that is too long: %s',
  (durations) => {
    expect(optionAtFault({ ...options, ...durations })).toBe(Object.keys(durations)[0])
  },
)
