import { describe, expect, test } from '@jest/globals'
import { CATALOGUE } from './cases.js'
import { OWN_ATTACKS } from './catalogue/own.js'

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

  test('shares no id, and no title, with the attacks that Bearward adds', () => {
    expect(Object.keys(OWN_ATTACKS).filter((id) => id in CATALOGUE)).toEqual([])
    const titles = Object.values({ ...CATALOGUE, ...OWN_ATTACKS })
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([])
  })

  test('has fifty attacks and more that Bearward adds', () => {
    expect(Object.keys(OWN_ATTACKS).filter((id) => id.startsWith('OWN-')).length).toBeGreaterThanOrEqual(50)
  })
})
