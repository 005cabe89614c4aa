import { expect } from '@jest/globals'
import { configurationErrorOf, optionAtFault } from '../support/configuration.js'
import { ruleForEach } from '../support/rule.js'

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
