import { expect, test } from '@jest/globals'
import { optionAtFault } from '../support/configuration.js'
import { AUDIENCE } from '../support/servers.js'
import { ATTACKS, ATTACKS_TO_COME } from './cases.js'

test.each(Object.entries(ATTACKS_TO_COME))(
  'attacks on %s have no test as long as there is no such option, and not longer',
  (option, attacks) => {
    const options = { issuer: 'https://as.example.com', audience: AUDIENCE }
    expect(optionAtFault({ ...options, [option]: {} })).toBe(option)
    expect(optionAtFault(options)).toBeUndefined()
    expect(Object.keys(attacks).filter((id) => id in ATTACKS)).toEqual([])
  },
)
