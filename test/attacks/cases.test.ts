import { describe, expect, test } from '@jest/globals'
import { optionAtFault } from '../support/configuration.js'
import { AUDIENCE } from '../support/servers.js'
import { ATTACKS, CATALOGUE } from './cases.js'
import { NOT_APPLICABLE } from './catalogue/not-applicable.js'
import { OWN_ATTACKS } from './catalogue/own.js'

const untried: readonly string[] = Object.values(NOT_APPLICABLE).flatMap(({ ids }) => [...ids])
const categoryOf = (id: string): string => id.replace(/-\d+$/, '')

/** Attacks in each category, as the catalogue counts them. */
const COUNTS = {
  ALG: 20,
  SIG: 11,
  HDR: 18,
  JWE: 5,
  JSON: 7,
  TIME: 11,
  CLAIM: 17,
  ISS: 12,
  JWKS: 20,
  INTRO: 24,
  VTC: 11,
  DPOP: 25,
  MTLS: 9,
  HTTP: 14,
  ROUTE: 13,
  SCOPE: 9,
  ERR: 13,
  DOS: 9,
  CFG: 9,
}

describe('the catalogue', () => {
  test('has all 257 attacks', () => {
    const categories = Object.keys(CATALOGUE).map(categoryOf)
    const counted = Object.fromEntries(
      [...new Set(categories)].map((name) => [name, categories.filter((other) => other === name).length]),
    )
    expect(counted).toEqual(COUNTS)
    expect(categories).toHaveLength(257)
  })

  test('has each attack in one of two tables: those that have tests, and those that cannot be tried', () => {
    const places = Object.keys(CATALOGUE).map((id) => [
      id,
      Number(id in ATTACKS) + untried.filter((other) => other === id).length,
    ])
    expect(places.filter(([, count]) => count !== 1)).toEqual([])
    expect(untried.filter((id) => !(id in CATALOGUE))).toEqual([])
  })

  test('shares no id, and no title, with the attacks that Bearward adds', () => {
    expect(Object.keys(OWN_ATTACKS).filter((id) => id in CATALOGUE)).toEqual([])
    const titles = Object.values({ ...CATALOGUE, ...OWN_ATTACKS })
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([])
  })

  test('has fifty attacks and more that Bearward adds', () => {
    expect(Object.keys(OWN_ATTACKS).filter((id) => id.startsWith('OWN-')).length).toBeGreaterThanOrEqual(50)
  })
})

test.each(Object.values(NOT_APPLICABLE))(
  'attacks on what the option $missing would bring have no test as long as there is no such option, and not longer',
  ({ missing }) => {
    const options = { issuer: 'https://as.example.com', audience: AUDIENCE }
    expect(optionAtFault({ ...options, [missing]: {} })).toBe(missing)
    expect(optionAtFault(options)).toBeUndefined()
  },
)
